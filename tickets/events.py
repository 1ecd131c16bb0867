from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.poking import poke_worker
from tickets.enums import EventKind
from tickets.models import Message, Ticket, TicketEvent


def record_event(
    kind: EventKind,
    ticket: Ticket,
    *,
    actor: User | None,
    message: Message | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    due_at: datetime | None = None,
) -> TicketEvent:
    """Write down what happened, inside the transaction of the change itself, and wake a worker after its commit; with
    `due_at`, before which nobody is told, then. `at` as `new_event` takes it."""
    event = new_event(kind, ticket, actor=actor, message=message, data=data, at=at, due_at=due_at)
    event.save()
    poke_worker(after=max(0.0, (due_at - event.created_at).total_seconds()) if due_at else 0.0)
    return event


def new_event(
    kind: EventKind,
    ticket: Ticket,
    *,
    actor: User | None,
    message: Message | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    due_at: datetime | None = None,
) -> TicketEvent:
    """What happened now, not yet written down. `at` is the moment that the change itself has in the ticket's row, where
    it has one, so that the events alone tell the same."""
    now = at or timezone.now()
    return TicketEvent(
        kind=kind, ticket=ticket, actor=actor, message=message, data=dict(data or {}), created_at=now, due_at=due_at
    )


def record_events(events: Sequence[TicketEvent]) -> None:
    """Write down several things that happened at once, in their order, inside the transaction of the change itself, and
    wake a worker after its commit. None of them waits until it is told."""
    TicketEvent.objects.bulk_create(events)
    poke_worker()
