"""What the clocks of a service level show: how much working time an answer or a solution took, when it is due. Pure.

Knows no ticket: whoever asks says in turns what happened (`Turn`), from the beginning. A clock only runs while we are
waited for; everything is calculated from the turns each time, so that a clock and the list that explains it agree.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.enums import Measure
from routing.working_time import Hours, OutOfReach, later, worked


@dataclass(frozen=True)
class Turn:
    """Something that happened, and how things stood from then on. `answered`: we said something to who asked.
    `asked`: they said something. `mark` is whatever the caller wants to find again, an event's id."""

    at: datetime
    waits_for_us: bool
    is_open: bool
    answered: bool = False
    asked: bool = False
    mark: int = 0


class Change(StrEnum):
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Entry:
    """A line of a clock's story: what a turn did to it, and what it showed then."""

    at: datetime
    change: Change
    spent: timedelta
    mark: int


@dataclass(frozen=True)
class Clock:
    """`due_at` only while it runs, and where the target is reached within a lifetime. `ran_out_at` is when the target
    was used up, if it was by `now`. What was promised is over from that moment on, also where it is closing time and no
    working time has passed since: as lists, figures and mails know it, which compare two moments (decision 0022)."""

    measure: Measure
    target: timedelta
    entries: tuple[Entry, ...]
    spent: timedelta
    is_running: bool
    is_stopped: bool
    due_at: datetime | None
    ran_out_at: datetime | None

    @property
    def left(self) -> timedelta:
        """Working time left, negative once the target is used up."""
        return self.target - self.spent

    @property
    def is_breached(self) -> bool:
        return self.ran_out_at is not None


def read_clock(
    measure: Measure, turns: Iterable[Turn], *, target: timedelta, hours: Hours, now: datetime
) -> Clock | None:
    """What the clock shows at `now`; None where it has not started. The next answer's clock is that of the last
    question: with each answer it ends, with the next question a new one starts at nothing."""
    entries: list[Entry] = []
    spent, since, ran_out_at = timedelta(), None, None
    for change, turn in _changes(measure, turns):
        if change == Change.STARTED:
            entries, spent, ran_out_at = [], timedelta(), None
        if since is not None:
            due_at = _due(hours, since, target - spent)
            # What is done at the very moment it is due is in time.
            ran_out_at = ran_out_at or (due_at if due_at is not None and due_at < turn.at else None)
            spent += worked(hours, since, turn.at)
        since = turn.at if change in (Change.STARTED, Change.RESUMED) and turn.waits_for_us else None
        entries.append(Entry(turn.at, change, spent, turn.mark))
    if not entries:
        return None
    due_at = None
    if since is not None:
        due_at = ran_out_at or _due(hours, since, target - spent)
        ran_out_at = due_at if due_at is not None and due_at <= now else None
        spent += worked(hours, since, max(now, since))
    stopped = entries[-1].change == Change.STOPPED
    return Clock(measure, target, tuple(entries), spent, since is not None, stopped, due_at, ran_out_at)


def _changes(measure: Measure, turns: Iterable[Turn]) -> Iterator[tuple[Change, Turn]]:
    """What each turn does to the clock, without those that do nothing."""
    started = stopped = runs = is_answered = False
    for turn in turns:
        runs_now = turn.waits_for_us and turn.is_open
        if started and not stopped and _stops(measure, turn):
            yield Change.STOPPED, turn
            stopped, runs = True, False
        elif _starts(measure, turn, started=started, stopped=stopped, is_answered=is_answered):
            yield (Change.RESUMED if stopped and measure == Measure.SOLUTION else Change.STARTED), turn
            started, stopped, runs = True, False, runs_now
            if not runs_now:
                yield Change.PAUSED, turn
        elif started and not stopped and runs != runs_now:
            yield (Change.RESUMED if runs_now else Change.PAUSED), turn
            runs = runs_now
        is_answered = is_answered or turn.answered


def _starts(measure: Measure, turn: Turn, *, started: bool, stopped: bool, is_answered: bool) -> bool:
    if measure == Measure.FIRST_ANSWER:
        return not started
    if measure == Measure.NEXT_ANSWER:
        return turn.asked and is_answered and (not started or stopped)
    return not started or (stopped and turn.is_open)


def _stops(measure: Measure, turn: Turn) -> bool:
    """A closed ticket has its solution. Without an answer it does not have that: it rests until it is opened again."""
    return not turn.is_open if measure == Measure.SOLUTION else turn.answered


def _due(hours: Hours, since: datetime, left: timedelta) -> datetime | None:
    try:
        return later(hours, since, left)
    except OutOfReach:
        return None
