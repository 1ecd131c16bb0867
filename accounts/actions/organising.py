"""Organisations: enter them, change what is on record about them, what they have agreed on, who sees what."""

from datetime import date

from django.db import IntegrityError, transaction

from accounts.enums import Visibility
from accounts.models import Agreement, Organisation, User
from accounts.rules import require_administrator, require_staff


class NameTaken(ValueError):
    """Something else of the portal has this name already."""


class AgreementRetired(ValueError):
    """The agreement is no longer given to anybody new."""


def add_organisation(*, actor: User | None, name: str, notes: str = "") -> Organisation:
    """Enter an organisation, a customer of the tenant. `actor` is None for operator commands.

    Raises NameTaken, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    organisation = Organisation(name=name, notes=notes)
    _save(organisation)
    return organisation


def update_organisation(
    *, actor: User, organisation: Organisation, name: str | None = None, notes: str | None = None
) -> Organisation:
    """Change an organisation's name, or the notes staff keep about it. What is None stays as it is.

    Raises NameTaken, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = lock_organisation(organisation)
        new = (locked.name if name is None else name, locked.notes if notes is None else notes)
        if new == (locked.name, locked.notes):
            return locked
        locked.name, locked.notes = new
        _save(locked)
    return locked


def set_visibility(*, actor: User | None, organisation: Organisation, visibility: Visibility) -> Organisation:
    """Say which of the organisation's people see its tickets besides their own (I11, T14). Holds at once, for older
    tickets as well.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = lock_organisation(organisation)
        if locked.visibility != visibility:
            locked.visibility = visibility
            locked.save(update_fields=["visibility"])
    return locked


def set_agreement(
    *,
    actor: User | None,
    organisation: Organisation,
    agreement: Agreement | None,
    agreement_from: date | None = None,
    agreement_until: date | None = None,
    contact_limit: int | None = None,
) -> Organisation:
    """Write down what the organisation has agreed on, when it holds, and its own number of named contacts (S1).

    A smaller number takes nobody's place: the organisation then has more contacts than places until somebody frees
    one. Raises AgreementRetired for one it does not have already, ValueError when it ends before it begins or the
    number is below 1, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    if agreement_from is not None and agreement_until is not None and agreement_until < agreement_from:
        raise ValueError("An agreement ends after it begins")
    if contact_limit is not None and contact_limit < 1:
        raise ValueError("A number of contacts is 1 at least")
    with transaction.atomic():
        locked = lock_organisation(organisation)
        chosen = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk) if agreement else None
        if chosen is not None and not chosen.is_active and chosen.pk != locked.agreement_id:
            raise AgreementRetired
        locked.agreement, locked.contact_limit = chosen, contact_limit
        locked.agreement_from, locked.agreement_until = agreement_from, agreement_until
        locked.save(update_fields=["agreement", "contact_limit", "agreement_from", "agreement_until"])
    return locked


def lock_organisation(organisation: Organisation) -> Organisation:
    """The organisation's row as it is now, locked until the transaction ends; others can still point at it."""
    locked: Organisation = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agreement")
        .get(pk=organisation.pk)
    )
    return locked


def _save(organisation: Organisation) -> None:
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError:
        if Organisation.objects.filter(name=organisation.name).exclude(pk=organisation.pk).exists():
            raise NameTaken from None
        raise
