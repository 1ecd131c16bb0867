from collections.abc import Mapping
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
) -> TicketEvent:
    """Write down what happened, inside the transaction of the change itself, and wake a worker after its commit."""
    event: TicketEvent = TicketEvent.objects.create(
        kind=kind, ticket=ticket, actor=actor, message=message, data=dict(data or {}), created_at=timezone.now()
    )
    poke_worker()
    return event
