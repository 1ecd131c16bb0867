"""The second step of signing in, and asking somebody signed in once more who they are."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.factors import use_app_code, use_passkey, use_recovery_code
from accounts.attempts import wait_before_factor, wait_before_sign_in
from accounts.forms.security import AppCodeForm, PasskeyForm, PresentPasswordForm, RecoveryForm
from accounts.models import User
from accounts.passing import safe_next
from accounts.passkey_places import passkey_place, put_challenge, take_challenge
from accounts.passkeys import request_options
from accounts.queries.security import Factors, factors_of
from accounts.requests import PortalRequest
from accounts.signing_in import begin_session, forget_half, note_proof, person_half_signed_in

MEANS: dict[str, type[Form]] = {
    "code": AppCodeForm,
    "recovery": RecoveryForm,
    "answer": PasskeyForm,
    "present": PresentPasswordForm,
}


@never_cache
@sensitive_post_parameters("code", "recovery", "answer")
def second_factor(request: PortalRequest) -> HttpResponse:
    """Whoever has come through the first step shows their second factor, and only then are they signed in."""
    half = person_half_signed_in(request)
    if half is None:
        forget_half(request)
        if request.method == "POST":
            messages.info(request, _("Signing in took too long. Please begin again."))
        return redirect("sign_in")
    person, onward = half
    factors = factors_of(person)
    forms, means = _forms(request, ("code", "recovery", "answer"))
    if means and forms[means].is_valid() and _is_proven(request, person, forms[means], means):
        response = begin_session(request, person, onward=onward)
        if means == "recovery":
            _tell_codes_left(request, factors.codes_left - 1)
        return response
    return _page(request, "accounts/second_factor.html", person, factors, forms, means)


@never_cache
@login_required
@sensitive_post_parameters("code", "present", "answer")
def security_proof(request: PortalRequest) -> HttpResponse:
    """Prove once more who one is, before a factor is changed: by the password, the app or a passkey."""
    onward = safe_next(request, "")
    factors = factors_of(request.user)
    forms, means = _forms(request, ("code", "present", "answer"))
    if means and forms[means].is_valid() and _is_proven(request, request.user, forms[means], means):
        note_proof(request)
        return redirect(onward or "security")
    context = {"next": onward}
    return _page(request, "accounts/security_proof.html", request.user, factors, forms, means, **context)


def _forms(request: PortalRequest, offered: tuple[str, ...]) -> tuple[dict[str, Form], str]:
    """A form for each means; the one that was sent is bound. Second: the means that was sent, if any."""
    sent = next((means for means in offered if means in request.POST), "") if request.method == "POST" else ""
    return {means: MEANS[means](request.POST if means == sent else None) for means in offered}, sent


def _is_proven(request: PortalRequest, person: User, form: Form, means: str) -> bool:
    value = form.cleaned_data[means]
    if means == "answer":
        challenge = take_challenge(request, "proof")
        place = passkey_place(request)
        if challenge and use_passkey(actor=person, user=person, place=place, answer=value, challenge=challenge):
            return True
        form.add_error(None, _("The passkey was not accepted. Try again, or use another way."))
        return False
    wait = (
        wait_before_sign_in(request, person.email) if means == "present" else wait_before_factor(request, person, means)
    )
    if wait:
        words = ngettext("Too many attempts. Wait %d minute.", "Too many attempts. Wait %d minutes.", wait)
        form.add_error(means, words % wait)
        return False
    if _CHECKS[means](person, value):
        return True
    form.add_error(means, _WRONG[means]())
    return False


_CHECKS: dict[str, Callable[[User, str], bool]] = {
    "code": lambda person, value: use_app_code(actor=person, user=person, code=value),
    "recovery": lambda person, value: use_recovery_code(actor=person, user=person, code=value),
    "present": lambda person, value: person.check_password(value),
}
_WRONG: dict[str, Callable[[], str]] = {
    "code": lambda: _("This is not the code the app shows now. Each code works once; wait for the next one."),
    "recovery": lambda: _("This recovery code does not work. Each one works once."),
    "present": lambda: _("This is not your password. Try again."),
}


def _page(
    request: PortalRequest,
    template: str,
    person: User,
    factors: Factors,
    forms: dict[str, Form],
    means: str,
    **more: Any,
) -> HttpResponse:
    wrong = bool(means and forms[means].errors)
    context = {
        "forms": forms,
        "form": forms[means] if wrong else None,
        "factors": factors,
        "has_password": person.has_usable_password(),
        "by_recovery": means == "recovery" or "recovery" in request.GET,
        **more,
    }
    if factors.passkeys:
        options, challenge = request_options(passkey_place(request), known=factors.passkey_ids)
        put_challenge(request, "proof", challenge)
        context["passkey_options"] = options
    return render(request, template, context, status=422 if wrong else 200)


def _tell_codes_left(request: PortalRequest, left: int) -> None:
    words = ngettext(
        "You have %d recovery code left. Make new ones under Security in your account.",
        "You have %d recovery codes left. Make new ones under Security in your account.",
        left,
    )
    messages.warning(request, words % left)
