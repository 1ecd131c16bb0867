"""What of a ticket's promises is due next, and how much working time is left until then; for lists of tickets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.enums import Measure
from routing.promises import Promises
from routing.working_time import worked
from tickets.models import Ticket
from tickets.timing import DUE

SOON = timedelta(hours=1)


@dataclass(frozen=True)
class Due:
    """`left` is working time, negative once the promised time has run out."""

    at: datetime
    measure: Measure
    left: timedelta
    is_over: bool

    @property
    def is_soon(self) -> bool:
        return not self.is_over and self.left <= SOON


def add_dues(tickets: Iterable[Ticket], now: datetime, promises: Promises | None = None) -> None:
    """Give each of a page's tickets the `due` of its row, None where nothing is. A few queries, however many tickets;
    none at all where nothing is due."""
    promises = promises or Promises()
    for ticket in tickets:
        ticket.due = _due(ticket, now, promises) if ticket.due_at else None


def _due(ticket: Ticket, now: datetime, promises: Promises) -> Due | None:
    at = ticket.due_at
    measure = next((measure for measure, name in DUE.items() if getattr(ticket, name) == at), None)
    if at is None or measure is None:
        return None
    hours = promises.hours_of_level(ticket.level_id, ticket.department_id)
    return Due(at, measure, worked(hours, now, at), is_over=at <= now)
