"""Agents who are told what customers write on a ticket that is not theirs."""

from django.db import transaction

from accounts.models import User
from accounts.rules import require_staff
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket, same_person
from tickets.models import Follower, Ticket
from tickets.queries import works_on


class CannotFollow(ValueError):
    """The person is no active agent who sees the ticket."""


def follow(*, actor: User | None, ticket: Ticket, user: User) -> Ticket:
    """Let an agent follow a ticket: from now on they are told what customers write on it.

    Records `follower_added`; nothing happens for somebody who follows it. Raises CannotFollow for anybody who does not
    see the ticket on the desk, PermissionError unless the actor is an agent (None: a rule).
    """
    require_staff(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if Follower.objects.filter(ticket=locked, user=user).exists():
            return locked
        if not works_on(user, locked):
            raise CannotFollow
        Follower.objects.create(ticket=locked, user=user)
        _record(EventKind.FOLLOWER_ADDED, locked, actor, user)
    return locked


def unfollow(*, actor: User | None, ticket: Ticket, user: User) -> Ticket:
    """Tell an agent no longer what customers write on a ticket. Agents do it for themselves and for each other.

    Records `follower_removed`; nothing happens for somebody who does not follow it. Raises PermissionError unless the
    actor is an agent.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        removed, _rows = Follower.objects.filter(ticket=locked, user=user).delete()
        if removed:
            _record(EventKind.FOLLOWER_REMOVED, locked, actor, user)
    return locked


def _record(kind: EventKind, ticket: Ticket, actor: User | None, user: User) -> None:
    own = same_person(actor, user)
    record_event(kind, ticket, actor=actor, data={"user": user.pk, "name": user.public_name, "own": own})
