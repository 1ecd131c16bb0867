from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from routing.queries import sight_of
from tickets.priorities import customers_see_priority
from tickets.queries import unread_total
from tickets.queue import rail


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_total` for the portal's header and whether tickets show their priority, asked only where a page shows
    it."""
    if request.path.startswith("/desk/"):
        return {}
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"shows_priority": SimpleLazyObject(customers_see_priority)}
    if user is not None and user.is_authenticated:
        context["unread_total"] = SimpleLazyObject(lambda: unread_total(user))
    return context


def desk(request: HttpRequest) -> dict[str, Any]:
    """`views` and `departments` of the desk's rail, counted only where a page shows them; whether the reader `leads`
    any department."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_agent:
        return {}
    lazy = SimpleLazyObject(lambda: rail(user, request.GET, on_queue=request.path == "/desk/"))
    return {
        "views": SimpleLazyObject(lambda: lazy["views"]),
        "departments": SimpleLazyObject(lambda: lazy["departments"]),
        "leads": SimpleLazyObject(lambda: sight_of(user).leads),
    }
