"""Sign-in, sign-out, password by mail; always on the portal's own host."""

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.limiting import Ask, network_of, spend_allowance, spend_allowances
from accounts.actions.passwords import request_password, set_password
from accounts.folding import fold_address
from accounts.forms.entry import PasswordForm, PasswordRequestForm, SignInForm
from accounts.models import User
from accounts.passing import client_address, safe_next
from accounts.requests import PortalRequest
from accounts.rules import post_only
from accounts.signing_in import home_of, sign_in_person
from accounts.tokens.passwords import person_of_password_link

SIGN_INS_AN_HOUR = 60  # per address and network; slows guessing without locking anybody out elsewhere
SIGN_INS_PER_NETWORK = 600  # and one password cannot be tried on every address
RESETS_PER_ADDRESS, RESETS_PER_NETWORK = 3, 30


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: PortalRequest) -> HttpResponse:
    onward = safe_next(request, "")
    if request.user.is_authenticated and request.method == "GET":
        return redirect(onward or home_of(request.user))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _authenticated(request, form)
        if person is not None:
            return sign_in_person(request, person, onward=onward)
    context = {
        "form": form,
        "next": onward,
        "ticket_notice": onward.startswith("/tickets/") and onward != "/tickets/",
        "kept_text": bool(request.session.get("kept_text")),
    }
    return render(request, "accounts/sign_in.html", context, status=422 if form.errors else 200)


@post_only
def sign_out(request: PortalRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("home")


@never_cache
def password_request(request: PortalRequest) -> HttpResponse:
    form = PasswordRequestForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/password_request.html", {"form": form}, status=422 if form.errors else 200)
    email = form.cleaned_data["email"]
    # The answer is the same for known and unknown addresses, and for those who asked too often.
    network_left = not spend_allowance(
        kind="reset-network", key=network_of(client_address(request)), limit=RESETS_PER_NETWORK
    )
    if network_left and not spend_allowance(kind="reset", key=fold_address(email), limit=RESETS_PER_ADDRESS):
        request_password(actor=None, email=email)
    return render(request, "accounts/password_requested.html", {"email": email})


@never_cache
@sensitive_post_parameters("password")
def password_set(request: PortalRequest, uid: str, token: str) -> HttpResponse:
    person = person_of_password_link(uid, token)
    if person is None:
        return render(request, "accounts/password_set.html", {"valid": False}, status=404)
    form = PasswordForm(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        set_password(actor=person, user=person, password=form.cleaned_data["password"])
        messages.success(request, _("Your password is saved and you are signed in."))
        return sign_in_person(request, person)
    context = {"valid": True, "form": form, "rules": form.rules, "person": person}
    return render(request, "accounts/password_set.html", context, status=422 if form.errors else 200)


def _authenticated(request: PortalRequest, form: SignInForm) -> User | None:
    email = form.cleaned_data["email"]
    network = network_of(client_address(request))
    wait = spend_allowances(
        Ask("sign-in", f"{network} {fold_address(email)}", SIGN_INS_AN_HOUR),
        Ask("sign-in-network", network, SIGN_INS_PER_NETWORK),
    )
    if wait:
        form.add_error(
            None,
            ngettext(
                "Too many attempts from your network. Wait %(minutes)d minute, or ask for a new password by mail.",
                "Too many attempts from your network. Wait %(minutes)d minutes, or ask for a new password by mail.",
                wait,
            )
            % {"minutes": wait},
        )
        return None
    person = authenticate(request, email=email, password=form.cleaned_data["password"])
    if isinstance(person, User):
        return person
    form.add_error(None, _("Address and password do not match. Try again, or ask for a new password by mail."))
    return None
