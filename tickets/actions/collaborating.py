"""Who is on a ticket besides its requester (I11), and whether colleagues may read it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries.colleagues import active_customers, colleagues_of
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket, same_person
from tickets.models import Collaborator, Ticket, TicketLink
from tickets.queries import customer_tickets
from tickets.rules import require_agent, require_part


class NotAColleague(ValueError):
    """The person may not be brought into the ticket by whoever tried."""


def add_collaborator(*, actor: User, ticket: Ticket, user: User, as_staff: bool = False) -> Ticket:
    """Bring somebody into a ticket: from now on they read all of it, are told of news and may reply.

    Whoever takes part brings in colleagues (`colleagues_of`), staff any active customer, and who may read a ticket
    anyway brings in themselves. Records `collaborator_added`; nothing happens for somebody who is in it already.
    Raises NotAColleague for anybody else, PermissionError when the actor may bring in nobody.
    """
    if as_staff:
        require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        follows = same_person(actor, user) and not as_staff
        if follows and not customer_tickets(actor).filter(pk=locked.pk).exists():
            raise PermissionError("Only who may read a ticket follows it")
        if not follows and not as_staff:
            require_part(actor, locked)
        if not follows and not _whom_may_bring(actor, as_staff=as_staff).filter(pk=user.pk).exists():
            raise NotAColleague
        _bring_in(actor, locked, user)
    return locked


def bring_along(*, actor: User, ticket: Ticket, users: Iterable[User], as_staff: bool) -> None:
    """Bring in those named while filing, inside the transaction that opens the ticket. Records `collaborator_added`.

    Leaves out whoever may not be brought in (any more): the ticket itself must not fail for it.
    """
    named = [user.pk for user in users]
    allowed = _whom_may_bring(actor, as_staff=as_staff).filter(pk__in=named) if named else ()
    for user in allowed:
        _bring_in(actor, ticket, user)


def remove_collaborator(*, actor: User, ticket: Ticket, user: User, as_staff: bool = False) -> Ticket:
    """Take somebody off a ticket: they are told nothing more, and the links in their mails are void at once.

    Collaborators do it for themselves, the requester and staff for anybody. Records `collaborator_removed`; nothing
    happens for somebody who is no collaborator. Raises PermissionError for everybody else.
    """
    if as_staff:
        require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        leaves = same_person(actor, user)
        if not (as_staff or leaves or same_person(actor, locked.requester)):
            raise PermissionError("Only the requester takes others off a ticket")
        removed, _rows = Collaborator.objects.filter(ticket=locked, user=user).delete()
        if removed:
            now = timezone.now()
            TicketLink.objects.filter(ticket=locked, user=user, revoked_at=None).update(revoked_at=now)
            data = {"user": user.pk, "name": user.public_name, "left": leaves}
            record_event(EventKind.COLLABORATOR_REMOVED, locked, actor=actor, data=data)
    return locked


def set_confidentiality(*, actor: User, ticket: Ticket, is_confidential: bool, as_staff: bool = False) -> Ticket:
    """Keep a ticket from the requester's colleagues, or no longer; who takes part and staff read it either way.

    Records `confidentiality_changed`. Raises PermissionError unless the actor is the requester, or staff (`as_staff`).
    """
    if as_staff:
        require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if not as_staff and not same_person(actor, locked.requester):
            raise PermissionError("Only the requester decides who of their colleagues reads it")
        if locked.is_confidential == is_confidential:
            return locked
        locked.is_confidential = is_confidential
        locked.save(update_fields=["is_confidential"])
        by = "staff" if as_staff else "customer"
        record_event(
            EventKind.CONFIDENTIALITY_CHANGED, locked, actor=actor, data={"by": by, "confidential": is_confidential}
        )
    return locked


def _whom_may_bring(actor: User, *, as_staff: bool):  # type: ignore[no-untyped-def]
    return active_customers() if as_staff else colleagues_of(actor)


def _bring_in(actor: User, ticket: Ticket, user: User) -> None:
    if user.pk == ticket.requester_id or Collaborator.objects.filter(ticket=ticket, user=user).exists():
        return
    Collaborator.objects.create(ticket=ticket, user=user, added_by=actor, created_at=timezone.now())
    data = {"user": user.pk, "name": user.public_name, "follows": same_person(actor, user)}
    record_event(EventKind.COLLABORATOR_ADDED, ticket, actor=actor, data=data)
