"""When an occasion is repeated, and when its participants are reminded. Pure: no database."""

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge.enums import Repeat
from routing.working_time import Hours

REMINDED_AT = time(8)
_LOOKS_BACK = 14  # days; where nobody works in any of them, the day before counts


def repeated(first: datetime, repeat: Repeat, times: int) -> list[datetime]:
    """The moments of a series, at the same time of day in the zone of the first: `times` of them, or the first alone.
    A month later is on the same weekday of the month, such as the second Tuesday; the fifth one is the last."""
    if repeat == Repeat.NEVER:
        return [first]
    if repeat == Repeat.MONTHLY:
        return [_on_day(first, _months_later(first.date(), number)) for number in range(times)]
    weeks = 1 if repeat == Repeat.WEEKLY else 2
    return [_on_day(first, first.date() + timedelta(weeks=weeks * number)) for number in range(times)]


def reminding_moment(starts_at: datetime, hours: Hours, zone: str) -> datetime:
    """When participants are reminded: in the morning of the last working day before."""
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    before = (day - timedelta(days=number) for number in range(1, _LOOKS_BACK + 1))
    found = next((one for one in before if hours.on(one)), day - timedelta(days=1))
    return datetime.combine(found, REMINDED_AT, ZoneInfo(zone))


def _on_day(first: datetime, day: date) -> datetime:
    return datetime.combine(day, first.time(), first.tzinfo)


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    begins, length = calendar.monthrange(year, month + 1)
    nth = (first.day - 1) // 7
    day = 1 + (first.weekday() - begins) % 7 + 7 * nth
    return date(year, month + 1, day if day <= length else day - 7)
