"""Middleware about who is signed in: sessions are kept fresh; staff who must have a second factor add it first."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts.actions.ending_sessions import FRESH, note_seen
from accounts.queries.security import has_factors, must_have_factor

GetResponse = Callable[[HttpRequest], HttpResponse]
# What staff reach before they have the second factor their portal asks for: adding it, proving who they are, leaving.
WITHOUT_FACTOR = frozenset(
    {
        "security",
        "security_proof",
        "security_app",
        "security_passkey",
        "security_password",
        "recovery_codes",
        "recovery_codes_file",
        "recovery_codes_kept",
        "session_end",
        "sessions_end",
        "sign_in",
        "sign_in_code",
        "sign_in_code_enter",
        "second_factor",
        "sign_out",
        "password_request",
        "password_set",
        "password_check",
        "language",
        "brand_css",
        "logo",
    }
)


class SeenMiddleware:
    """Notes that a session is in use, at most every ten minutes, so that its owner can tell which is which."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session: Any = getattr(request, "session", None)
        if session is None or not session.accessed or not session.get(SESSION_KEY):
            return response
        seen_at = getattr(session, "seen_at", None)
        if seen_at is not None and timezone.now() - seen_at > FRESH and request.user.is_authenticated:
            note_seen(actor=request.user, key=session.session_key)
        return response


class SecondFactorMiddleware:
    """Staff of a portal that asks them for a second factor come no further than to the page where they add it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        tenant = getattr(request, "tenant", None)
        user: Any = getattr(request, "user", None)
        if tenant is None or not tenant.staff_need_second_factor or not user.is_authenticated:
            return None
        match = request.resolver_match
        if (match and match.url_name in WITHOUT_FACTOR) or not must_have_factor(user) or has_factors(user):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(reverse("security"))
        return redirect("security")
