"""The link that proves a mailbox. Signed, dated; once the address is proven it proves nothing any more."""

from typing import NamedTuple

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import User


class VerificationTokens(PasswordResetTokenGenerator):
    """Django's generator, bound to the tenant, the person and their address, and to nothing that signing in changes:
    whoever chose a password first may still use the link."""

    key_salt = "accounts.tokens.VerificationTokens"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.tenant_id}:{user.pk}:{user.email_key}:{timestamp}"


verification_tokens = VerificationTokens()


class Verification(NamedTuple):
    """`is_used`: the address is proven already, so the link signs nobody in."""

    person: User
    is_used: bool


def verification_link(user: User) -> str:
    """The absolute address where `user` proves their address and is signed in; it goes to their mailbox only."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return user.tenant.url(reverse("verify", args=[uid, verification_tokens.make_token(user)]))


def verification_of_link(uid: str, token: str) -> Verification | None:
    """What a link proves; None when it is forged, truncated, expired, another portal's or a closed account's."""
    try:
        key = int(urlsafe_base64_decode(uid).decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    if key > 2**63 - 1:
        return None
    person: User | None = User.objects.select_related("tenant").filter(pk=key, is_active=True).first()
    if person is None or not verification_tokens.check_token(person, token):
        return None
    return Verification(person, is_used=person.verified_at is not None)
