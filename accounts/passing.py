"""What travels with a request: the caller's network address, a safe way onwards, an id."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """The caller's address. X-Forwarded-For counts only as far as our own proxies wrote it (TRUSTED_PROXIES)."""
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            return hops[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_next(request: HttpRequest, fallback: str) -> str:
    """The path a form asked to go on to, when it stays on this portal; else `fallback`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return safe_path(wanted, fallback, require_https=request.is_secure())


def safe_path(wanted: str, fallback: str, *, require_https: bool = True) -> str:
    """`wanted` when it is a path that stays on this portal; else `fallback`."""
    same_site = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=require_https)
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if same_site and is_path else fallback


def whole_number(text: str) -> int | None:
    """The id somebody wrote into an address or a form; None for what can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
