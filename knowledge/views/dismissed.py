"""What a reader has put away on their pages, for as long as their browser is open: a cookie, and no row."""

from django.http import HttpRequest, HttpResponse

from accounts.passing import whole_number
from knowledge.models import ServiceMessage

COOKIE = "service-seen"
KEPT = 30


def is_dismissed(request: HttpRequest, message: ServiceMessage) -> bool:
    """Whether the message was put away after its last update; `last_update` as `told_on_pages` gives it."""
    return _key(message.pk, message.last_update or 0) in _keys(request)  # type: ignore[attr-defined]


def dismiss(request: HttpRequest, response: HttpResponse, message: ServiceMessage, update: int) -> None:
    """Let the browser remember that the reader knows of the message up to this update."""
    keys = [key for key in _keys(request) if not key.startswith(f"{message.pk}-")]
    value = ".".join([*keys, _key(message.pk, update)][-KEPT:])
    response.set_cookie(COOKIE, value, httponly=True, samesite="Lax", secure=request.is_secure())


def _key(message: int, update: int) -> str:
    return f"{message}-{update}"


def _keys(request: HttpRequest) -> list[str]:
    pairs = [key.split("-") for key in request.COOKIES.get(COOKIE, "")[:2_000].split(".")]
    return ["-".join(pair) for pair in pairs if len(pair) == 2 and None not in map(whole_number, pair)]
