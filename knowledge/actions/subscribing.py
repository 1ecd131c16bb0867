"""Service messages by mail: whoever wants them gets them, and nobody else (I1)."""

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Tenant, User
from accounts.scoping import current_tenant
from knowledge.models import ServiceSubscription


def subscribe(*, actor: User | None, user: User) -> bool:
    """Mail service messages to a person from now on. Who is not signed in has confirmed it from their mailbox (None).

    Records `details_changed`. Returns False where they were already mailed. Somebody else's choice: PermissionError.
    """
    _require_own(actor, user)
    with transaction.atomic():
        # Before anything that is being told just now, or after it: else a batch could pass by a row it does not see.
        Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
        person = _lock(user)
        _row, is_new = ServiceSubscription.objects.get_or_create(user=person, defaults={"created_at": timezone.now()})
        if is_new:
            _record(actor, person)
    return is_new


def unsubscribe(*, actor: User | None, user: User) -> bool:
    """Mail them no more; what is on its way is not sent. Records `details_changed`. Returns False where none were."""
    _require_own(actor, user)
    with transaction.atomic():
        person = _lock(user)
        number, _rows = ServiceSubscription.objects.filter(user=person).delete()
        if number:
            _record(actor, person)
    return bool(number)


def _require_own(actor: User | None, user: User) -> None:
    if actor is not None and actor.pk != user.pk:
        raise PermissionError("Everybody chooses their own mails")


def _lock(user: User) -> User:
    person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    return person


def _record(actor: User | None, person: User) -> None:
    AccountEvent.objects.create(
        actor=actor, user=person, kind=AccountEventKind.DETAILS_CHANGED, data={"fields": ["mails"]}
    )
