"""\"I'm on it\": where the button of a mail about stale tickets leads. Opening the page changes nothing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import agents_only
from tickets.actions.taking_on import take_on
from tickets.views.desk import fetch


@agents_only
def desk_take_on(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    if request.method != "POST":
        return render(request, "tickets/desk/taking_on.html", {"ticket": ticket})
    taken = take_on(actor=request.user, ticket=ticket)
    if taken.is_closed:
        messages.info(request, _("The ticket is closed already. Nothing has changed."))
    elif taken.assignee_id == request.user.pk:
        messages.success(request, _("You are on it, and the ticket is yours."))
    else:
        messages.success(request, _("You are on it. The ticket stays with %s.") % taken.assignee)
    return redirect("desk_ticket", number)
