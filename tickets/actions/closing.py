from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.actions.handing_over import hand_on_if_closed, release_if_departed
from tickets.actions.merging import come_apart
from tickets.enums import EventKind, Status
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.rules import (
    STATUS_FIELDS,
    move_to,
    require_agent,
    require_answers_to_close,
    require_part,
    status_when_ours,
)


def close_ticket(*, actor: User, ticket: Ticket, as_staff: bool = False) -> Ticket:
    """Close a ticket: it waits for nobody. Customers who take part may (I10); either side may reopen it.

    Records `closed`. Nothing happens to a closed one. Raises PermissionError when `as_staff` and the actor is no agent,
    or else takes no part in it; AnswersMissing when `as_staff` and a question that has to be answered before closing is
    not.
    """
    return _move(actor, ticket, EventKind.CLOSED, as_staff=as_staff)


def reopen_ticket(*, actor: User, ticket: Ticket, as_staff: bool = False) -> Ticket:
    """Reopen a closed ticket: it waits for us again, with whoever had it; a merged one stands on its own again. Records
    `reopened`.

    Nothing happens to an open one. Raises PermissionError when `as_staff` and the actor is no agent, or else takes no
    part in it.
    """
    return _move(actor, ticket, EventKind.REOPENED, as_staff=as_staff)


def _move(actor: User, ticket: Ticket, kind: EventKind, *, as_staff: bool) -> Ticket:
    if as_staff:
        require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if not as_staff:
            require_part(actor, locked)
        closing = kind == EventKind.CLOSED
        if locked.is_closed == closing:
            return locked
        if closing and as_staff:
            require_answers_to_close(locked)
        if not closing:
            come_apart(actor=actor, ticket=locked)
            hand_on_if_closed(locked)
            release_if_departed(locked)
        now = timezone.now()
        move_to(locked, Status.CLOSED if closing else status_when_ours(locked), now)
        locked.save(update_fields=["merged_into", "assignee", *STATUS_FIELDS])
        by = "staff" if as_staff else "customer"
        record_event(kind, locked, actor=actor, data={"by": by, "with_reply": False}, at=now)
    return locked
