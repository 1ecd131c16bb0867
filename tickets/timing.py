"""What a ticket's service level says of it: its clocks, when they are due, and what of that is kept in its row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from accounts.queries.portals import portals_today
from routing.clocks import Clock, read_clock
from routing.enums import Measure
from routing.promised import Promise
from routing.promises import Promises
from tickets.enums import EventKind
from tickets.models import Message, Ticket, TicketEvent
from tickets.standing import Standing, standings, turns

_NOTHING = timedelta()
DUE = {
    Measure.FIRST_ANSWER: "first_due_at",
    Measure.NEXT_ANSWER: "next_due_at",
    Measure.SOLUTION: "solution_due_at",
}
# After these a clock may show something else, or another clock counts.
TIMED = frozenset(
    {
        EventKind.OPENED,
        EventKind.REPLIED,
        EventKind.STATUS_CHANGED,
        EventKind.CLOSED,
        EventKind.REOPENED,
        EventKind.TRANSFERRED,
        EventKind.PRIORITY_CHANGED,
        EventKind.REPLY_WITHDRAWN,
        EventKind.MERGED,
        EventKind.WAITING_CHANGED,
    }
)


@dataclass
class Timing:
    """One ticket's clocks, worked out from its events when they are asked for."""

    ticket: Ticket
    promises: Promises
    now: datetime
    events: Iterable[TicketEvent] | None = None

    @cached_property
    def promise(self) -> Promise:
        """What the ticket's customer is promised, as the rows say now."""
        return self.promises.promise(
            level_id=self.promises.level(_agreement_of(self.ticket)),
            priority=self.ticket.priority,
            department_id=self.ticket.department_id,
        )

    @cached_property
    def told(self) -> list[Standing]:
        """How it stood after each of its events."""
        return stories({self.ticket.pk: self.events})[self.ticket.pk]

    @cached_property
    def clocks(self) -> dict[Measure, Clock]:
        """Those that have started, of the measures that have a target."""
        return clocks_of(self.told, self.promise, self.now)


def clocks_of(told: list[Standing], promise: Promise, now: datetime) -> dict[Measure, Clock]:
    """What the clocks of a promise show of a story. Pure."""
    found = {
        measure: read_clock(measure, turns(told), target=target, hours=promise.hours, now=now)
        for measure, target in promise.targets.items()
    }
    return {measure: clock for measure, clock in found.items() if clock is not None}


def due_of(clocks: Mapping[Measure, Clock]) -> dict[str, datetime | None]:
    """When each clock is due, as the ticket's row keeps it; None where it rests, or there is none."""
    due = {DUE[measure]: clock.due_at for measure, clock in clocks.items()}
    return dict.fromkeys(DUE.values()) | due


def stories(tickets: Mapping[int, Iterable[TicketEvent] | None]) -> dict[int, list[Standing]]:
    """How each of these tickets stood after each of its events, which are read where they are not given. Two queries
    for all of them."""
    read: dict[int, list[TicketEvent]] = {pk: [] for pk, events in tickets.items() if events is None}
    for event in TicketEvent.objects.filter(ticket__in=list(read)).order_by("pk") if read else ():
        read[event.ticket_id].append(event)
    gone = Message.objects.filter(ticket__in=list(tickets)).exclude(withdrawn_at=None).values_list("pk", flat=True)
    withdrawn = frozenset(gone)
    return {pk: standings(read.get(pk, events or ()), withdrawn) for pk, events in tickets.items()}


def times_of(timing: Timing) -> dict[str, object]:
    """What is kept of a ticket's clocks in its row."""
    due = due_of(timing.clocks)
    answered = next((row.at for row in timing.told[1:] if row.answered), None)
    first = read_clock(
        Measure.FIRST_ANSWER,
        turns(timing.told),
        target=timing.promise.targets.get(Measure.FIRST_ANSWER, _NOTHING),
        hours=timing.promise.hours,
        now=timing.now,
    )
    following = timing.clocks.get(Measure.NEXT_ANSWER)
    return {
        **due,
        "level_id": timing.promise.level_id,
        "due_at": min((moment for moment in due.values() if moment is not None), default=None),
        "next_asked_at": following.entries[0].at if following and not following.is_stopped else None,
        "first_answered_at": answered,
        "first_answer_minutes": int(first.spent.total_seconds() // 60) if answered and first else None,
        "times_reopened": _times_reopened(timing.told),
    }


def changed_times(timing: Timing) -> dict[str, object]:
    """Of what is kept in the ticket's row, what is another than its clocks show."""
    return {name: value for name, value in times_of(timing).items() if getattr(timing.ticket, name) != value}


def _times_reopened(told: list[Standing]) -> int:
    return sum(was.closed_at is not None and row.closed_at is None for was, row in pairwise(told))


def _agreement_of(ticket: Ticket) -> int | None:
    """The agreement of the ticket's organisation, while it holds."""
    organisation = ticket.organisation
    if organisation is None or not organisation.agreement_holds(portals_today()):
        return None
    return organisation.agreement_id
