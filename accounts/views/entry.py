"""Sign-in, sign-out, password by mail; always on the portal's own host."""

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.asking_in import request_entry
from accounts.actions.passwords import set_password
from accounts.attempts import may_ask_for_mail, may_check_password, wait_before_sign_in
from accounts.browsers import browser_in_words
from accounts.enums import EntryRequestKind
from accounts.forms.entering import asked_way
from accounts.forms.entry import PasswordForm, PasswordRequestForm, SignInForm, judge_new_password, person_typing
from accounts.models import User
from accounts.passing import safe_next
from accounts.password_rules import LONGEST
from accounts.requests import PortalRequest
from accounts.rules import post_only
from accounts.signing_in import KEPT_KEY, home_of, sign_in_person
from accounts.tokens.passwords import person_of_password_link


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
        "kept_text": bool(request.session.get(KEPT_KEY)),
        "way": asked_way(request.tenant),
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
    if may_ask_for_mail(request, "reset", email):
        request_entry(kind=EntryRequestKind.PASSWORD, address=email)
    return render(request, "accounts/password_requested.html", {"email": email})


@never_cache
@sensitive_post_parameters("password")
def password_set(request: PortalRequest, uid: str, token: str) -> HttpResponse:
    person = person_of_password_link(uid, token)
    if person is None:
        return render(request, "accounts/password_set.html", {"valid": False}, status=404)
    form = PasswordForm(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        browser = browser_in_words(request.headers.get("User-Agent", ""))
        set_password(actor=person, user=person, password=form.cleaned_data["password"], browser=browser)
        messages.success(request, _("Your password is saved."))
        return sign_in_person(request, person)
    context = {"valid": True, "form": form, "person": person}
    return render(request, "accounts/password_set.html", context, status=422 if form.errors else 200)


@post_only
@never_cache
@sensitive_post_parameters("password")
def password_check(request: PortalRequest) -> HttpResponse:
    """What the portal asks of a new password and what of it the one being typed has; nothing of it is kept."""
    password = request.POST.get("password", "")[: LONGEST + 1]
    if not may_check_password(request):
        return render(request, "components/password_rules.html", {"rules": judge_new_password(""), "unchecked": True})
    typed = [request.POST.get(name, "")[:254] for name in ("name", "email")]
    person = person_typing(request.POST.get("about", "")[:200])
    context = {"rules": judge_new_password(password, person, typed), "typed": bool(password)}
    return render(request, "components/password_rules.html", context)


def _authenticated(request: PortalRequest, form: SignInForm) -> User | None:
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    wait = wait_before_sign_in(request, email)
    if wait:
        make_password(password)  # the answer is as slow as any other, so that its time tells nothing
        words = ngettext(
            "Too many attempts. Wait %(minutes)d minute, or sign in with a code by mail.",
            "Too many attempts. Wait %(minutes)d minutes, or sign in with a code by mail.",
            wait,
        )
        form.add_error(None, words % {"minutes": wait})
        return None
    person = authenticate(request, email=email, password=password)
    if isinstance(person, User):
        return person
    form.add_error(None, _("Address and password do not match. Try again, or sign in with a code by mail."))
    return None
