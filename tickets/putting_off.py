"""When a ticket that is put off comes back: in the morning of a day, when somebody works. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.working_time import Hours, is_open, next_change

MORNING = time(8)  # where a calendar says nothing of the day, or that somebody works day and night


def morning_of(hours: Hours, day: date) -> datetime:
    """When work begins on a day; at eight by the calendar's clock where nobody works then."""
    opens = _opens(hours, _midnight(hours, day))
    on_that_day = opens is not None and opens.astimezone(ZoneInfo(hours.zone)).date() == day
    return opens if opens and on_that_day else datetime.combine(day, MORNING, ZoneInfo(hours.zone))


def next_morning(hours: Hours, now: datetime) -> datetime:
    """When work begins on the next day on which anybody works."""
    return _first_morning(hours, _today(hours, now) + timedelta(days=1))


def next_week(hours: Hours, now: datetime) -> datetime:
    """When work begins next week."""
    today = _today(hours, now)
    return _first_morning(hours, today + timedelta(days=7 - today.weekday()))


def _first_morning(hours: Hours, day: date) -> datetime:
    return _opens(hours, _midnight(hours, day)) or datetime.combine(day, MORNING, ZoneInfo(hours.zone))


def _opens(hours: Hours, midnight: datetime) -> datetime | None:
    """When work begins. Whoever puts a ticket off until a day on which work never rests means its morning."""
    if not is_open(hours, midnight):
        return next_change(hours, midnight)
    morning = datetime.combine(midnight.date(), MORNING, midnight.tzinfo)
    return morning if is_open(hours, morning) else midnight


def _today(hours: Hours, now: datetime) -> date:
    return now.astimezone(ZoneInfo(hours.zone)).date()


def _midnight(hours: Hours, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(hours.zone))
