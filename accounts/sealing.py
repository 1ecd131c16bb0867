"""Keep a secret readable to us alone: encrypted with a key made from SECRET_KEY, or compared by a keyed digest.

A secret sealed with an earlier key stays readable while that key stands in SECRET_KEY_FALLBACKS.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(ValueError):
    """Sealed with a key we no longer have, or not by us."""


def seal(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises Unreadable."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as reason:
        raise Unreadable from reason


def keyed_digest(purpose: str, value: str) -> str:
    """What is kept in place of `value`, to recognise it by."""
    return _digest(settings.SECRET_KEY, purpose, value)


def keyed_digests(purpose: str, value: str) -> list[str]:
    """Every digest `value` may have been kept by, the present key's first."""
    return [_digest(key, purpose, value) for key in _keys()]


def _digest(key: str, purpose: str, value: str) -> str:
    return hmac.new(hashlib.sha256(f"{purpose}:{key}".encode()).digest(), value.encode(), hashlib.sha256).hexdigest()


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _fernet() -> MultiFernet:
    keys = [hashlib.sha256(f"accounts.sealing:{key}".encode()).digest() for key in _keys()]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
