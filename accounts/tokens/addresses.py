"""The link that proves a new mail address. Signed and bound to the portal; what it asks for stands in its event."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.scoping import current_tenant

# After one of these, links made before say nothing any more: another was asked for, one was used, or the owner took
# the account back with a new password.
_ENDS = (AccountEventKind.ADDRESS_REQUESTED, AccountEventKind.ADDRESS_CHANGED, AccountEventKind.PASSWORD_SET)


def address_link(asked: AccountEvent) -> str:
    """The absolute address where the person of `asked` confirms the new mail address; it goes to that address only."""
    return current_tenant().url(reverse("account_address_confirm", args=[_signer().sign(str(asked.pk))]))


def address_request_of_token(token: str, user: User) -> AccountEvent | None:
    """What `user` asked for with the mail this link came in; None when it is forged, truncated, expired, used or
    replaced by a later one, another portal's or another person's."""
    try:
        key = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    asked: AccountEvent | None = (
        AccountEvent.objects.select_related("user")
        .filter(pk=key, user=user, kind=AccountEventKind.ADDRESS_REQUESTED)
        .first()
    )
    return asked if asked is not None and still_holds(asked, user) else None


def still_holds(asked: AccountEvent, user: User) -> bool:
    """Whether the address `asked` for can still be confirmed: in time, the last thing asked for, and asked from the
    address that `user` has now."""
    in_time = timezone.now() - asked.created_at < timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if not in_time or not user.is_active or asked.data.get("old") != user.email:
        return False
    return not AccountEvent.objects.filter(user=user, kind__in=_ENDS, pk__gt=asked.pk).exists()


def _signer() -> Signer:
    return Signer(salt=f"accounts.address.{current_tenant().pk}", sep=".")
