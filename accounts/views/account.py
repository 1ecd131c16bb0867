"""The reader's own account: what they say about themselves, and their language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actions.updating import update_account
from accounts.enums import AskingChannel
from accounts.forms.account import AccountForm
from accounts.middleware import chosen_language
from accounts.passing import safe_next
from accounts.queries.colleagues import sees_organisations_tickets
from accounts.queries.entitlement import obstacle_for
from accounts.requests import PortalRequest
from accounts.rules import post_only


@login_required
def account(request: PortalRequest) -> HttpResponse:
    user = request.user
    initial = {
        "name": user.name,
        "phone": user.phone,
        "language": user.language or chosen_language(request),
        "time_zone": user.time_zone,
    }
    form = AccountForm(request.POST or None, initial=initial, user=user)
    if request.method == "POST" and form.is_valid():
        update_account(actor=user, user=user, values=form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your account is saved."))
        return _with_language(redirect("account"), form.cleaned_data["language"])
    context = {
        "form": form,
        "obstacle": obstacle_for(user, AskingChannel.WEB),
        "sees_colleagues_tickets": sees_organisations_tickets(user),
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


@post_only
def language(request: PortalRequest) -> HttpResponse:
    """Answer in the chosen language from now on: a cookie on this host, and the account when signed in."""
    code = request.POST.get("language", "")
    response = redirect(safe_next(request, "/"))
    if code not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        update_account(actor=request.user, user=request.user, values={"language": code})
    return _with_language(response, code)


def _with_language(response: HttpResponse, code: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
