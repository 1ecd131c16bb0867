from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.rules import require_agent

LONGEST_SNOOZE = timedelta(days=366)


class NotInTheFuture(ValueError):
    """The moment until which a ticket is to sleep has passed, or is more than a year away."""


def snooze(*, actor: User, ticket: Ticket, until: datetime) -> Ticket:
    """Keep an open ticket out of sight until a moment, or until the customer writes or it is closed. Whom it waits for
    and its clocks stay as they are: nobody is promised less.

    Records `snoozed`; nothing happens to a closed ticket. Raises PermissionError unless the actor is an agent,
    NotInTheFuture.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.is_closed or locked.snoozed_until == until:
            return locked
        if not timezone.now() < until <= timezone.now() + LONGEST_SNOOZE:
            raise NotInTheFuture
        locked.snoozed_until = until
        locked.save(update_fields=["snoozed_until"])
        record_event(EventKind.SNOOZED, locked, actor=actor, data={"until": until.isoformat()})
    return locked


def wake(*, actor: User, ticket: Ticket) -> Ticket:
    """Bring a ticket that sleeps back into sight at once. Records `snoozed` without a moment; nothing happens to one
    that does not sleep. Raises PermissionError unless the actor is an agent."""
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.snoozed_until is not None:
            locked.snoozed_until = None
            locked.save(update_fields=["snoozed_until"])
            record_event(EventKind.SNOOZED, locked, actor=actor, data={"until": None})
    return locked
