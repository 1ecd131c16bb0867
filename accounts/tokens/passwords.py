"""Links that prove a mailbox: setting a password. Signed, dated, and void once used."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import User


class PasswordTokens(PasswordResetTokenGenerator):
    """Django's generator (void after use, after sign-in and after PASSWORD_RESET_TIMEOUT), bound to the tenant."""

    key_salt = "accounts.tokens.PasswordTokens"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.tenant_id}:{super()._make_hash_value(user, timestamp)}"


password_tokens = PasswordTokens()


def password_link(user: User) -> str:
    """The absolute address where `user` may set a password; whoever holds it can, so it goes to their mailbox only."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return user.tenant.url(reverse("password_set", args=[uid, password_tokens.make_token(user)]))


def person_of_password_link(uid: str, token: str) -> User | None:
    """The active person a password link belongs to; None when it is forged, used, expired or another portal's."""
    try:
        key = int(urlsafe_base64_decode(uid).decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    if key > 2**63 - 1:
        return None
    person: User | None = User.objects.select_related("tenant").filter(pk=key, is_active=True).first()
    return person if person is not None and password_tokens.check_token(person, token) else None
