"""Another mail address for one's own account: asked for here, confirmed from the new mailbox."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.changing_addresses import AddressRequestVoid, AddressTaken, confirm_address, request_address
from accounts.actions.limiting import Ask, spend_allowances
from accounts.folding import fold_address
from accounts.forms.address import AddressForm
from accounts.proving import can_prove, prove
from accounts.requests import PortalRequest
from accounts.signing_in import is_proof_fresh
from accounts.tokens.addresses import address_request_of_token

REQUESTS_PER_PERSON, REQUESTS_PER_ADDRESS = 5, 3
ASKED_KEY = "address_asked"


@never_cache
@sensitive_post_parameters("password")
@login_required
def account_address(request: PortalRequest) -> HttpResponse:
    form = AddressForm(request.POST or None, user=request.user, is_proven=is_proof_fresh(request))
    if request.method == "POST" and can_prove(request) and form.is_valid():
        address = form.cleaned_data["address"]
        if prove(request, form) and _within_limits(request, form, address):
            request_address(actor=request.user, user=request.user, address=address)
            request.session[ASKED_KEY] = address
            return redirect("account_address_sent")
    context = {"form": form, "can_prove": can_prove(request)}
    return render(request, "accounts/address.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def account_address_sent(request: PortalRequest) -> HttpResponse:
    """The same words for every address, whether somebody has it or not."""
    return render(request, "accounts/address_sent.html", {"address": request.session.get(ASKED_KEY, "")})


@never_cache
@login_required
def account_address_confirm(request: PortalRequest, token: str) -> HttpResponse:
    """The link in the mail to the new address. It only asks, because mail filters look too, and it asks nobody but the
    person whose account it is: a mistyped address must not give the account to whoever reads the mail there."""
    asked = address_request_of_token(token, request.user)
    if asked is None:
        return render(request, "accounts/address_gone.html", {"why": "void"}, status=404)
    if request.method != "POST":
        return render(request, "accounts/address_confirm.html", {"address": asked.data["address"]})
    try:
        person = confirm_address(
            actor=request.user, user=request.user, asked=asked, session_key=request.session.session_key or ""
        )
    except AddressTaken:
        return render(request, "accounts/address_gone.html", {"why": "taken"}, status=409)
    except AddressRequestVoid:
        return render(request, "accounts/address_gone.html", {"why": "void"}, status=404)
    request.session.pop(ASKED_KEY, None)
    messages.success(
        request, _("Your mail address is now %(address)s. You sign in with it from now on.") % {"address": person.email}
    )
    return redirect("account")


def _within_limits(request: PortalRequest, form: AddressForm, address: str) -> bool:
    """Nobody makes us mail an address over and over, however many accounts they have."""
    wait = spend_allowances(
        Ask("address-change", str(request.user.pk), REQUESTS_PER_PERSON),
        Ask("address-mail", fold_address(address), REQUESTS_PER_ADDRESS),
    )
    if wait:
        words = ngettext(
            "You have asked for this several times. Wait %d minute, and look among the unwanted mail meanwhile.",
            "You have asked for this several times. Wait %d minutes, and look among the unwanted mail meanwhile.",
            wait,
        )
        form.add_error(None, words % wait)
    return not wait
