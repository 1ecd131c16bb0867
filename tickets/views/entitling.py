"""What somebody reads who may not file a ticket: why, whom to turn to, and everything they typed (S7)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from accounts.actions.asking_in import request_entry
from accounts.actions.limiting import Ask, network_of, spend_allowances
from accounts.enums import EntryRequestKind, WayIn
from accounts.folding import fold_address
from accounts.kept_text import keep_text, typed_words
from accounts.passing import client_address
from accounts.queries.advice import advice_for
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest
from tickets.forms.filing import FilingForm

MAILS_PER_ADDRESS, MAILS_PER_NETWORK = 3, 30  # an hour


def not_entitled(request: PortalRequest) -> HttpResponse:
    """The page for somebody signed in who may not ask; 403 for what they sent, with all of it to copy."""
    context = {"advice": advice_for(request.user), "phone": phone_for(request.user), "typed": typed_words(request)}
    return render(request, "tickets/not_entitled.html", context, status=403 if request.method == "POST" else 200)


def sign_in_first(request: PortalRequest) -> HttpResponse:
    """The page for a guest where only people we know file: the ways in."""
    tenant = request.tenant
    context = {
        "next": request.path,
        "may_register": WayIn.OPEN in (tenant.strangers, tenant.known_domains),
        "may_apply": WayIn.APPLICATION in (tenant.strangers, tenant.known_domains),
        "phone": phone_for(None),
    }
    return render(request, "tickets/sign_in_first.html", context)


def sign_in_for_organisation(request: PortalRequest, form: FilingForm) -> HttpResponse:
    """The page for a guest under an address whose organisation says who may ask; the same whoever they are.

    Nothing is filed, and what was typed waits in the session for the form. What applies to the address is mailed to
    it, if it has not had its mails this hour.
    """
    address, network = form.cleaned_data["email"], network_of(client_address(request))
    if not spend_allowances(
        Ask("entry", fold_address(address), MAILS_PER_ADDRESS), Ask("entry-network", network, MAILS_PER_NETWORK)
    ):
        said = {name: form.cleaned_data[name] for name in ("name", "phone")}
        request_entry(kind=EntryRequestKind.ASK, address=address, data=said | {"language": get_language() or ""})
    keep_text(request, request.path)
    context = {"next": request.path, "address": address, "phone": phone_for(None), "typed": typed_words(request)}
    return render(request, "tickets/organisation_signs_in.html", context, status=403)
