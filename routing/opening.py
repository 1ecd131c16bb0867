"""When customers find somebody at work (M5): whether it is open now, the week, and what differs from it soon."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.timezones import city_of
from routing.calendar_drafts import CalendarDraft, day_ranges, draft_of
from routing.hours_in_words import coming_holidays, opening_in_words, spans_in_words, week_in_words
from routing.models import Calendar
from routing.promises import Promises
from routing.working_time import is_open

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Opening:
    """In words, by the clocks where the calendar is: `city` names the place if the reader's clocks are others."""

    now: str
    week: str
    differs: list[str]
    city: str
    is_open: bool


def opening_for(department_id: int | None = None) -> Opening | None:
    """When somebody in the department is at work, or without one somebody of the portal; None where no calendar has
    been entered. Three queries, and one or two more for a department."""
    own = Q(pk=Promises().calendar(department_id)) if department_id else Q(is_default=True)
    calendar: Calendar | None = Calendar.objects.prefetch_related("spans", "days").filter(own).first()
    if calendar is None:
        return None
    draft, now, zone = draft_of(calendar), timezone.now(), ZoneInfo(calendar.zone)
    local = timezone.localtime(now, zone)
    elsewhere = timezone.localtime(now).utcoffset() != local.utcoffset()
    return Opening(
        now=opening_in_words(draft.hours, now, zone),
        week=week_in_words(draft.hours),
        differs=[words for _day, words in sorted(_differs(draft, local.date()))],
        city=city_of(calendar.zone) if elsewhere else "",
        is_open=is_open(draft.hours, now),
    )


def _differs(draft: CalendarDraft, today: date) -> Iterator[tuple[date, str]]:
    """The days within two weeks that are not like their weekday, with what they are."""
    last = today + AHEAD
    for row in day_ranges(draft):
        if row.until >= today and row.since <= last:
            ends = [row.since] if row.since == row.until else [row.since, row.until]
            days = "–".join(_day(day) for day in ends)
            yield row.since, _line(days, row.label, spans_in_words(row.spans))
    own = dict(draft.hours.days)
    for holiday in coming_holidays(draft.hours, today):
        if holiday.day <= last and holiday.day not in own:
            yield holiday.day, _line(_day(holiday.day), holiday.name, spans_in_words(()))


def _line(days: str, name: str, hours: str) -> str:
    return f"{days}, {name}: {hours}" if name else f"{days}: {hours}"


def _day(day: date) -> str:
    return f"{date_format(day, 'D')} {date_format(day, 'MONTH_DAY_FORMAT')}"
