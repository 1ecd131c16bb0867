"""Signing in with a code by mail, in place of a password."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.codes import LIFE, request_code, use_code
from accounts.attempts import may_ask_for_mail, wait_before_code
from accounts.forms.entry import PasswordRequestForm
from accounts.forms.security import CodeForm
from accounts.passing import safe_next
from accounts.requests import PortalRequest
from accounts.signing_in import CODE_KEY, home_of, sign_in_person

MINUTES = int(LIFE.total_seconds() // 60)


@never_cache
def sign_in_code(request: PortalRequest) -> HttpResponse:
    """Ask for a code. The answer is the same for every address, and for those who asked too often."""
    onward = safe_next(request, "")
    form = PasswordRequestForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        asked = request_code(address=address).pk if may_ask_for_mail(request, "code", address) else 0
        request.session[CODE_KEY] = {"code": asked, "address": address, "onward": onward}
        return redirect("sign_in_code_enter")
    context = {"form": form, "next": onward, "minutes": MINUTES}
    return render(request, "accounts/sign_in_code.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("digits")
def sign_in_code_enter(request: PortalRequest) -> HttpResponse:
    """Enter it, in the browser that asked for it."""
    asked = request.session.get(CODE_KEY)
    if asked is None:
        if request.user.is_authenticated:
            return redirect(home_of(request.user))
        return redirect("sign_in_code")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = (
            None if wait_before_code(request) else use_code(code_id=asked["code"], digits=form.cleaned_data["digits"])
        )
        if person is not None:
            del request.session[CODE_KEY]
            messages.success(request, _("The code was right."))
            return sign_in_person(request, person, onward=asked["onward"])
        form.add_error(
            "digits", _("This code does not work: it is wrong, used, or too old. Try again or ask for another.")
        )
    context = {"form": form, "address": asked["address"], "next": asked["onward"], "minutes": MINUTES}
    return render(request, "accounts/sign_in_code_enter.html", context, status=422 if form.errors else 200)
