"""Working hours as people type them: "8-12, 13-17", "22-06", "closed". Pure; what is written can be typed again."""

import re
from itertools import pairwise

from routing.working_time import MINUTES_A_DAY, Span, Spans

SPANS_A_DAY = 12
TYPED_LENGTH = 200
CLOSED = frozenset({"", "closed", "stängt", "stängd", "-", "–"})
_BETWEEN = re.compile(r"[,;\n]|\band\b|\boch\b|&")
_SPAN = re.compile(r"(\S+?)\s*(?:-|–|—|\bto\b|\btill\b)\s*(\S+)")
_TIME = re.compile(r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9]))?|([01][0-9]|2[0-4])([0-5][0-9])")


class HoursUnreadable(ValueError):
    """These are no hours. `why`: "unreadable", "overlap" (a span begins before the one before it ends), "many" (more
    than `SPANS_A_DAY`); `said` is the part that is meant."""

    def __init__(self, why: str, said: str) -> None:
        super().__init__(why, said)
        self.why, self.said = why, said


def read_hours(typed: str) -> Spans:
    """The spans of a day, the earliest first; none where it says that the day is closed. One that ends at or before the
    time at which it begins goes on until the next day. Raises HoursUnreadable."""
    if len(typed) > TYPED_LENGTH:
        raise HoursUnreadable("many", typed[:20])
    if typed.strip().casefold() in CLOSED:
        return ()
    spans = sorted(_span(part.strip()) for part in _BETWEEN.split(typed.casefold()) if part.strip())
    if not spans:
        raise HoursUnreadable("unreadable", typed.strip())
    if len(spans) > SPANS_A_DAY:
        raise HoursUnreadable("many", typed.strip())
    for before, span in pairwise(spans):
        if span.opens < before.closes:
            raise HoursUnreadable("overlap", write_hours((span,)))
    return tuple(spans)


def write_hours(spans: Spans) -> str:
    """As `read_hours` reads it: "08:00–12:00, 13:00–17:00"; nothing for a day that is closed."""
    return ", ".join(f"{_clock(span.opens)}–{_clock(_closing(span.closes))}" for span in spans)


def _span(part: str) -> Span:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise HoursUnreadable("unreadable", part)
    opens, closes = (_minutes(typed, part) for typed in found.groups())
    if opens == MINUTES_A_DAY:
        raise HoursUnreadable("unreadable", part)
    return Span(opens, closes if closes > opens else closes + MINUTES_A_DAY)


def _minutes(typed: str, part: str) -> int:
    found = _TIME.fullmatch(typed)
    if found is None:
        raise HoursUnreadable("unreadable", part)
    hours, minutes = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    if hours * 60 + minutes > MINUTES_A_DAY:
        raise HoursUnreadable("unreadable", part)
    return hours * 60 + minutes


def _closing(minutes: int) -> int:
    return minutes - MINUTES_A_DAY if minutes > MINUTES_A_DAY else minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
