"""What a ticket's clocks show, and why: each start, pause and stop with the event that did it. For the desk's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from routing.clocks import Change, Clock, read_clock
from tickets.due import Due
from tickets.enums import Priority
from tickets.events_in_words import sentence
from tickets.models import TicketEvent
from tickets.standing import turns
from tickets.timeline import SHOWN_BY_MESSAGES
from tickets.timing import Timing

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ClockLine:
    """What an event did to a clock, and what it showed then. `anchor` is where the page shows the event."""

    at: datetime
    words: str
    event: str
    anchor: str
    spent: timedelta


@dataclass(frozen=True)
class ClockStory:
    """One clock: what it shows, and the lines that explain it. `due` while it runs."""

    clock: Clock
    due: Due | None
    lines: list[ClockLine]

    @property
    def label(self) -> str:
        return str(self.clock.measure.label)

    @property
    def over(self) -> timedelta | None:
        """By how much working time the promise was not kept, if it was not. Promises are whole minutes, as the figures
        count them: an answer within the last one is in time."""
        over = -self.clock.left
        return over if over >= A_MINUTE or (self.clock.is_breached and not self.clock.is_stopped) else None

    @property
    def share(self) -> int:
        """How much of the target is used, in per cent, at most a hundred."""
        return min(100, int(100 * self.clock.spent / self.clock.target)) if self.clock.target else 100


def clock_stories(timing: Timing, events: Iterable[TicketEvent]) -> list[ClockStory]:
    """The clocks of a ticket that have started, each with its story. `events`: all of the ticket's."""
    by_mark = {event.pk: event for event in events}
    return [_story(timing, clock, by_mark) for clock in timing.clocks.values()]


def due_by_priority(timing: Timing) -> list[tuple[Priority, datetime | None]]:
    """When the next thing would be due with each priority, as things stand."""
    told, here = turns(timing.told), timing.ticket
    found = []
    for priority in Priority:
        promise = timing.promises.promise(
            level_id=timing.promise.level_id, priority=priority, department_id=here.department_id
        )
        clocks = [
            read_clock(measure, told, target=target, hours=promise.hours, now=timing.now)
            for measure, target in promise.targets.items()
        ]
        found.append((priority, min((clock.due_at for clock in clocks if clock and clock.due_at), default=None)))
    return found


def _story(timing: Timing, clock: Clock, by_mark: dict[int, TicketEvent]) -> ClockStory:
    due = None
    if clock.due_at is not None:
        due = Due(clock.due_at, clock.measure, clock.left, is_over=clock.due_at <= timing.now)
    lines = [
        ClockLine(
            entry.at,
            _words(entry.change),
            sentence(by_mark[entry.mark]) if entry.mark in by_mark else "",
            _anchor(by_mark.get(entry.mark)),
            entry.spent,
        )
        for entry in clock.entries
    ]
    return ClockStory(clock, due, lines)


def _words(change: Change) -> str:
    return {
        Change.STARTED: _("Starts"),
        Change.PAUSED: _("Rests"),
        Change.RESUMED: _("Goes on"),
        Change.STOPPED: _("Stops"),
    }[change]


def _anchor(event: TicketEvent | None) -> str:
    if event is None:
        return ""
    shown_by_message = event.kind in SHOWN_BY_MESSAGES and event.message_id is not None
    return f"message-{event.message_id}" if shown_by_message else f"event-{event.pk}"
