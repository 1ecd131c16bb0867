from django.db import transaction

from accounts.models import User
from tickets.actions.handing_over import claim
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket, TicketEvent
from tickets.rules import require_agent


def take_on(*, actor: User, ticket: Ticket) -> Ticket:
    """Say "I'm on it" about a ticket that goes stale: everybody who sees it reads so in its history. One that nobody
    has is then the actor's; whoever has one keeps it. Its clocks go on.

    Records `taken_on`, and `claimed` where it was nobody's. Nothing happens to a closed ticket, nor when the same
    person has said so since it began to wait. Raises PermissionError unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.is_closed or has_taken_on(actor, locked):
            return locked
        if locked.assignee_id is None:
            locked = claim(actor=actor, ticket=locked)
        record_event(EventKind.TAKEN_ON, locked, actor=actor)
    return locked


def has_taken_on(actor: User, ticket: Ticket) -> bool:
    """Whether somebody has said so since the ticket began to wait for whom it waits now."""
    said = TicketEvent.objects.filter(ticket=ticket, kind=EventKind.TAKEN_ON, actor=actor)
    return bool(said.filter(created_at__gte=ticket.waiting_since).exists())
