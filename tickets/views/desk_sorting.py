"""How staff sort a ticket: its topic, tags, followers and answers. Each view: fetch, form, door, redirect."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from tickets.actions.answering import ChangedMeanwhile, NotAQuestion, set_answers
from tickets.actions.following import CannotFollow, follow, unfollow
from tickets.actions.setting_topic import set_topic
from tickets.actions.tagging import TAGS_PER_TICKET, add_tags, remove_tags
from tickets.answers import shown_answers
from tickets.forms.answers import AnswersForm
from tickets.forms.desk import TagsForm
from tickets.forms.messages import DeskReplyForm
from tickets.models import Ticket
from tickets.queries import followers_of, keys_asked, tags_of
from tickets.views.desk import fetch, follower_form, onwards, ticket_page, topic_form


@agents_only
def desk_answers(request: PortalRequest, number: int) -> HttpResponse:
    """What was answered in the form, changed by staff."""
    ticket = fetch(request, number)
    form = AnswersForm(request.POST if request.method == "POST" else None, ticket=ticket)
    if request.method == "POST" and form.is_valid():
        try:
            set_answers(actor=request.user, ticket=ticket, answers=form.answers(), seen=form.marks)
        except ChangedMeanwhile as changed:
            form.show_both(changed.answers)
        except NotAQuestion:
            form.add_error(None, _("The topic or its form has just been changed. Look at the questions again."))
        else:
            messages.success(request, _("The answers are saved."))
            return redirect("desk_ticket", number)
    keys = keys_asked(ticket.topic)
    earlier = [answer for answer in shown_answers(ticket) if answer.key not in keys]
    context = {"ticket": ticket, "form": form, "earlier_answers": earlier}
    return render(request, "tickets/desk/answers.html", context, status=422 if form.errors else 200)


@post_only
@agents_only
def desk_topic(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = topic_form(ticket, request.user, request.POST)
    if not form.is_valid():
        return _with_errors(request, ticket, topic_form=form)
    changed = set_topic(actor=request.user, ticket=ticket, topic=form.chosen(), route_again=form.cleaned_data["again"])
    words = {"topic": form.chosen(), "department": changed.department}
    if changed.department_id == ticket.department_id:
        messages.success(request, _("The ticket is now about %(topic)s. It stays with %(department)s.") % words)
    else:
        messages.success(request, _("The ticket is now about %(topic)s, and with %(department)s.") % words)
    return onwards(request, number)


@post_only
@agents_only
def desk_tags(request: PortalRequest, number: int) -> HttpResponse:
    """Adds the tags that were typed, or takes off the one whose button was pressed."""
    ticket = fetch(request, number)
    if "remove" in request.POST:
        remove_tags(actor=request.user, ticket=ticket, names=[request.POST["remove"]])
        messages.success(request, _("The tag is taken off."))
        return redirect("desk_ticket", number)
    form = TagsForm(request.POST)
    if not form.is_valid():
        return _with_errors(request, ticket, tags_form=form)
    names = form.cleaned_data["tags"]
    add_tags(actor=request.user, ticket=ticket, names=names)
    if len(tags_of(ticket)) >= TAGS_PER_TICKET:
        messages.warning(request, _("A ticket has at most %d tags; what is beyond was left out.") % TAGS_PER_TICKET)
    else:
        messages.success(request, _("Tagged: %s.") % ", ".join(names))
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_followers(request: PortalRequest, number: int) -> HttpResponse:
    """Lets the agent follow the ticket, or a colleague who was chosen."""
    ticket = fetch(request, number)
    person = request.user
    if "user" in request.POST:
        form = follower_form(ticket, followers_of(ticket), request.POST)
        if not form.is_valid():
            return _with_errors(request, ticket, follower_form=form)
        person = form.chosen()
    try:
        follow(actor=request.user, ticket=ticket, user=person)
    except CannotFollow:
        messages.warning(request, _("%s does not see this ticket, and cannot follow it.") % person)
        return redirect("desk_ticket", number)
    if person == request.user:
        messages.success(request, _("You follow the ticket: you get a mail when the customer writes."))
    else:
        messages.success(request, _("%s follows the ticket and gets a mail when the customer writes.") % person)
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_follower_removal(request: PortalRequest, number: int, pk: int) -> HttpResponse:
    ticket = fetch(request, number)
    person = next((person for person in followers_of(ticket) if person.pk == pk), None)
    if person is None:
        raise Http404
    unfollow(actor=request.user, ticket=ticket, user=person)
    if person == request.user:
        messages.success(request, _("You no longer follow the ticket."))
    else:
        messages.success(request, _("%s no longer follows the ticket.") % person)
    return redirect("desk_ticket", number)


def _with_errors(request: PortalRequest, ticket: Ticket, **forms: Any) -> HttpResponse:
    return ticket_page(request, ticket, DeskReplyForm(tenant=request.tenant), status=422, **forms)
