from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.queries.applications import waiting_applications


def portal(request: HttpRequest) -> dict[str, Any]:
    """What every page of a portal knows: the tenant, whether the reader is an agent, the other language."""
    user = getattr(request, "user", None)
    current = translation.get_language()
    code = next(code for code, _ in settings.LANGUAGES if code != current)
    return {
        "tenant": getattr(request, "tenant", None),
        "is_agent": bool(user is not None and user.is_authenticated and user.is_agent),
        "other_language": {"code": code, "name": translation.get_language_info(code)["name_local"].capitalize()},
    }


def applications(request: HttpRequest) -> dict[str, Any]:
    """`applications_waiting_total` for the desk's rail, counted only where a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_agent:
        return {}
    return {"applications_waiting_total": SimpleLazyObject(lambda: waiting_applications().count())}
