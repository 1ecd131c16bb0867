"""One's own security: password, factors, recovery codes, and where one is signed in."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.ending_sessions import end_session, end_sessions
from accounts.actions.factors import (
    AlreadyThere,
    LastFactor,
    WrongCode,
    add_app,
    add_passkey,
    remove_factor,
    renew_recovery_codes,
)
from accounts.actions.passwords import change_password
from accounts.attempts import wait_before_sign_in
from accounts.authenticator import app_address, as_picture, new_app_secret
from accounts.browsers import browser_in_words
from accounts.forms.security import AppCodeForm, NewPasskeyForm, PasswordChangeForm
from accounts.models import SecondFactor
from accounts.passkey_places import passkey_place, put_challenge, take_challenge
from accounts.passkeys import WrongPasskey, created_passkey, creation_options
from accounts.queries.security import factors_of, must_have_factor, session_with_mark, sessions_of
from accounts.requests import PortalRequest
from accounts.rules import post_only
from accounts.sealing import Unreadable, keyed_digest, seal, unseal
from accounts.signing_in import is_proof_fresh, note_proof

APP_KEY, CODES_KEY = "new_app", "new_recovery_codes"
CODES_LIFE = 600  # seconds that new recovery codes can be looked at
View = Callable[..., HttpResponse]


def proven(view: View) -> View:
    """For pages where a factor is changed: whoever has not proven who they are lately is asked first."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_proof_fresh(request):
            return view(request, *args, **kwargs)
        onward = request.path if request.method == "GET" else reverse("security")
        return redirect(f"{reverse('security_proof')}?{urlencode({'next': onward})}")

    return guarded


@never_cache
@login_required
def security(request: PortalRequest) -> HttpResponse:
    """Everything at a glance."""
    factors = factors_of(request.user)
    sessions = sessions_of(request.user, present=request.session.session_key or "")
    context = {
        "factors": factors,
        "sessions": sessions,
        "others": sum(not session.is_this for session in sessions),
        "must_have_factor": must_have_factor(request.user),
        "may_remove_last": not must_have_factor(request.user),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "accounts/security.html", context)


@never_cache
@login_required
@sensitive_post_parameters("present", "password")
def security_password(request: PortalRequest) -> HttpResponse:
    """Another password, after the present one. Whoever has none gets a link by mail instead."""
    user = request.user
    if not user.has_usable_password():
        return redirect("password_request")
    form = PasswordChangeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid() and _is_present(request, form):
        change_password(
            actor=user,
            user=user,
            password=form.cleaned_data["password"],
            keep=request.session.session_key or "",
            browser=_browser(request),
        )
        update_session_auth_hash(request, user)
        note_proof(request)
        messages.success(request, _("Your new password is saved. You are signed out everywhere else."))
        return redirect("security")
    return render(request, "accounts/security_password.html", {"form": form}, status=422 if form.errors else 200)


def _is_present(request: PortalRequest, form: PasswordChangeForm) -> bool:
    wait = wait_before_sign_in(request, request.user.email)
    if wait:
        words = ngettext("Too many attempts. Wait %d minute.", "Too many attempts. Wait %d minutes.", wait)
        form.add_error("present", words % wait)
    elif not request.user.check_password(form.cleaned_data["present"]):
        form.add_error("present", _("This is not your password. Try again."))
    return not form.errors


# -- the authenticator app ------------------------------------------------------------------------------------------


@never_cache
@login_required
@proven
@sensitive_post_parameters("code")
def security_app(request: PortalRequest) -> HttpResponse:
    """Connect an authenticator app: show the secret, take a code from the app as the proof that it arrived."""
    user = request.user
    if factors_of(user).app is not None:
        return redirect("security")
    secret = _app_secret(request)
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_app(actor=user, user=user, secret=secret, code=form.cleaned_data["code"], **_here(request))
        except WrongCode:
            form.add_error("code", _("This is not the code the app shows now. Is the phone's clock right?"))
        except AlreadyThere:
            return redirect("security")
        else:
            request.session.pop(APP_KEY, None)
            messages.success(request, _("The authenticator app is added. You need it the next time you sign in."))
            return _after_adding(request)
    address = app_address(secret, account=user.email, portal=request.tenant.name)
    key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "picture": as_picture(address), "key": key, "address": address}
    return render(request, "accounts/security_app.html", context, status=422 if form.errors else 200)


def _app_secret(request: PortalRequest) -> str:
    """The secret this session is connecting an app with; the same one while the page is shown again."""
    try:
        return unseal(request.session[APP_KEY])
    except (KeyError, Unreadable):
        secret = new_app_secret()
        request.session[APP_KEY] = seal(secret)
        return secret


