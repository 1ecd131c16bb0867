"""A calendar as somebody means to have it: to be tried before it is kept, and then kept as it was tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from routing.models import Calendar
from routing.promises import hours_of
from routing.working_time import Hours, Spans, is_open, next_change

RANGE_LIMIT = 366  # days that are entered at once


@dataclass(frozen=True)
class CalendarDraft:
    """What a calendar says, and how it is called. `labels` are words on its own days."""

    name: str
    hours: Hours
    labels: Mapping[date, str] = field(default_factory=dict)

    def with_days(self, since: date, until: date, spans: Spans, label: str = "") -> "CalendarDraft":
        """The same, but on these days, both included, it is open as said (no spans: closed)."""
        wanted = set(_days(since, until))
        days = dict(self.hours.days) | dict.fromkeys(wanted, spans)
        labels = {day: words for day, words in self.labels.items() if day not in wanted}
        if label:
            labels |= dict.fromkeys(wanted, label)
        return replace(self, hours=replace(self.hours, days=tuple(sorted(days.items()))), labels=labels)

    def without_days(self, since: date, until: date) -> "CalendarDraft":
        """The same, but these days, both included, are like every other."""
        gone = set(_days(since, until))
        return replace(
            self,
            hours=replace(self.hours, days=tuple(row for row in self.hours.days if row[0] not in gone)),
            labels={day: words for day, words in self.labels.items() if day not in gone},
        )


@dataclass(frozen=True)
class DayRange:
    """Own days that follow each other and say the same."""

    since: date
    until: date
    spans: Spans
    label: str


def draft_of(calendar: Calendar) -> CalendarDraft:
    """A calendar as it is. Reads its spans and days."""
    labels = {row.day: row.label for row in calendar.days.all() if row.label}
    return CalendarDraft(calendar.name, hours_of(calendar), labels)


def day_ranges(draft: CalendarDraft) -> list[DayRange]:
    """The draft's own days, those that follow each other and say the same in one."""
    found: list[DayRange] = []
    for day, spans in draft.hours.days:
        label = draft.labels.get(day, "")
        last = found[-1] if found else None
        if last and day - last.until == timedelta(days=1) and (spans, label) == (last.spans, last.label):
            found[-1] = replace(last, until=day)
        else:
            found.append(DayRange(day, day, spans, label))
    return found


def opens_at_all(hours: Hours, now: datetime) -> bool:
    """Whether there is any working time from now on, as far as one looks ahead: what is promised in working time needs
    some."""
    return is_open(hours, now) or next_change(hours, now) is not None


def _days(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=number) for number in range((until - since).days + 1))
