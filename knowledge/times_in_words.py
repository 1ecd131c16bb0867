"""When something is held, in the reader's language and zone; and where clocks differ, in the portal's own."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.scoping import current_tenant
from accounts.timezones import city_of


def span_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """ "Monday 8 Mar 2027 10:00–11:00" in the zone that is active, followed by the time at the portal's place where
    clocks show another one there."""
    words, there = _span(starts_at, ends_at), ZoneInfo(current_tenant().time_zone)
    if timezone.localtime(starts_at).utcoffset() == starts_at.astimezone(there).utcoffset():
        return words
    with timezone.override(there):
        told = {"when": words, "there": _span(starts_at, ends_at), "city": city_of(str(there))}
    return _("%(when)s (in %(city)s: %(there)s)") % told


def length_in_words(minutes: int) -> str:
    """ "1 h 30 min", as it is said of trainings; whole days of them stay hours."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%d min") % rest
    return " ".join(filter(None, [_("%d h") % hours, _("%d min") % rest if rest else ""]))


def _span(starts_at: datetime, ends_at: datetime) -> str:
    begins, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    last = date_format(ends, "TIME_FORMAT")
    if begins.date() == ends.date():
        return f"{_day(begins)} {date_format(begins, 'TIME_FORMAT')}–{last}"
    return f"{_day(begins)} {date_format(begins, 'TIME_FORMAT')} – {_day(ends)} {last}"


def _day(moment: datetime) -> str:
    return f"{date_format(moment, 'l')} {date_format(moment, 'DATE_FORMAT')}"
