from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tickets.queries import unread_total
from tickets.queue import rail


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_total` for the portal's header, counted only where a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.path.startswith("/desk/"):
        return {}
    return {"unread_total": SimpleLazyObject(lambda: unread_total(user))}


def desk(request: HttpRequest) -> dict[str, Any]:
    """`views` and `departments` of the desk's rail, counted only where a page shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_agent:
        return {}
    lazy = SimpleLazyObject(lambda: rail(user, request.GET, on_queue=request.path == "/desk/"))
    return {
        "views": SimpleLazyObject(lambda: lazy["views"]),
        "departments": SimpleLazyObject(lambda: lazy["departments"]),
    }
