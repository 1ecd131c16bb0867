"""The address in a mail by which its reader stops such mails, without signing in (RFC 2369, RFC 8058).

Signed, and bound to the portal, the person and the kind of mail; it opens nothing and tells nothing but that kind.
"""

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.scoping import current_tenant
from notifications.choices import can_be_stopped
from notifications.enums import FOR_OUTSIDERS, MailKind

LIFE = timedelta(days=365)  # mails lie in mailboxes for long; the choices page of the account has no end


def unsubscribe_link(person: User, kind: MailKind, made_at: datetime) -> str:
    """The absolute address where `person` stops mails of this kind; empty for a kind that nobody may do without. The
    same for the same mail, however often it is put together."""
    if not can_be_stopped(person, kind):
        return ""
    token = _signer().sign(f"{person.pk}-{kind}-{int(made_at.timestamp())}")
    return current_tenant().url(reverse("unsubscribe", args=[token]))


def meant_by(token: str) -> tuple[User, MailKind] | None:
    """Who stops which mails with this token; None when it is forged, cut off, another portal's or too old, the account
    is closed, or the person may not do without such mails (any more)."""
    try:
        key, name, made_at = _signer().unsign(token).split("-")
        kind = MailKind(name)
    except (BadSignature, ValueError):
        return None
    if int(made_at) < (timezone.now() - LIFE).timestamp():
        return None
    person: User | None = User.objects.filter(pk=int(key)).first()
    if person is None or not (person.is_active or kind in FOR_OUTSIDERS):
        return None
    return (person, kind) if can_be_stopped(person, kind) else None


def _signer() -> Signer:
    return Signer(salt=f"notifications.unsubscribe.{current_tenant().pk}", sep=".")
