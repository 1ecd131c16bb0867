"""Working hours as people read them: a week, whether it is open now, countries, regions and their public holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from routing.public_holidays import countries, public_holidays, region_names
from routing.typed_hours import write_hours
from routing.working_time import MINUTES_A_DAY, Hours, Span, Spans, is_open, next_change

YEAR = timedelta(days=365)
ALL_DAY = (Span(0, MINUTES_A_DAY),)


@dataclass(frozen=True)
class Holiday:
    """A public holiday, and what the calendar makes of it: no spans, unless its own days say otherwise."""

    day: date
    name: str
    spans: Spans


def spans_in_words(spans: Spans) -> str:
    """The hours of a day, written as the reader's language does: "08:00–12:00, 13:00–17:00", or that it is closed."""
    if spans == ALL_DAY:
        return _("around the clock")
    return write_hours(spans).replace(":", get_format("TIME_FORMAT")[1]) or pgettext("a day", "closed")


def week_in_words(hours: Hours) -> str:
    """The open days of a week, those alike together: "Monday–Friday 08:00–17:00; Saturday 10:00–14:00"."""
    return "; ".join(f"{_weekdays(days)} {spans_in_words(spans)}" for days, spans in _alike(hours) if spans)


def opening_in_words(hours: Hours, now: datetime, zone: ZoneInfo) -> str:
    """Whether it is open now, and until when, or from when on, by the clocks of `zone`."""
    change = next_change(hours, now)
    if is_open(hours, now):
        return _("Open now, until %s.") % _moment(change, now, zone) if change else _("Always open.")
    return _("Closed now, opens %s.") % _moment(change, now, zone) if change else _("Closed.")


def coming_holidays(hours: Hours, today: date) -> list[Holiday]:
    """The public holidays within a year from today, in the reader's language where it is known."""
    language = get_language() or ""
    return [
        Holiday(day, name, dict(hours.days).get(day, ()))
        for year in (today.year, today.year + 1)
        for day, name in public_holidays(
            hours.country, hours.region, year, with_eves=hours.with_eves, language=language
        ).items()
        if today <= day < today + YEAR
    ]


def country_choices() -> list[tuple[str, str]]:
    """The countries whose holidays are known, by their names in the reader's language."""
    return _country_choices((get_language() or "en")[:2])


def region_choices(country: str) -> list[tuple[str, str]]:
    """A country's regions, by the names it has for them."""
    return sorted(region_names(country).items(), key=lambda choice: choice[1])


@lru_cache(maxsize=8)
def _country_choices(language: str) -> list[tuple[str, str]]:
    names = Locale(language).territories
    return sorted(((code, names.get(code, code)) for code in countries()), key=lambda choice: choice[1])


def _alike(hours: Hours) -> Iterator[tuple[list[int], Spans]]:
    for spans, days in groupby(range(7), key=lambda day: hours.week[day]):
        yield list(days), spans


def _weekdays(days: list[int]) -> str:
    first, last = str(WEEKDAYS[days[0]]), str(WEEKDAYS[days[-1]])
    return first if len(days) == 1 else f"{first}–{last}"


def _moment(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock, days = date_format(local, "TIME_FORMAT"), (local.date() - today).days
    if days == 0:
        return clock
    if days == 1:
        return _("tomorrow %s") % clock
    if days < 7:
        return f"{WEEKDAYS[local.weekday()]} {clock}"
    return f"{date_format(local, 'MONTH_DAY_FORMAT' if local.year == today.year else 'DATE_FORMAT')} {clock}"
