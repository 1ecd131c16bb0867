"""Whom a ticket waits for, and when it comes back. Each view: fetch, form, door, redirect."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.passing import safe_next
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from tickets.actions.snoozing import NotInTheFuture, snooze, wake
from tickets.actions.waiting import NotOurs, wait_for_third_party, wait_for_us
from tickets.forms.desk_time import ThirdPartyForm
from tickets.forms.messages import DeskReplyForm
from tickets.views.desk import fetch, ticket_page
from tickets.views.times import snooze_form
from tickets.views.undoing import tell_with_undo


@post_only
@agents_only
def desk_waiting(request: PortalRequest, number: int) -> HttpResponse:
    """Lets the ticket wait for somebody else, or (`undo`) for us again."""
    ticket, here = fetch(request, number), reverse("desk_ticket", args=[number])
    if "undo" in request.POST:
        wait_for_us(actor=request.user, ticket=ticket)
        messages.success(request, _("Ticket %d waits for us again.") % number)
        return redirect(safe_next(request, here))
    form = ThirdPartyForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, ticket, DeskReplyForm(tenant=request.tenant), status=422, third_party_form=form)
    try:
        changed = wait_for_third_party(actor=request.user, ticket=ticket, whom=form.cleaned_data["whom"])
    except NotOurs:
        messages.warning(request, _("Meanwhile the ticket no longer waits for us. Nothing has changed."))
        return redirect(here)
    words = _("Ticket %(number)d waits for %(whom)s. The promised times rest until it waits for us again.")
    whom = changed.waits_for or _("somebody else")
    tell_with_undo(request, words % {"number": number, "whom": whom}, reverse("desk_waiting", args=[number]))
    return redirect(safe_next(request, here))


@post_only
@agents_only
def desk_snooze(request: PortalRequest, number: int) -> HttpResponse:
    """Puts the ticket off, or (`undo`) brings it back at once."""
    ticket, here = fetch(request, number), reverse("desk_ticket", args=[number])
    if "undo" in request.POST:
        wake(actor=request.user, ticket=ticket)
        messages.success(request, _("Ticket %d is back in the queue.") % number)
        return redirect(safe_next(request, here))
    form = snooze_form(ticket, request.POST)
    if form.is_valid():
        try:
            changed = snooze(actor=request.user, ticket=ticket, until=form.until())
        except NotInTheFuture:
            form.add_error("day", _("Choose a day after today, at most a year from now."))
    if not form.is_valid():
        return ticket_page(request, ticket, DeskReplyForm(tenant=request.tenant), status=422, snooze_form=form)
    if changed.snoozed_until is None:
        messages.warning(request, _("Meanwhile the ticket was closed. Nothing has changed."))
        return redirect(here)
    words = _("Ticket %(number)d is put off until %(until)s. If the customer writes before, it comes back then.")
    until = date_format(localtime(changed.snoozed_until), "DATETIME_FORMAT")
    tell_with_undo(request, words % {"number": number, "until": until}, reverse("desk_snooze", args=[number]))
    return redirect(safe_next(request, here))
