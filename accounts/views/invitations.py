"""The desk's invitations: who was invited, and inviting."""

import time
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.inviting import invite_again, invite_person, revoke_invitation
from accounts.enums import Role
from accounts.facts import CannotInvite, Hindrance, InvitationState, NoPlaceLeft
from accounts.forms.choosing import offered_organisations
from accounts.forms.invitations import InvitationForm
from accounts.models import Invitation
from accounts.paging import Order, paginate
from accounts.queries.invitations import in_state, matching_invitations
from accounts.queries.people import person_at
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from accounts.views.applications import no_place_left
from accounts.views.tabs import tabs_of

NEWEST_FIRST = Order("created_at", descending=True)
AGAIN_AFTER = 60  # seconds


@agents_only
def invitations(request: PortalRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = matching_invitations(words)
    asked = request.GET.get("state", "")
    state = asked if asked in (*InvitationState, "all") else InvitationState.OPEN
    chosen = found if state == "all" else found.filter(in_state(InvitationState(state)))
    labels = {
        InvitationState.OPEN: _("Open"),
        InvitationState.EXPIRED: _("Run out"),
        InvitationState.ACCEPTED: _("Accepted"),
        InvitationState.REVOKED: _("Withdrawn"),
        "all": _("All"),
    }
    context = {
        "page": paginate(chosen, NEWEST_FIRST, request.GET, shown=_with_names),
        "tabs": tabs_of("invitations", labels, _counts(found), current=state, words=words),
        "query": words,
    }
    return render(request, "accounts/desk/invitations.html", context)


@agents_only
def invite(request: PortalRequest) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("email", "organisation", "role") if name in request.GET}
    form = InvitationForm(request.POST or None, actor=request.user, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            made = invite_person(actor=request.user, **form.cleaned_data)
        except CannotInvite as reason:
            form.add_error("email", why_not(reason.hindrance, form.cleaned_data["email"]))
        except NoPlaceLeft as full:
            form.add_error("is_named_contact", no_place_left(full))
        else:
            messages.success(request, _("An invitation is on its way to %(address)s.") % {"address": made.user.email})
            return redirect("invitations")
    context = {"form": form, "organisations": offered_organisations()}
    return render(request, "accounts/desk/invite.html", context, status=422 if form.errors else 200)


@post_only
@agents_only
def again(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    send_again(request, found)
    return redirect("invitations")


@post_only
@agents_only
def revocation(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    withdraw(request, found)
    return redirect("invitations")


def send_again(request: PortalRequest, found: Invitation) -> None:
    """Send an invitation once more, unless it was sent a moment ago; says what was done."""
    wait = AGAIN_AFTER - int(time.time() - found.created_at.timestamp())
    if wait > 0 and found.state == InvitationState.OPEN:
        messages.info(request, _("It was sent a moment ago. Give it a minute before you send it again."))
        return
    try:
        done = invite_again(actor=request.user, invitation=found)
    except NoPlaceLeft as full:
        messages.error(request, no_place_left(full))
        return
    if done:
        words = _("The invitation to %(address)s is sent again, and valid for two weeks.")
        messages.success(request, words % {"address": found.user.email})
    else:
        messages.info(request, _("It was accepted or withdrawn meanwhile."))


def withdraw(request: PortalRequest, found: Invitation) -> None:
    if revoke_invitation(actor=request.user, invitation=found):
        messages.success(request, _("The invitation to %(address)s is withdrawn.") % {"address": found.user.email})
    else:
        messages.info(request, _("It was accepted or withdrawn meanwhile."))


def why_not(hindrance: Hindrance, address: str) -> str:
    """Why somebody cannot be invited, for staff, who see where people belong."""
    person = person_at(address)
    organisation = str(person.organisation) if person and person.organisation else ""
    return {
        Hindrance.ALREADY_IN: _("This person is in already. Change what they are on their own page."),
        Hindrance.ELSEWHERE: _("This person belongs to %(organisation)s. Move them on their own page.")
        % {"organisation": organisation},
        Hindrance.STAFF: _("This person works on the desk already."),
        Hindrance.CLOSED: _("This person's account is closed. Open it again on their own page."),
        Hindrance.INVITED: _("This person has an open invitation already. You can send it again from the list."),
    }.get(hindrance, _("This person cannot be invited."))


def _fetch(request: PortalRequest, pk: int) -> Invitation:
    """Every agent keeps the customers' invitations; those of staff, the administrators. Else 404."""
    rows = _with_names(Invitation.objects.all())
    if not request.user.is_administrator:
        rows = rows.filter(role=Role.CUSTOMER)
    found: Invitation = get_object_or_404(rows, pk=pk)
    return found


def _with_names(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    return rows.select_related("user", "organisation__agreement", "invited_by")


def _counts(found: QuerySet[Invitation]) -> dict[str, int]:
    counts: dict[str, Any] = found.order_by().aggregate(
        all=Count("pk"), **{str(state): Count("pk", filter=in_state(state)) for state in InvitationState}
    )
    return counts