# -- passkeys -------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@proven
@sensitive_post_parameters("answer")
def security_passkey(request: PortalRequest) -> HttpResponse:
    """Make a passkey in this browser, and name it."""
    user = request.user
    place = passkey_place(request)
    form = NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            challenge = take_challenge(request, "new")
            passkey = created_passkey(place, form.cleaned_data["answer"], challenge=challenge)
            add_passkey(actor=user, user=user, name=form.cleaned_data["name"], passkey=passkey, **_here(request))
        except WrongPasskey:
            form.add_error(None, _("The passkey could not be made. Try again."))
        except AlreadyThere:
            form.add_error(None, _("You have this passkey already, or as many as one may have."))
        else:
            messages.success(request, _("The passkey is added. It can be asked for the next time you sign in."))
            return _after_adding(request)
    options, challenge = creation_options(
        place,
        portal=request.tenant.name,
        account=user.email,
        name=str(user),
        handle=bytes.fromhex(keyed_digest("accounts.passkeys", f"{user.tenant_id}:{user.pk}")),
        known=factors_of(user).passkey_ids,
    )
    put_challenge(request, "new", challenge)
    context = {"form": form, "passkey_options": options}
    return render(request, "accounts/security_passkey.html", context, status=422 if form.errors else 200)


# -- taking away, and recovering ------------------------------------------------------------------------------------


@post_only
@never_cache
@login_required
def security_factor_removal(request: PortalRequest, pk: int) -> HttpResponse:
    factor = get_object_or_404(SecondFactor, pk=pk, user=request.user)
    return _remove(request, factor=factor)


@proven
def _remove(request: PortalRequest, factor: SecondFactor) -> HttpResponse:
    try:
        remove_factor(actor=request.user, user=request.user, factor=factor, **_here(request))
    except LastFactor:
        messages.error(request, _("This portal asks its staff for a second factor. Add another one before this goes."))
    else:
        messages.success(request, _("It is removed. You are signed out everywhere else."))
    return redirect("security")


@never_cache
@login_required
@proven
def recovery_codes(request: PortalRequest) -> HttpResponse:
    """New recovery codes (POST), and the page that shows them for ten minutes."""
    if request.method == "POST":
        try:
            _show_new_codes(request)
        except LastFactor:
            messages.error(request, _("Add an authenticator app or a passkey first."))
            return redirect("security")
        return redirect("recovery_codes")
    codes = _codes_shown(request)
    if not codes:
        return redirect("security")
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


@never_cache
@login_required
def recovery_codes_file(request: PortalRequest) -> HttpResponse:
    """The codes as a text file, while they can be looked at."""
    codes = _codes_shown(request)
    if not codes:
        raise Http404
    head = _("Recovery codes for %(address)s at %(portal)s. Each works once.") % {
        "address": request.user.email,
        "portal": request.tenant.name,
    }
    response = HttpResponse("\r\n".join([head, "", *codes, ""]), content_type="text/plain; charset=utf-8")
    name = f"{slugify(request.tenant.slug)}-recovery-codes.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@post_only
@login_required
def recovery_codes_kept(request: PortalRequest) -> HttpResponse:
    """They are in a safe place: show them no more."""
    request.session.pop(CODES_KEY, None)
    return redirect("security")


def _after_adding(request: PortalRequest) -> HttpResponse:
    """The first factor comes with recovery codes; their page shows them."""
    if factors_of(request.user).codes_left:
        return redirect("security")
    _show_new_codes(request)
    return redirect("recovery_codes")


def _show_new_codes(request: PortalRequest) -> None:
    codes = renew_recovery_codes(actor=request.user, user=request.user, **_here(request))
    request.session[CODES_KEY] = {"sealed": seal(" ".join(codes)), "at": int(time.time())}


def _codes_shown(request: PortalRequest) -> list[str]:
    kept = request.session.get(CODES_KEY)
    if not kept:
        return []
    try:
        codes = unseal(kept["sealed"]).split() if time.time() - kept["at"] <= CODES_LIFE else []
    except Unreadable:
        codes = []
    if not codes:
        del request.session[CODES_KEY]
    return codes


# -- sessions -------------------------------------------------------------------------------------------------------


@post_only
@login_required
def session_end(request: PortalRequest, mark: str) -> HttpResponse:
    session = session_with_mark(request.user, mark)
    if session is None:
        raise Http404
    end_session(actor=request.user, user=request.user, key=session.key)
    if session.key == request.session.session_key:
        logout(request)
        return redirect("sign_in")
    messages.success(request, _("That browser is signed out."))
    return redirect("security")


@post_only
@login_required
def sessions_end(request: PortalRequest) -> HttpResponse:
    ended = end_sessions(actor=request.user, user=request.user, keep=request.session.session_key or "")
    words = ngettext("%d other browser is signed out.", "%d other browsers are signed out.", ended)
    messages.success(request, words % ended)
    return redirect("security")


def _here(request: PortalRequest) -> dict[str, str]:
    """What a door keeps and notes of where it was asked."""
    return {"keep": request.session.session_key or "", "browser": _browser(request)}


def _browser(request: PortalRequest) -> str:
    return browser_in_words(request.headers.get("User-Agent", ""))
