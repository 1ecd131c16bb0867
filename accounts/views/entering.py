"""The way in for people who are not in yet. No page here tells whether an address is known: each does the same for all
of them, and what comes of it is said by mail."""

import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.actions.asking_in import request_entry
from accounts.actions.inviting import accept_invitation
from accounts.actions.limiting import network_of, spend_allowance
from accounts.actions.verifying import verify_address
from accounts.enums import EntryRequestKind
from accounts.facts import CannotInvite, Hindrance, InvitationState, NoPlaceLeft
from accounts.folding import fold_address
from accounts.forms.entering import AcceptanceForm, AskForm, RegisterForm, StrangersForm
from accounts.models import Invitation
from accounts.passing import client_address, safe_next, safe_path
from accounts.queries.advice import advice_for
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest
from accounts.rules import post_only
from accounts.signing_in import home_of, sign_in_person
from accounts.tokens.invitations import invitation_of_token
from accounts.tokens.passwords import password_link
from accounts.tokens.verification import verification_of_link

ENTRIES_PER_ADDRESS, ENTRIES_PER_NETWORK = 3, 30  # an hour
AGAIN_AFTER = 60  # seconds
ENTERING_KEY = "entering"  # in the session: what a stranger asked for last, so that it can be sent again


@never_cache
def register(request: PortalRequest) -> HttpResponse:
    onward = safe_next(request, "")
    if request.user.is_authenticated:
        return render(request, "accounts/register.html", {"onward": onward or reverse(home_of(request.user))})
    form = RegisterForm(request.POST or None, tenant=request.tenant, initial={"email": request.GET.get("email", "")})
    if request.method != "POST" or not form.is_valid():
        return _register_page(request, form, onward, status=422 if form.errors else 200)
    wait = _ask(request, EntryRequestKind.REGISTER, form, onward)
    if wait:
        return _register_page(request, form, onward, status=429, wait=wait)
    return redirect("register_sent")


@never_cache
def register_sent(request: PortalRequest) -> HttpResponse:
    asked = request.session.get(ENTERING_KEY)
    return render(request, "accounts/register_sent.html", {"asked": asked, "kinds": EntryRequestKind})


@post_only
def register_again(request: PortalRequest) -> HttpResponse:
    """Ask for the mail once more, for the address this session asked for."""
    asked = request.session.get(ENTERING_KEY)
    if asked is None:
        return redirect("register")
    if time.time() - asked["at"] < AGAIN_AFTER:
        messages.info(request, _("The mail is on its way. Give it a minute before you ask for another one."))
        return redirect("register_sent")
    if _network_must_wait(request):
        messages.warning(request, _("Too many mails were asked for from your network. Try again in an hour."))
        return redirect("register_sent")
    _request(EntryRequestKind(asked["kind"]), asked["address"], asked["data"])
    request.session[ENTERING_KEY] = asked | {"at": int(time.time())}
    messages.success(request, _("We send the mail once more. One address gets at most three of them an hour."))
    return redirect("register_sent")


@never_cache
def whom_to_ask(request: PortalRequest) -> HttpResponse:
    """For those who may not ask: who at their organisation may (S7). A stranger gets the names by mail only."""
    if request.user.is_authenticated:
        context = {"advice": advice_for(request.user), "phone": phone_for(request.user)}
        return render(request, "accounts/whom_to_ask.html", context)
    form = AskForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/whom_to_ask.html", {"form": form}, status=422 if form.errors else 200)
    wait = _ask(request, EntryRequestKind.ASK, form, "")
    if wait:
        return _with_wait(render(request, "accounts/whom_to_ask.html", {"form": form, "wait": wait}, status=429), wait)
    return redirect("register_sent")


def mail_help(request: PortalRequest) -> HttpResponse:
    reader = request.user if request.user.is_authenticated else None
    return render(request, "accounts/mail_help.html", {"phone": phone_for(reader)})


@never_cache
def verify(request: PortalRequest, uid: str, token: str) -> HttpResponse:
    """The link in the mail. Looking at it changes nothing, because mail filters look as well; the button does."""
    found = verification_of_link(uid, token)
    if found is None or found.is_used:
        if found is not None and request.user.is_authenticated and request.user.pk == found.person.pk:
            return redirect("welcome")
        return render(request, "accounts/verify_gone.html", {"is_used": found is not None}, status=404)
    if request.method != "POST":
        return render(request, "accounts/verify.html", {"person": found.person})
    person = verify_address(actor=found.person, user=found.person)
    messages.success(request, _("Your mail address is confirmed."))
    return sign_in_person(request, person, onward=_to_welcome(request))


