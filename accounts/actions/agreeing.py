"""What customers can buy. Many organisations share one agreement."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actions.organising import NameTaken
from accounts.models import Agreement, User
from accounts.rules import require_administrator

FIELDS = ("name", "contact_limit", "allows_web", "allows_mail", "shows_phone")


def add_agreement(*, actor: User | None, values: Mapping[str, Any]) -> Agreement:
    """Enter an agreement: name, contact_limit (None: everybody may ask), allows_web, allows_mail, shows_phone. What is
    left out has the model's default.

    Raises NameTaken, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    agreement = Agreement(**{field: values[field] for field in FIELDS if field in values})
    _save(agreement)
    return agreement


def update_agreement(*, actor: User, agreement: Agreement, values: Mapping[str, Any]) -> Agreement:
    """Change an agreement, at once for every organisation that has it. A smaller number takes nobody's place.

    Raises NameTaken, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked: Agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
        for field in FIELDS:
            if field in values:
                setattr(locked, field, values[field])
        _save(locked)
    return locked


def retire_agreement(*, actor: User, agreement: Agreement) -> bool:
    """Give an agreement to nobody new. Those who have it keep it; one that nobody has is deleted.

    Returns whether it is still there. Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked: Agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if not locked.organisations.exists():
            locked.delete()
            return False
        if locked.is_active:
            locked.is_active = False
            locked.save(update_fields=["is_active"])
    return True


def offer_agreement(*, actor: User, agreement: Agreement) -> Agreement:
    """Take a retired agreement into use again. Raises PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked: Agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
        if not locked.is_active:
            locked.is_active = True
            locked.save(update_fields=["is_active"])
    return locked


def _save(agreement: Agreement) -> None:
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError:
        if Agreement.objects.filter(name=agreement.name).exclude(pk=agreement.pk).exists():
            raise NameTaken from None
        raise
