"""The link by which somebody who is not signed in confirms that they want service messages by mail. Signed, and bound
to the portal; what it asks for stands in its event."""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.passing import whole_number
from accounts.scoping import current_tenant

LIFE = timedelta(days=3)


def confirmation_link(asked: AccountEvent) -> str:
    """The absolute address where the person of `asked` confirms; it goes to their mailbox only."""
    return current_tenant().url(reverse("service_subscription_confirm", args=[_signer().sign(str(asked.pk))]))


def person_of_token(token: str) -> User | None:
    """Who asked for service messages with the mail this link came in; None when it is forged, cut off, too old, another
    portal's, or their address has changed hands since."""
    try:
        key = whole_number(_signer().unsign(token))
    except BadSignature:
        return None
    asked: AccountEvent | None = (
        AccountEvent.objects.select_related("user")
        .filter(pk=key, kind=AccountEventKind.SUBSCRIPTION_REQUESTED, created_at__gt=timezone.now() - LIFE)
        .first()
    )
    if asked is None:
        return None
    ended = (AccountEventKind.ADDRESS_CHANGED, AccountEventKind.CLOSED)
    later = AccountEvent.objects.filter(user=asked.user, kind__in=ended, pk__gt=asked.pk)
    return None if later.exists() else asked.user


def _signer() -> Signer:
    return Signer(salt=f"knowledge.subscription.{current_tenant().pk}", sep=".")
