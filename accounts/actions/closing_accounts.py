"""A closed account ends everything at once: its sessions, its place as a contact, what was still open about it."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions.ending_sessions import end_sessions
from accounts.enums import AccountEventKind, ApplicationState, Refusal, Role
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from accounts.rules import may_edit


class LastAdministrator(Exception):
    """Nobody would be left who can set the portal up."""


def close_account(*, actor: User, user: User) -> User:
    """Close somebody's account, or one's own: they can neither sign in nor write, and get no mails any more.

    What they wrote and their tickets stay. Side effects: their sessions end, their place as a contact is free, an open
    invitation is withdrawn, a waiting application ends; records `closed` with `by` (self, staff), from which the mail
    is made that tells them, and from which a closed agent's tickets go back to their departments. Nothing happens to a
    closed one. Raises LastAdministrator, PermissionError unless the actor is staff, and an administrator for staff.
    """
    with transaction.atomic():
        person, other_administrators = lock_with_administrators(user)
        if actor.pk != person.pk and not may_edit(actor, person):
            raise PermissionError("Accounts are closed by their owner, by staff, and staff's by administrators")
        if person.closed_at is not None:
            return person
        if person.is_administrator and person.is_active and not other_administrators:
            raise LastAdministrator
        now = timezone.now()
        before = {"was_named_contact": person.is_named_contact, "was_let_in": person.is_active}
        person.is_active, person.closed_at = False, now
        person.is_named_contact = person.is_contact_person = person.sees_colleagues = False
        person.save()
        end_sessions(actor=actor, user=person)
        person.invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
        person.applications.filter(state=ApplicationState.WAITING).update(
            state=ApplicationState.REFUSED, refusal=Refusal.OTHER, decided_by=actor, decided_at=now
        )
        by = "self" if actor.pk == person.pk else "staff"
        _record(actor, person, AccountEventKind.CLOSED, {"by": by, **before})
    user.is_active, user.closed_at = person.is_active, person.closed_at
    return person


def reopen_account(*, actor: User, user: User) -> User:
    """Open a closed account again: they sign in as before, in the role they had. They are no contact before somebody
    says so. Whoever was not let in when it was closed is not let in by this either.

    Records `reopened`. Nothing happens to one that is not closed. Raises PermissionError unless the actor is staff, and
    an administrator for staff.
    """
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if not may_edit(actor, person):
            raise PermissionError("Accounts are opened by staff, staff's by administrators")
        if person.closed_at is None:
            return person
        person.is_active, person.closed_at = _was_let_in(person), None
        person.save()
        _record(actor, person, AccountEventKind.REOPENED, {})
    return person


def lock_with_administrators(user: User) -> tuple[User, int]:
    """The person's row as it is now, and how many other administrators can sign in; all locked until the transaction
    ends, so that of two administrators who remove each other one stays."""
    rows = User.objects.select_for_update(of=("self",)).select_related("organisation")
    in_charge = Q(role=Role.ADMINISTRATOR, is_active=True)
    locked = {row.pk: row for row in rows.filter(in_charge | Q(pk=user.pk)).order_by("pk")}
    person: User = locked.pop(user.pk)
    return person, len(locked)


def _was_let_in(person: User) -> bool:
    closed = AccountEvent.objects.filter(user=person, kind=AccountEventKind.CLOSED).order_by("-pk").first()
    return closed is None or bool(closed.data.get("was_let_in", True))


def _record(actor: User, person: User, kind: AccountEventKind, data: dict[str, object]) -> None:
    AccountEvent.objects.create(actor=actor, user=person, kind=kind, data=data)
    poke_worker()
