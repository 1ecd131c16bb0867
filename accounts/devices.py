"""The device cookie: this browser has been somebody's before. It opens nothing; it only gives the browser a counter of
its own, so that strangers who guess cannot use up what its owner needs (docs/decisions/0006-lock-out.md)."""

import secrets
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.scoping import current_tenant

LIFE = 180 * 24 * 3600
PEOPLE = 5  # who share a browser


class Known(NamedTuple):
    person: int
    nonce: str


def device_nonce(request: HttpRequest, person: int | None) -> str:
    """What this browser's attempts to be `person` are counted by; empty when they never signed in here."""
    return next((known.nonce for known in _known(request) if known.person == person), "")


def remember_device(request: HttpRequest, response: HttpResponse, person: int) -> None:
    """Give the browser a fresh cookie that names `person`, who has just signed in completely, besides the others."""
    others = [known for known in _known(request) if known.person != person]
    people = [Known(person, secrets.token_urlsafe(12)), *others][:PEOPLE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(people, salt=_salt()),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[Known]:
    try:
        rows = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_salt(), max_age=LIFE)
    except signing.BadSignature:
        return []
    return [Known(person, nonce) for person, nonce in rows]


def _salt() -> str:
    return f"accounts.devices.{current_tenant().pk}"
