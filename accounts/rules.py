"""Who may open which pages, and who may use which doors. A page somebody may not see answers like one that does not
exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.enums import Role
from accounts.models import User
from accounts.requests import PortalRequest

View = Callable[..., HttpResponseBase]


def post_only(view: View) -> View:
    """For addresses that only do something: whoever comes there by hand is shown the way to the page above."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        response = render(request, "errors/405.html", {"back": "../"}, status=405)
        response.headers["Allow"] = "POST"
        return response

    return guarded


def _only(allowed: Callable[[Any], bool], *, after_a_form: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path() if request.method == "GET" else after_a_form)
            if not allowed(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


agents_only = _only(lambda user: user.is_agent, after_a_form="/desk/")
administrators_only = _only(lambda user: user.is_administrator, after_a_form="/settings/")


def require_staff(actor: User | None) -> None:
    """Raise PermissionError unless the actor works on the desk. None is an operator's command."""
    if actor is not None and not (actor.is_agent and actor.is_active):
        raise PermissionError("For staff")


def require_administrator(actor: User | None) -> None:
    """Raise PermissionError unless the actor is a tenant administrator. None is an operator's command."""
    if actor is not None and not (actor.is_administrator and actor.is_active):
        raise PermissionError("For the portal's administrators")


def may_edit(actor: User, person: User) -> bool:
    """Whether staff may change somebody's details and account: a customer's all may, staff's the administrators."""
    if not actor.is_active:
        return False
    if actor.is_administrator:
        return True
    return actor.is_agent and not person.is_agent and not _joins_the_staff(person)


def _joins_the_staff(person: User) -> bool:
    """Whether an invitation to the staff waits for them: then they are the administrators' already."""
    waiting = person.invitations.filter(accepted_at=None, revoked_at=None)
    return bool(waiting.exclude(role=Role.CUSTOMER).exists())
