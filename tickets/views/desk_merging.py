"""Two tickets about the same, merged and taken apart again by staff."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from tickets.actions.merging import CannotMerge, WhyNot, merge_tickets, unmerge_ticket
from tickets.forms.messages import DeskReplyForm
from tickets.views.desk import fetch, merge_form, ticket_page

WHY_NOT = {
    WhyNot.SAME: gettext_lazy("This is the ticket itself. Write the number of the other one."),
    WhyNot.MERGED: gettext_lazy("One of the two is merged with another ticket already. Choose the one it leads to."),
    WhyNot.STRANGERS: gettext_lazy(
        "Whoever filed this ticket may not read the other one: they are not colleagues, or it is confidential. "
        "If they are meant to read it, add them to it first."
    ),
}


@post_only
@agents_only
def desk_merger(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = merge_form(request.user, request.POST)
    if form.is_valid():
        into = form.cleaned_data["into"]
        try:
            merge_tickets(actor=request.user, ticket=ticket, into=into)
        except CannotMerge as refused:
            form.add_error("into", WHY_NOT[refused.why])
        else:
            words = {"number": number, "into": into.number}
            messages.success(request, _("Ticket %(number)d is closed and leads to %(into)d.") % words)
            return redirect("desk_ticket", into.number)
    reply_form = DeskReplyForm(tenant=request.tenant)
    return ticket_page(request, ticket, reply_form, status=422, merge_form=form)


@post_only
@agents_only
def desk_separation(request: PortalRequest, number: int) -> HttpResponse:
    unmerge_ticket(actor=request.user, ticket=fetch(request, number))
    messages.success(request, _("Ticket %d stands on its own again.") % number)
    return redirect("desk_ticket", number)
