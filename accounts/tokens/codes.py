"""Sign-in codes by mail: eight digits made from the row's nonce with our key, so that no table holds them."""

import hashlib
import hmac

from django.conf import settings

from accounts.models import SignInCode

DIGITS = 8


def code_digits(code: SignInCode) -> str:
    words = f"accounts.codes:{code.tenant_id}:{code.pk}:{code.nonce}"
    seal = hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(seal[:16], 'big') % 10**DIGITS:0{DIGITS}d}"


def in_groups(digits: str) -> str:
    """As it is read out: 1234 5678."""
    return f"{digits[: DIGITS // 2]} {digits[DIGITS // 2 :]}"
