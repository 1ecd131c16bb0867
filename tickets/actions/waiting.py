from django.db import transaction
from django.utils import timezone

from accounts.folding import clean_line
from accounts.models import User
from tickets.enums import WITH_THIRD_PARTY, EventKind, WaitingOn
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.rules import STATUS_FIELDS, require_agent, wait_for


class NotOurs(ValueError):
    """The ticket does not wait for us: it is closed, or the customer has to answer."""


def wait_for_third_party(*, actor: User, ticket: Ticket, whom: str) -> Ticket:
    """Let a ticket that waits for us wait for a third party: `whom`, a supplier or a colleague elsewhere. Its clocks
    rest meanwhile. It waits for us again when the customer writes, when it is answered, or when somebody says so.

    Records `waiting_changed`, also where only `whom` is another. Raises PermissionError unless the actor is an agent,
    NotOurs for a ticket that is closed or waits for the customer.
    """
    require_agent(actor)
    whom = clean_line(whom)[:120]
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.status not in WITH_THIRD_PARTY:
            raise NotOurs
        if locked.waiting_on == WaitingOn.THIRD_PARTY and locked.waits_for == whom:
            return locked
        _change(locked, actor, WaitingOn.THIRD_PARTY, whom)
    return locked


def wait_for_us(*, actor: User, ticket: Ticket) -> Ticket:
    """Let a ticket that waits for a third party wait for us again. Records `waiting_changed`; nothing happens to any
    other ticket. Raises PermissionError unless the actor is an agent."""
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.waiting_on == WaitingOn.THIRD_PARTY:
            _change(locked, actor, WaitingOn.US, "")
    return locked


def _change(locked: Ticket, actor: User, waiting_on: WaitingOn, whom: str) -> None:
    now, before = timezone.now(), locked.waiting_on
    wait_for(locked, waiting_on, now)
    locked.waits_for, locked.last_activity_at = whom, now
    locked.save(update_fields=STATUS_FIELDS)
    data = {"from": str(before), "to": str(waiting_on), "whom": whom}
    record_event(EventKind.WAITING_CHANGED, locked, actor=actor, data=data, at=now)
