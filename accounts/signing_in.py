"""Where a session begins: by password, link, code, verification or invitation, always through `sign_in_person`."""

import time
from typing import Any

from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from accounts.actions.limiting import network_of
from accounts.devices import remember_device
from accounts.models import User
from accounts.passing import client_address, safe_path
from accounts.queries.security import has_factors
from accounts.requests import PortalRequest
from accounts.sessions import BEGAN_KEY, BROWSER_KEY, NETWORK_KEY, PROVED_KEY

KEPT_KEY, HALF_KEY, CODE_KEY = "kept_text", "half_signed_in", "sign_in_code"
HALF_LIFE = PROOF_LIFE = 600  # seconds
BACKEND = "accounts.backends.TenantBackend"


def sign_in_person(request: PortalRequest, person: User, *, onward: str = "") -> HttpResponse:
    """Sign in whoever has just proven to be `person` (password, link or code; the caller checked it).

    Whoever has a second factor is asked for it first; until then the session knows only whom it waits for. Otherwise
    the session begins now. `onward` is a path of this portal to go on to; anything else leads to the person's home.
    Returns the redirect to answer with. Raises PermissionDenied for somebody who is not let in.
    """
    if not person.is_active:
        raise PermissionDenied
    if has_factors(person):
        _wait_for_factor(request, person, onward)
        return redirect("second_factor")
    return begin_session(request, person, onward=onward)


def begin_session(request: PortalRequest, person: User, *, onward: str = "") -> HttpResponse:
    """Begin the session of somebody who has proven everything asked of them. Only for `sign_in_person` and the page of
    the second step. Side effects: the session gets a new name, the browser its device cookie."""
    kept = request.session.get(KEPT_KEY)
    login(request, person, backend=BACKEND)
    for key in (HALF_KEY, CODE_KEY):
        request.session.pop(key, None)
    if kept:
        request.session[KEPT_KEY] = kept
    now = int(time.time())
    request.session[BROWSER_KEY] = request.headers.get("User-Agent", "")[:200]
    request.session[NETWORK_KEY] = network_of(client_address(request))
    request.session[BEGAN_KEY] = request.session[PROVED_KEY] = now
    response = redirect(safe_path(onward, home_of(person), require_https=request.is_secure()))
    remember_device(request, response, person.pk)
    return response


def person_half_signed_in(request: PortalRequest) -> tuple[User, str] | None:
    """Whose second factor this session waits for, and where they want to go on to; None when for nobody's (any more).

    Void after ten minutes, with a new password, and with the account.
    """
    mark: dict[str, Any] = request.session.get(HALF_KEY) or {}
    if not mark or time.time() - mark["at"] > HALF_LIFE:
        return None
    person: User | None = User.objects.select_related("tenant").filter(pk=mark["person"], is_active=True).first()
    if person is None or not constant_time_compare(mark["seal"], person.get_session_auth_hash()):
        return None
    return person, mark["onward"]


def forget_half(request: PortalRequest) -> None:
    request.session.pop(HALF_KEY, None)


def home_of(person: User) -> str:
    """The name of the page a person comes to after signing in."""
    return "desk" if person.is_agent else "my_tickets"


def note_proof(request: PortalRequest) -> None:
    """Remember that the person in front of this session has just proven who they are once more."""
    request.session[PROVED_KEY] = int(time.time())


def is_proof_fresh(request: PortalRequest) -> bool:
    """Whether they proved it within the last ten minutes, by signing in or by being asked again."""
    return bool(time.time() - request.session.get(PROVED_KEY, 0) <= PROOF_LIFE)


def _wait_for_factor(request: PortalRequest, person: User, onward: str) -> None:
    kept = request.session.get(KEPT_KEY)
    logout(request)  # whoever was signed in here, and everything else this session knew
    if kept:
        request.session[KEPT_KEY] = kept
    request.session[HALF_KEY] = {
        "person": person.pk,
        "seal": person.get_session_auth_hash(),
        "onward": safe_path(onward, "", require_https=request.is_secure()),
        "at": int(time.time()),
    }
