"""Words sent after the session had ended: kept in the new one, and put back into their form after signing in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import View
from accounts.signing_in import KEPT_KEY

NOT_KEPT = {"csrfmiddlewaretoken", "password"}
LIMIT = 300_000  # characters; one form


def keep_and_sign_in(request: PortalRequest, path: str) -> HttpResponseRedirect:
    """Keep what was posted and send the reader to sign in, from where they come back to `path`."""
    keep_text(request, path)
    return redirect_to_login(path)


def keeps_text(page: str = "") -> Callable[[View], View]:
    """For what a form is sent to: of whoever is signed out meanwhile, the words are kept for the page that has the
    form, `page` by its name and with the same arguments, or the address itself. That one begins its form with
    `begin_with_kept`."""

    def decorator(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST" or request.user.is_authenticated:
                return view(request, *args, **kwargs)
            return keep_and_sign_in(request, reverse(page, args=args, kwargs=kwargs) if page else request.path)

        return guarded

    return decorator


def keep_text(request: PortalRequest, path: str) -> None:
    """Keep what was posted for the form at `path`."""
    fields = {name: values for name, values in request.POST.lists() if name not in NOT_KEPT}
    if 0 < sum(len(value) for values in fields.values() for value in values) <= LIMIT:
        request.session[KEPT_KEY] = {"path": path, "fields": fields}
    if request.FILES:
        messages.warning(request, _("Your files could not be kept. Choose them again after signing in."))


def begin_with_kept(request: PortalRequest, *fresh: forms.Form) -> None:
    """Begin the fresh forms of a page with what was kept for it, if anything was; what was left empty stays empty. A
    form that is being sent is left as it is."""
    takes = request.method == "GET" and request.user.is_authenticated
    kept = take_kept_text(request, request.path) if takes else None
    if kept is None:
        return
    said = as_initial(kept)
    for form in fresh:
        form.initial = {name: said.get(name, "") for name in form.fields}


def as_initial(kept: QueryDict | None) -> dict[str, Any]:
    """Kept words as the beginning of a fresh form, which has a key of its own."""
    lists = {name: values for name, values in kept.lists() if name != "filing_key"} if kept else {}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def typed_words(request: HttpRequest) -> list[tuple[str, str]]:
    """The words of a posted form that has nowhere to go, by field name, to be shown again."""
    own = [name for name in request.POST if name.startswith("field_")]
    return [(name, value) for name in ("subject", "body", *own) for value in request.POST.getlist(name) if value]


def take_kept_text(request: PortalRequest, path: str) -> QueryDict | None:
    """What was kept for the form at `path`, once."""
    kept: dict[str, Any] | None = request.session.get(KEPT_KEY)
    if not kept or kept.get("path") != path:
        return None
    del request.session[KEPT_KEY]
    data = QueryDict(mutable=True)
    for name, values in kept["fields"].items():
        data.setlist(name, values)
    messages.info(request, _("What you wrote before signing in is back in the form. Nothing has been sent yet."))
    return data
