"""Who may open which pages. A page somebody may not see answers like one that does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

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
