"""Working time: how much of it lies between two moments, and when so much of it will have passed. Pure.

A moment is working time when the wall clock in the calendar's time zone stands within a span. So a span is as long as
the clock takes to pass it: 22:00–06:00 has seven hours in the night that leaves one out, nine where one comes twice.
A span belongs to the day on which it begins: one over midnight into a holiday ends as planned.
"""

from bisect import bisect_right
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from routing.public_holidays import public_holidays

MINUTES_A_DAY = 24 * 60
YEARS_AHEAD = 60  # beyond which nothing is calculated: no working life waits longer
FIRST_YEAR, LAST_YEAR = 1971, 2400
_SECOND = 1_000_000  # everything is counted in microseconds since 1970, UTC
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class OutOfReach(ValueError):
    """So much working time does not pass within `YEARS_AHEAD` years."""


@dataclass(frozen=True, order=True)
class Span:
    """From `opens` until just before `closes`, in minutes from midnight by the wall clock. Over midnight `closes` is
    more than a day's minutes; no span is longer than a day. Raises ValueError for any other."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < MINUTES_A_DAY and self.opens < self.closes <= self.opens + MINUTES_A_DAY):
            raise ValueError(f"No span of a day: {self.opens} to {self.closes}")


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Hours:
    """What a calendar says. `week` has seven entries, Monday first. `days` are own closed (no spans) and open days, and
    come before everything else; then the public holidays of `country` and `region` ("" for none), with those on which
    most offices are closed if `with_eves`."""

    zone: str
    week: tuple[Spans, ...]
    days: tuple[tuple[date, Spans], ...] = ()
    country: str = ""
    region: str = ""
    with_eves: bool = False

    @cached_property
    def _hash(self) -> int:
        return hash((self.zone, self.week, self.days, self.country, self.region, self.with_eves))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _own_days(self) -> dict[date, Spans]:
        return dict(self.days)

    def on(self, day: date) -> Spans:
        """The spans that begin on a day."""
        own = self._own_days.get(day)
        if own is not None:
            return own
        return () if day in self.holidays(day.year) else self.week[day.weekday()]

    def holidays(self, year: int) -> frozenset[date]:
        """The public holidays of a year."""
        return frozenset(public_holidays(self.country, self.region, year, with_eves=self.with_eves))

    @property
    def is_never_open(self) -> bool:
        """Whether no week and no day of its own has any working time."""
        return not any(self.week) and not any(spans for _, spans in self.days)


def worked(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """The working time between two moments; negative where `end` is the earlier one."""
    first, last = _micros(start), _micros(end)
    if last < first:
        return -worked(hours, end, start)
    year, final = _year(hours, start), _year(hours, end)
    passed = -_year_of(hours, year).until(first)
    while year < final:
        passed += _year_of(hours, year).total
        year += 1
    return (passed + _year_of(hours, final).until(last)) * _MICROSECOND


def later(hours: Hours, start: datetime, amount: timedelta) -> datetime:
    """The first moment at which `amount` of working time has passed since `start`. Raises OutOfReach."""
    left = amount // _MICROSECOND
    if left <= 0:
        return start
    year = _year(hours, start)
    left += _year_of(hours, year).until(_micros(start))
    for number in range(year, min(year + YEARS_AHEAD, LAST_YEAR)):
        block = _year_of(hours, number)
        if left <= block.total:
            return _moment(block.after(left))
        left -= block.total
    raise OutOfReach


def earlier(hours: Hours, end: datetime, amount: timedelta) -> datetime:
    """The last moment since which `amount` of working time had passed at `end`. Raises OutOfReach."""
    left = amount // _MICROSECOND
    if left <= 0:
        return end
    year = _year(hours, end)
    left -= _year_of(hours, year).until(_micros(end))
    for number in range(year, max(year - YEARS_AHEAD, FIRST_YEAR), -1):
        if left <= 0:
            return _moment(_year_of(hours, number).before_passed(-left))
        left -= _year_of(hours, number - 1).total
    raise OutOfReach


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether a moment is working time."""
    return _year_of(hours, _year(hours, at)).is_open(_micros(at))


def next_change(hours: Hours, at: datetime) -> datetime | None:
    """When the calendar opens or closes next; None where it does not within two years. What closes and opens at the
    same moment does neither."""
    year, was_open = _year(hours, at), is_open(hours, at)
    for number in range(year, year + 3):
        for moment in _year_of(hours, number).changes_after(_micros(at)):
            if is_open(hours, _moment(moment)) != was_open:
                return _moment(moment)
    return None


