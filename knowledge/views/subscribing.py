"""Service messages by mail: at once for who is signed in; others confirm it from their mailbox, and no page tells
whether an address is known."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.actions.asking_in import request_entry
from accounts.actions.limiting import network_of, spend_allowance
from accounts.enums import EntryRequestKind
from accounts.folding import fold_address
from accounts.passing import client_address
from accounts.requests import PortalRequest
from knowledge.actions.subscribing import subscribe, unsubscribe
from knowledge.forms.subscribing import SubscriptionForm
from knowledge.queries.subscribers import is_subscribed
from knowledge.subscription_links import person_of_token

MAILS_PER_ADDRESS, MAILS_PER_NETWORK = 3, 30  # an hour


@never_cache
def service_subscription(request: PortalRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _own(request)
    form = SubscriptionForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    network = network_of(client_address(request))
    wait = spend_allowance(kind="subscribe-network", key=network, limit=MAILS_PER_NETWORK)
    if wait:
        return _page(request, form, status=429, wait=wait)
    address = form.cleaned_data["email"]
    # An address that has had its mails this hour gets no more, and the answer is the same.
    if not spend_allowance(kind="subscribe", key=fold_address(address), limit=MAILS_PER_ADDRESS):
        data = {"language": get_language() or ""}
        request_entry(kind=EntryRequestKind.SUBSCRIBE, address=address, data=data)
    told = _("We have sent a mail to %s. Open the link in it to confirm; until then you get nothing more.")
    messages.success(request, told % address)
    return redirect("service_messages")


@never_cache
def service_subscription_confirm(request: PortalRequest, token: str) -> HttpResponse:
    """GET only asks, because mail scanners open every address; POST does it."""
    person = person_of_token(token)
    if person is None:  # told alike of every such link, whoever's it was
        return render(request, "knowledge/service/link_gone.html", status=404)
    if request.method != "POST":
        context = {"person": person, "is_subscribed": is_subscribed(person)}
        return render(request, "knowledge/service/subscription_confirm.html", context)
    subscribe(actor=None, user=person)
    messages.success(request, _("You get service messages by mail. Every mail has a link that stops them."))
    return redirect("service_messages")


def _own(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, None)
    if request.POST.get("wanted"):
        subscribe(actor=request.user, user=request.user)
        messages.success(request, _("You get service messages by mail."))
    else:
        unsubscribe(actor=request.user, user=request.user)
        messages.success(request, _("You get no service messages by mail any more."))
    return redirect("service_subscription")


def _page(request: PortalRequest, form: SubscriptionForm | None, *, status: int = 200, wait: int = 0) -> HttpResponse:
    context = {"form": form, "wait": wait, "is_subscribed": form is None and is_subscribed(request.user)}
    response = render(request, "knowledge/service/subscription.html", context, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait * 60)
    return response
