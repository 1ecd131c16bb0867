from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.enums import EventKind, Priority
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.priorities import customers_see_priority
from tickets.rules import require_agent


def set_priority(*, actor: User, ticket: Ticket, priority: Priority, reason: str = "") -> Ticket:
    """Give a ticket another priority, and say why.

    Records `priority_changed` with the reason; `shown` keeps whether customers saw priorities then, for only those
    revisions are theirs to read. Raises PermissionError unless actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.priority == priority:
            return locked
        before = locked.priority
        locked.priority, locked.last_activity_at = priority, timezone.now()
        locked.save(update_fields=["priority", "last_activity_at"])
        data = {"from": str(before), "to": str(priority), "reason": reason, "shown": customers_see_priority()}
        record_event(EventKind.PRIORITY_CHANGED, locked, actor=actor, data=data)
    return locked
