"""Working time as people type it: "4 h", "1 h 30 min", "0,5 h". Pure; what is written can be typed again."""

import re
from typing import Literal

TYPED_LENGTH = 40
_HOURS = r"(?:hours?|hrs?|h|timmar|timme|tim|t)\.?"
_MINUTES = r"(?:minutes?|minuter|minut|mins?|m)\.?"
_NUMBER = r"[0-9]{1,6}(?:[.,][0-9]{1,2})?"
_SHAPE = re.compile(
    rf"(?:(?P<hours>{_NUMBER})\s*{_HOURS})?\s*(?:(?P<minutes>[0-9]{{1,6}})\s*{_MINUTES})?"
    rf"|(?P<bare>{_NUMBER})|(?P<clock>[0-9]{{1,5}}):(?P<rest>[0-5][0-9])"
)
_DAYS = re.compile(r"[0-9.,]+\s*(?:d|days?|dagar|dag|dygn|weeks?|w|veckor|vecka|v)\b.*")

Why = Literal["unreadable", "days", "long"]


class DurationUnreadable(ValueError):
    """This is no working time. `why`: "unreadable", "days" (a working day is as long as the calendar of the day says,
    so nothing is counted in days), "long" (more than is allowed)."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def read_duration(typed: str, *, longest: int) -> int | None:
    """So many minutes; None where nothing is typed. A number alone is hours. Raises DurationUnreadable, also for more
    than `longest` minutes."""
    said = typed.strip().casefold()
    if not said:
        return None
    if _DAYS.fullmatch(said):
        raise DurationUnreadable("days")
    found = _SHAPE.fullmatch(said) if len(said) <= TYPED_LENGTH else None
    if found is None:
        raise DurationUnreadable("unreadable")
    hours, minutes = found["hours"] or found["bare"] or found["clock"] or "0", found["minutes"] or found["rest"] or "0"
    total = round(float(hours.replace(",", ".")) * 60) + int(minutes)
    if total > longest:
        raise DurationUnreadable("long")
    return total


def write_duration(minutes: int | None) -> str:
    """As `read_duration` reads it; empty for None."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)
