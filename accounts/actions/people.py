"""What staff change about a person: details, organisation, role."""

from collections.abc import Mapping

from django.db import transaction

from accounts.actions.closing_accounts import LastAdministrator, lock_with_administrators
from accounts.actions.ending_sessions import end_sessions
from accounts.enums import AccountEventKind, Role
from accounts.models import AccountEvent, Organisation, User
from accounts.poking import poke_worker
from accounts.rules import may_edit, require_administrator

DETAILS = ("name", "phone", "language")


def update_person(*, actor: User, user: User, values: Mapping[str, str]) -> User:
    """Change a person's name, phone or language on their behalf; what `values` leaves out stays.

    Records `details_changed` with the fields' names. Nothing happens when nothing is different. Raises PermissionError
    unless the actor is staff, and an administrator for staff.
    """
    with transaction.atomic():
        person = _locked(actor, user)
        changed = [field for field in DETAILS if field in values and values[field] != getattr(person, field)]
        if not changed:
            return person
        for field in changed:
            setattr(person, field, values[field])
        person.save()
        _record(actor, person, AccountEventKind.DETAILS_CHANGED, {"fields": changed})
    return person


def move_person(*, actor: User, user: User, organisation: Organisation | None) -> User:
    """Let a customer belong to another organisation, or to none.

    They are no contact there before somebody says so, and an open invitation of theirs follows without the place it
    kept. Tickets stay with the organisation they were filed for. Records `moved`. Nothing happens when they are there
    already. Raises ValueError for staff, PermissionError unless the actor is staff.
    """
    with transaction.atomic():
        person = _locked(actor, user)
        if person.is_agent:
            raise ValueError("Staff belong to no customer")
        if person.organisation_id == (organisation.pk if organisation else None):
            return person
        before, person.organisation = person.organisation, organisation
        person.is_named_contact = person.is_contact_person = person.sees_colleagues = False
        person.save()
        person.invitations.filter(accepted_at=None, revoked_at=None, role=Role.CUSTOMER).update(
            organisation=organisation, is_named_contact=False, is_contact_person=False
        )
        names = {"from": str(before or ""), "to": str(organisation or "")}
        _record(actor, person, AccountEventKind.MOVED, names)
    return person


def set_role(*, actor: User, user: User, role: Role) -> User:
    """Give somebody another role. A customer who joins the staff leaves their organisation; they sign in again.

    Records `role_changed`. Raises LastAdministrator for the last one, ValueError for an account that is closed or not
    let in yet, PermissionError unless the actor is an administrator, and for their own role.
    """
    require_administrator(actor)
    if actor.pk == user.pk:
        raise PermissionError("Nobody changes their own role")
    with transaction.atomic():
        person, others = lock_with_administrators(user)
        if person.role == role:
            return person
        if not person.is_active:
            raise ValueError("Only people who are let in have a role")
        if person.is_administrator and not others:
            raise LastAdministrator
        before, person.role = person.role, role
        left = person.organisation if role != Role.CUSTOMER else None
        if left is not None:
            person.organisation = None
            person.is_named_contact = person.is_contact_person = person.sees_colleagues = False
        person.save()
        end_sessions(actor=actor, user=person)
        data = {"from": before, "to": str(role)} | ({"left": left.name} if left else {})
        _record(actor, person, AccountEventKind.ROLE_CHANGED, data)
        poke_worker()  # who left the staff hands their tickets back
    return person


def _locked(actor: User, user: User) -> User:
    person: User = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=user.pk)
    if not may_edit(actor, person):
        raise PermissionError("Customers are changed by staff, staff by administrators")
    return person


def _record(actor: User, person: User, kind: AccountEventKind, data: Mapping[str, object]) -> None:
    AccountEvent.objects.create(actor=actor, user=person, kind=kind, data=dict(data))
