"""Where a portal's passkeys count, and the challenge a session waits for an answer to."""

import time

from django.conf import settings

from accounts.passkeys import Place
from accounts.requests import PortalRequest

CHALLENGE_LIFE = 600  # seconds


def passkey_place(request: PortalRequest) -> Place:
    """The portal's host this page was asked on, if it is one of its own; else its primary one. From the portal's own
    record: what a request says its Host is decides nothing (DESIGN, fault 8)."""
    asked = request.get_host().rsplit(":", 1)[0].rstrip(".").lower()
    names = {host.name for host in request.tenant.hosts.all()}
    host = asked if asked in names else request.tenant.primary_host
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return Place(host=host, origin=f"{settings.PUBLIC_SCHEME}://{host}{port}")


def put_challenge(request: PortalRequest, purpose: str, challenge: str) -> None:
    request.session[_key(purpose)] = {"challenge": challenge, "at": int(time.time())}


def take_challenge(request: PortalRequest, purpose: str) -> str:
    """The challenge this session was given last for this purpose, once; empty when there is none or it is too old."""
    kept = request.session.pop(_key(purpose), None)
    if not kept or time.time() - kept["at"] > CHALLENGE_LIFE:
        return ""
    return str(kept["challenge"])


def _key(purpose: str) -> str:
    return f"passkey_{purpose}"
