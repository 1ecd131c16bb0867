from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.enums import EventKind, Status
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.rules import STATUS_FIELDS, move_to, require_agent


def set_status(*, actor: User, ticket: Ticket, status: Status) -> Ticket:
    """Give a ticket another status without a reply. Closing and reopening go through their own doors.

    Records `status_changed` with both statuses (or `closed` / `reopened`). Raises PermissionError unless an agent,
    AnswersMissing as `close_ticket` does.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.status == status:
            return locked
        if status == Status.CLOSED:
            return close_ticket(actor=actor, ticket=locked, as_staff=True)
        if locked.is_closed:
            locked = reopen_ticket(actor=actor, ticket=locked, as_staff=True)
            if locked.status == status:
                return locked
        before, now = locked.status, timezone.now()
        move_to(locked, status, now)
        locked.save(update_fields=STATUS_FIELDS)
        data = {"from": str(before), "to": str(status)}
        record_event(EventKind.STATUS_CHANGED, locked, actor=actor, data=data, at=now)
    return locked
