"""Whom an organisation's people can turn to: administrators of their own (S7), contacts at the provider (S3)."""

from django.db import transaction

from accounts.actions.organising import lock_organisation
from accounts.enums import ProviderContactKind
from accounts.models import LocalAdministrator, Organisation, ProviderContact, User
from accounts.rules import require_staff


class Unreachable(ValueError):
    """Neither a mail address nor a phone number was given."""


def add_local_administrator(
    *, actor: User | None, organisation: Organisation, name: str, email: str = "", phone: str = ""
) -> LocalAdministrator:
    """Write down whom the organisation's people turn to when they may not ask support themselves (S7).

    People who are told so read name, address and phone. Raises Unreachable, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    _require_reachable(email, phone)
    with transaction.atomic():
        locked = lock_organisation(organisation)
        row: LocalAdministrator = LocalAdministrator.objects.get_or_create(
            organisation=locked, name=name, email=email, phone=phone
        )[0]
    return row


def update_local_administrator(
    *, actor: User, administrator: LocalAdministrator, name: str, email: str = "", phone: str = ""
) -> LocalAdministrator:
    """Change what is on record about a local administrator. Raises Unreachable, PermissionError unless by staff."""
    require_staff(actor)
    _require_reachable(email, phone)
    with transaction.atomic():
        row: LocalAdministrator = LocalAdministrator.objects.select_for_update().get(pk=administrator.pk)
        row.name, row.email, row.phone = name, email, phone
        row.save()
    return row


def remove_local_administrator(*, actor: User, administrator: LocalAdministrator) -> None:
    """Name somebody as a local administrator no longer. Where none is left, people are told the named contacts.

    Raises PermissionError unless the actor is staff.
    """
    require_staff(actor)
    LocalAdministrator.objects.filter(pk=administrator.pk).delete()


def set_provider_contact(
    *,
    actor: User | None,
    organisation: Organisation,
    kind: ProviderContactKind,
    name: str,
    email: str = "",
    phone: str = "",
) -> ProviderContact:
    """Write down the organisation's account manager, success manager or project leader with us (S3), in place of
    whoever was.

    Raises Unreachable, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    _require_reachable(email, phone)
    with transaction.atomic():
        locked = lock_organisation(organisation)
        row: ProviderContact = ProviderContact.objects.update_or_create(
            organisation=locked, kind=kind, defaults={"name": name, "email": email, "phone": phone}
        )[0]
    return row


def remove_provider_contact(*, actor: User, organisation: Organisation, kind: ProviderContactKind) -> None:
    """Say that the organisation has no contact of this kind with us. Raises PermissionError unless by staff."""
    require_staff(actor)
    ProviderContact.objects.filter(organisation=organisation, kind=kind).delete()


def _require_reachable(email: str, phone: str) -> None:
    if not email and not phone:
        raise Unreachable
