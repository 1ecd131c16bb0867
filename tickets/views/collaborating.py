"""Who is on a ticket, and who may read it: what customers do about it, signed in or by the link of a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.actions.limiting import spend_allowance
from accounts.models import User
from accounts.requests import PortalRequest
from accounts.rules import post_only
from tickets.actions.collaborating import NotAColleague, add_collaborator, remove_collaborator, set_confidentiality
from tickets.forms.messages import MessageForm
from tickets.views.customer import ticket_page
from tickets.views.ways import Way, as_if_not_there, by_link, colleague_form_for, link_is_gone, to_act, to_read

ADDED_AN_HOUR = 60  # each is a mail to somebody


@post_only
@login_required
def ticket_collaborators(request: PortalRequest, number: int) -> HttpResponse:
    return _add(request, to_act(request, number))


@post_only
@login_required
def ticket_collaborator_removal(request: PortalRequest, number: int, pk: int) -> HttpResponse:
    return _remove(request, to_act(request, number), pk)


@post_only
@login_required
def ticket_following(request: PortalRequest, number: int) -> HttpResponse:
    """Somebody who reads a ticket of their organisation takes part in it from now on."""
    way = to_read(request, number)
    with as_if_not_there():
        add_collaborator(actor=way.person, ticket=way.ticket, user=way.person)
    messages.success(request, _("You follow this ticket. You are told of news by mail, and you may reply."))
    return redirect("ticket", number)


@post_only
@login_required
def ticket_confidentiality(request: PortalRequest, number: int) -> HttpResponse:
    return _keep_or_show(request, to_act(request, number))


@post_only
def link_collaborators(request: PortalRequest, token: str) -> HttpResponse:
    way = by_link(token)
    return _add(request, way) if way else link_is_gone(request)


@post_only
def link_collaborator_removal(request: PortalRequest, token: str, pk: int) -> HttpResponse:
    way = by_link(token)
    return _remove(request, way, pk) if way else link_is_gone(request)


@post_only
def link_confidentiality(request: PortalRequest, token: str) -> HttpResponse:
    way = by_link(token)
    return _keep_or_show(request, way) if way else link_is_gone(request)


def _add(request: PortalRequest, way: Way) -> HttpResponse:
    form = colleague_form_for(way, request.POST)
    if form is None:
        raise Http404
    if not form.is_valid():
        return ticket_page(request, way, MessageForm(tenant=request.tenant), status=422, colleague_form=form)
    colleague: User = form.cleaned_data["colleague"]
    wait = spend_allowance(kind="colleague", key=str(way.person.pk), limit=ADDED_AN_HOUR)
    if wait:
        form.add_error("colleague", _("You have added many people just now. Wait a while before you add more."))
        return ticket_page(request, way, MessageForm(tenant=request.tenant), status=429, colleague_form=form)
    try:
        with as_if_not_there():
            add_collaborator(actor=way.person, ticket=way.ticket, user=colleague)
    except NotAColleague:
        form.add_error("colleague", _("This person has left in the meantime. Choose somebody else."))
        return ticket_page(request, way, MessageForm(tenant=request.tenant), status=422, colleague_form=form)
    messages.success(request, _("%s is on the ticket now and gets a mail with a link to it.") % colleague)
    return redirect(f"{way.url('')}#people")


def _remove(request: PortalRequest, way: Way, pk: int) -> HttpResponse:
    person = next((person for person in way.people if person.pk == pk), None)
    if person is None or person.pk == way.ticket.requester_id:
        raise Http404
    with as_if_not_there():
        remove_collaborator(actor=way.person, ticket=way.ticket, user=person)
    if person.pk != way.person.pk:
        messages.success(request, _("%s is no longer on the ticket, and their link to it is void.") % person)
        return redirect(f"{way.url('')}#people")
    messages.success(request, _("You have left ticket %d. You get no more mails about it.") % way.ticket.number)
    return redirect("home" if way.token else "my_tickets")


def _keep_or_show(request: PortalRequest, way: Way) -> HttpResponse:
    keep = bool(request.POST.get("confidential"))
    with as_if_not_there():
        set_confidentiality(actor=way.person, ticket=way.ticket, is_confidential=keep)
    if keep:
        messages.success(request, _("The ticket is confidential. Of your colleagues, only those on it see it."))
    else:
        messages.success(request, _("Your colleagues who see your organisation's tickets now see this one."))
    return redirect(f"{way.url('')}#people")