@dataclass(frozen=True)
class _Year:
    """The working time of one calendar year, as intervals that do not touch, with what had passed before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def until(self, at: int) -> int:
        """The working time from the year's beginning to a moment."""
        index = bisect_right(self.starts, at) - 1
        return self.before[index] + min(at, self.ends[index]) - self.starts[index] if index >= 0 else 0

    def after(self, amount: int) -> int:
        """The first moment at which `amount` (more than nothing, at most the total) has passed."""
        index = bisect_right(self.before, amount - 1) - 1
        return self.starts[index] + amount - self.before[index]

    def before_passed(self, amount: int) -> int:
        """The last moment at which only `amount` (less than the total) had passed."""
        index = bisect_right(self.before, amount) - 1
        return self.starts[index] + amount - self.before[index]

    def is_open(self, at: int) -> bool:
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def changes_after(self, at: int) -> Iterator[int]:
        for start, end in zip(self.starts, self.ends, strict=True):
            yield from (moment for moment in (start, end) if moment > at)


@lru_cache(maxsize=1024)
def _year_of(hours: Hours, year: int) -> _Year:
    zone = hours.zone
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    found: list[tuple[int, int]] = []
    for number in range(-1, (last - first).days):
        day = first + timedelta(days=number)
        for span in hours.on(day):
            found.extend(_passes(zone, day, span))
    bounds = _midnight(zone, first), _midnight(zone, last)
    intervals = _clipped(_merged(found), *bounds)
    starts, ends = [start for start, _ in intervals], [end for _, end in intervals]
    lengths = [end - start for start, end in intervals]
    return _Year(starts, ends, [0, *accumulate(lengths)][:-1] if lengths else [], sum(lengths))


def _passes(zone: str, day: date, span: Span) -> Iterator[tuple[int, int]]:
    """When the wall clock passes a span that begins on a day: usually once; twice where it is set back within it."""
    midnight = timegm(day.timetuple())
    opens, closes = midnight + span.opens * 60, midnight + span.closes * 60
    for since, until, offset in _offsets(zone, day.year, day):
        start, end = max(opens - offset, since), min(closes - offset, until)
        if start < end:
            yield start * _SECOND, end * _SECOND


def _offsets(zone: str, year: int, day: date) -> list[tuple[int, int, int]]:
    """How far the wall clock is ahead of UTC, in seconds, from when until when: what may matter to a day's spans."""
    about = timegm(day.timetuple())
    around = (about - 86400, about + 3 * 86400)
    return [piece for piece in _pieces(zone, year) if piece[0] < around[1] and piece[1] > around[0]]


@lru_cache(maxsize=512)
def _pieces(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    clock = ZoneInfo(zone)
    begin, end = timegm((year, 1, 1, 0, 0, 0)) - 4 * 86400, timegm((year + 1, 1, 1, 0, 0, 0)) + 4 * 86400
    pieces: list[tuple[int, int, int]] = []
    since, offset = begin, _offset(clock, begin)
    for noon in range(begin, end + 1, 86400):
        if _offset(clock, noon) != offset:
            change = _turn(clock, noon - 86400, noon)
            pieces.append((since, change, offset))
            since, offset = change, _offset(clock, noon)
    return (*pieces, (since, end, offset))


def _turn(clock: ZoneInfo, before: int, after: int) -> int:
    """The second at which the clock was set, between two that differ."""
    offset = _offset(clock, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(clock, middle) == offset else (before, middle)
    return after


def _offset(clock: ZoneInfo, at: int) -> int:
    ahead = datetime.fromtimestamp(at, clock).utcoffset() or timedelta()
    return int(ahead.total_seconds())


def _merged(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _clipped(intervals: list[tuple[int, int]], since: int, until: int) -> list[tuple[int, int]]:
    cut = ((max(start, since), min(end, until)) for start, end in intervals)
    return [(start, end) for start, end in cut if start < end]


def _midnight(zone: str, day: date) -> int:
    return _micros(datetime.combine(day, time(), ZoneInfo(zone)))


def _year(hours: Hours, at: datetime) -> int:
    return min(max(at.astimezone(ZoneInfo(hours.zone)).year, FIRST_YEAR), LAST_YEAR)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
