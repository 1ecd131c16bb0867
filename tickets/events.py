from collections.abc import Mapping
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
    due_at: datetime | None = None,
) -> TicketEvent:
    """Write down what happened, inside the transaction of the change itself, and wake a worker after its commit; with
    `due_at`, before which nobody is told, then."""
    now = timezone.now()
    event: TicketEvent = TicketEvent.objects.create(
        kind=kind, ticket=ticket, actor=actor, message=message, data=dict(data or {}), created_at=now, due_at=due_at
    )
    poke_worker(after=max(0.0, (due_at - now).total_seconds()) if due_at else 0.0)
    return event