@never_cache
def invitation(request: PortalRequest, token: str) -> HttpResponse:
    found = invitation_of_token(token)
    if found is None or found.state != InvitationState.OPEN:
        return _invitation_gone(request, found)
    form = AcceptanceForm(request.POST or None, initial={"name": found.user.name, "phone": found.user.phone})
    if request.method != "POST" or not form.is_valid():
        context = {"invitation": found, "form": form}
        return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)
    try:
        person = accept_invitation(actor=found.user, invitation=found, **form.cleaned_data)
    except CannotInvite as reason:
        if reason.hindrance == Hindrance.OVER:
            return _invitation_gone(request, invitation_of_token(token))
        return _invitation_stopped(request, found, reason.hindrance)
    except NoPlaceLeft as full:
        return _invitation_stopped(request, found, "full", limit=full.limit)
    messages.success(request, _("You have accepted the invitation. Welcome."))
    return sign_in_person(request, person, onward=_to_welcome(request))


@login_required
@never_cache
def welcome(request: PortalRequest) -> HttpResponse:
    """After the first sign-in: a password for those who want one, and the way on."""
    onward = safe_next(request, reverse(home_of(request.user)))
    if request.user.has_usable_password():
        return redirect(onward)
    return render(request, "accounts/welcome.html", {"onward": onward, "password_url": password_link(request.user)})


def _ask(request: PortalRequest, kind: EntryRequestKind, form: StrangersForm, onward: str) -> int:
    """Write the request down; returns the minutes to wait when the network has asked too often.

    An address that has had its mails this hour gets no more of them, and the answer is the same: another one would
    tell that somebody asked for it.
    """
    wait = _network_must_wait(request)
    if wait:
        return wait
    address = form.cleaned_data["email"]
    data = form.said() | {"language": get_language() or ""}
    _request(kind, address, data)
    now = int(time.time())
    request.session[ENTERING_KEY] = {"kind": kind, "address": address, "data": data, "at": now, "next": onward}
    return 0


def _request(kind: EntryRequestKind, address: str, data: dict[str, Any]) -> None:
    if not spend_allowance(kind="entry", key=fold_address(address), limit=ENTRIES_PER_ADDRESS):
        request_entry(kind=kind, address=address, data=data)


def _network_must_wait(request: PortalRequest) -> int:
    network = network_of(client_address(request))
    return spend_allowance(kind="entry-network", key=network, limit=ENTRIES_PER_NETWORK)


def _register_page(
    request: PortalRequest, form: RegisterForm, onward: str, *, status: int, wait: int = 0
) -> HttpResponse:
    context = {"form": form, "way": form.way, "next": onward, "wait": wait}
    return _with_wait(render(request, "accounts/register.html", context, status=status), wait)


def _with_wait(response: HttpResponse, minutes: int) -> HttpResponse:
    if minutes:
        response.headers["Retry-After"] = str(minutes * 60)
    return response


def _to_welcome(request: PortalRequest) -> str:
    """The page after the first sign-in, which leads on to where this browser wanted to go before it was sent away."""
    asked = request.session.pop(ENTERING_KEY, None) or {}
    onward = safe_path(asked.get("next", ""), "", require_https=request.is_secure())
    return reverse("welcome") + (f"?{urlencode({'next': onward})}" if onward else "")


def _invitation_gone(request: PortalRequest, found: Invitation | None) -> HttpResponse:
    is_theirs = found is not None and request.user.is_authenticated and request.user.pk == found.user_id
    if found is not None and found.state == InvitationState.ACCEPTED and is_theirs:
        return redirect("welcome")
    context = {"state": found.state if found else "", "invitation": found}
    return render(request, "accounts/invitation_gone.html", context, status=404)


def _invitation_stopped(request: PortalRequest, found: Invitation, why: str, limit: int = 0) -> HttpResponse:
    context = {"invitation": found, "why": why, "limit": limit}
    return render(request, "accounts/invitation_stopped.html", context, status=409)
