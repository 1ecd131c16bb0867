from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


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
