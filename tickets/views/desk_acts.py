"""What agents do to a ticket straight from a list, without reading it: give it to somebody, put it off, ask, note."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.passing import safe_next
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from tickets.actions.nudging import nudge_assignee
from tickets.forms.messages import DeskReplyForm
from tickets.queue import add_ages
from tickets.views.desk import assignment_form, fetch, transfer_form
from tickets.views.times import snooze_form


@agents_only
def desk_acts(request: PortalRequest, number: int) -> HttpResponse:
    """Everything that can be done from a list (`next`), to which one comes back."""
    found = fetch(request, number)
    add_ages([found])
    context = {
        "ticket": found,
        "assign_form": assignment_form(found, request.user),
        "transfer_form": transfer_form(found, request.user),
        "snooze_form": snooze_form(found),
        "note_form": DeskReplyForm(tenant=request.tenant),
        "next": safe_next(request, reverse("desk")),
    }
    return render(request, "tickets/desk/acts.html", context)


@post_only
@agents_only
def desk_nudge(request: PortalRequest, number: int) -> HttpResponse:
    found = fetch(request, number)
    if nudge_assignee(actor=request.user, ticket=found):
        words = {"name": found.assignee or found.department, "number": number}
        messages.success(request, _("%(name)s is asked how it goes with ticket %(number)d.") % words)
    else:
        messages.info(
            request, _("Nobody is asked: the ticket is closed, is yours, or was asked about within the hour.")
        )
    return redirect(safe_next(request, reverse("desk_ticket", args=[number])))
