"""Who says whether an article helped: a keyed digest of the person, or of the browser of somebody who is not signed
in. It tells one reader from another, and nobody who they are."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.scoping import current_tenant

LIFE = 180 * 24 * 3600


def voter_of(request: HttpRequest) -> str:
    """Whose vote this request's would be; empty for a browser that has none yet."""
    if request.user.is_authenticated:
        return _digest(f"person {request.user.pk}")
    try:
        browser = signing.loads(request.COOKIES.get(settings.READER_COOKIE_NAME, ""), salt=_salt(), max_age=LIFE)
    except signing.BadSignature:
        return ""
    return _digest(f"browser {browser}")


def new_browser() -> tuple[str, str]:
    """A name for a browser that votes for the first time, and whose vote that is."""
    browser = secrets.token_urlsafe(12)
    return browser, _digest(f"browser {browser}")


def remember_browser(response: HttpResponse, browser: str) -> None:
    """Give the browser the cookie by which it is told from others, half a year long."""
    response.set_cookie(
        settings.READER_COOKIE_NAME,
        signing.dumps(browser, salt=_salt()),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(who: str) -> str:
    return salted_hmac(_salt(), who, algorithm="sha256").hexdigest()


def _salt() -> str:
    return f"knowledge.voters.{current_tenant().pk}"
