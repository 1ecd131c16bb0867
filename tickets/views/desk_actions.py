"""What agents do to a ticket. Each view: fetch, form, door, redirect."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.folding import clean_text
from accounts.kept_text import keep_and_sign_in
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from tickets.actions.answering import NotAQuestion, set_answers
from tickets.actions.collaborating import NotAColleague, add_collaborator, remove_collaborator, set_confidentiality
from tickets.actions.handing_over import NotAssignable, TakenMeanwhile, assign, claim, transfer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.revoking import revoke_links
from tickets.actions.setting_priority import set_priority
from tickets.actions.setting_status import set_status
from tickets.enums import WAITING_ON, Channel, MessageKind, Priority, Status, WaitingOn
from tickets.forms.answers import AnswersForm
from tickets.forms.desk import PriorityForm, StatusForm
from tickets.forms.messages import DeskReplyForm
from tickets.models import Ticket
from tickets.priorities import customers_see_priority
from tickets.queries import participants_of, where_it_leads, works_on
from tickets.rules import AnswersMissing
from tickets.views.desk import assignment_form, colleague_form, fetch, onwards, ticket_page, transfer_form
from tickets.views.files import bound

SENT = {
    WaitingOn.US: gettext_lazy("Sent to %s. The ticket waits for us."),
    WaitingOn.CUSTOMER: gettext_lazy("Sent to %s. The ticket waits for the customer."),
    WaitingOn.NOBODY: gettext_lazy("Sent to %s. The ticket is closed."),
}
SENDING = {
    WaitingOn.US: gettext_lazy("Goes to %s in a moment; until then you can undo it. The ticket waits for us."),
    WaitingOn.CUSTOMER: gettext_lazy(
        "Goes to %s in a moment; until then you can undo it. The ticket waits for the customer."
    ),
    WaitingOn.NOBODY: gettext_lazy("Goes to %s in a moment; until then you can undo it. The ticket is closed."),
}


@post_only
def desk_reply(request: PortalRequest, number: int) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, reverse("desk_ticket", args=[number]))
    return _reply_or_note(request, number)


@agents_only
def _reply_or_note(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form, key, kept = bound(request, DeskReplyForm, "key")
    if request.POST.get("insert") == "wish":
        return ticket_page(request, ticket, _with_wish_answer(request, ticket, key), kept=kept)
    if not form.is_valid():
        return ticket_page(request, ticket, form, kept=kept, status=422)
    words, agent = form.cleaned_data["body"], request.user
    if form.cleaned_data["mode"] == MessageKind.NOTE:
        add_note(actor=agent, ticket=ticket, body=words, form_key=key)
        messages.success(request, _("The note is saved. Only staff see it."))
        if "next" in request.POST:
            return onwards(request, number)
    else:
        ticket = _where_to_write(request, ticket)
        status = form.cleaned_data["and_status"]
        send = partial(
            reply_to_ticket,
            actor=agent,
            ticket=ticket,
            body=words,
            channel=Channel.PORTAL,
            as_staff=True,
            and_status=status,
            form_key=key,
            undo_seconds=request.tenant.undo_seconds,
        )
        missing = _closing(request, ticket, send)
        if missing is not None:
            return ticket_page(request, ticket, form, kept=kept, status=422, missing_form=missing, missing_in="reply")
        words = SENDING if request.tenant.undo_seconds else SENT
        messages.success(request, words[WAITING_ON[status]] % ticket.requester)
        if ticket.is_closed and status != Status.CLOSED:
            messages.info(request, _("The ticket had been closed and is open again."))
    return redirect(f"{reverse('desk_ticket', args=[ticket.number])}#end")


def _where_to_write(request: PortalRequest, ticket: Ticket) -> Ticket:
    """The ticket itself, or the one it was merged into, if this agent sees that."""
    leading = where_it_leads(ticket)
    if leading.pk == ticket.pk or not works_on(request.user, leading):
        return ticket
    messages.info(request, _("Ticket %d leads here, so your reply is here.") % ticket.number)
    return fetch(request, leading.number)


def _with_wish_answer(request: PortalRequest, ticket: Ticket, key: UUID) -> DeskReplyForm:
    """The reply as it is so far, with where wishes go below it, in the requester's language (I15). Nothing is sent."""
    with override(ticket.requester.language or request.tenant.language):
        answer = ticket.topic.wish_answer if ticket.topic else ""
    typed = clean_text(request.POST.get("body", "")).strip("\n ")
    words = typed if answer in typed else "\n\n".join(filter(None, [typed, answer]))
    begun = {"key": key, "mode": MessageKind.REPLY, "body": words}
    return DeskReplyForm(tenant=request.tenant, initial=begun)


@post_only
@agents_only
def desk_claim(request: PortalRequest, number: int) -> HttpResponse:
    shown = request.POST.get("seen_with", "")
    seen_with: int | Literal["nobody", ""] = "nobody" if shown else ""
    if shown.isascii() and shown.isdigit() and len(shown) < 19:
        seen_with = int(shown)
    try:
        claim(actor=request.user, ticket=fetch(request, number), seen_with=seen_with)
        messages.success(request, _("The ticket is yours."))
    except TakenMeanwhile as taken:
        if taken.by is None:
            messages.warning(request, _("Somebody has just given this ticket back. Take it if you want it."))
        else:
            messages.warning(request, _("%s took this ticket a moment ago. Nothing has changed.") % taken.by)
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_assignment(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = assignment_form(ticket, request.user, request.POST)
    if not form.is_valid():
        return _with_errors(request, ticket, assign_form=form)
    try:
        changed = assign(actor=request.user, ticket=ticket, assignee=form.chosen())
    except NotAssignable:
        form.add_error("assignee", _("This person has left the department. Choose somebody else."))
        return _with_errors(request, ticket, assign_form=form)
    name = changed.assignee or changed.department
    messages.success(request, _("The ticket is now with %s.") % name)
    return onwards(request, number)


@post_only
@agents_only
def desk_department(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = transfer_form(ticket, request.user, request.POST)
    if not form.is_valid():
        return _with_errors(request, ticket, transfer_form=form)
    try:
        changed = transfer(actor=request.user, ticket=ticket, department=form.chosen())
    except NotAssignable:
        form.add_error("department", _("This department has just been closed. Choose another one."))
        return _with_errors(request, ticket, transfer_form=form)
    messages.success(
        request, _("Ticket %(number)d is handed over to %(name)s.") % {"number": number, "name": changed.department}
    )
    return onwards(request, number)


@post_only
@agents_only
def desk_links(request: PortalRequest, number: int) -> HttpResponse:
    """Make the links in earlier mails void."""
    if revoke_links(actor=request.user, ticket=fetch(request, number)):
        messages.success(
            request, _("The links in earlier mails no longer open the ticket. The next mail has a new one.")
        )
    else:
        messages.info(request, _("No mail has a link that opens this ticket."))
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_status(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _with_errors(request, ticket, status_form=form)
    status = Status(form.cleaned_data["status"])
    missing = _closing(request, ticket, partial(set_status, actor=request.user, ticket=ticket, status=status))
    if missing is not None:
        return _with_errors(request, ticket, missing_form=missing, missing_in="status")
    messages.success(request, _("The status is now: %s.") % status.label)
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_priority(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = PriorityForm(request.POST, is_shown=customers_see_priority())
    if not form.is_valid():
        return _with_errors(request, ticket, priority_form=form)
    changed = set_priority(
        actor=request.user,
        ticket=ticket,
        priority=Priority(form.cleaned_data["priority"]),
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("The priority is now: %s.") % changed.get_priority_display())
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_collaborators(request: PortalRequest, number: int) -> HttpResponse:
    ticket = fetch(request, number)
    form = colleague_form(participants_of(ticket), request.POST)
    if not form.is_valid():
        return _with_errors(request, ticket, colleague_form=form)
    person = form.cleaned_data["colleague"]
    try:
        add_collaborator(actor=request.user, ticket=ticket, user=person, as_staff=True)
    except NotAColleague:
        form.add_error("colleague", _("This account has just been closed. Choose somebody else."))
        return _with_errors(request, ticket, colleague_form=form)
    messages.success(request, _("%s is on the ticket now and gets a mail with a link to it.") % person)
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_collaborator_removal(request: PortalRequest, number: int, pk: int) -> HttpResponse:
    ticket = fetch(request, number)
    person = next((person for person in participants_of(ticket)[1:] if person.pk == pk), None)
    if person is None:
        raise Http404
    remove_collaborator(actor=request.user, ticket=ticket, user=person, as_staff=True)
    messages.success(request, _("%s is no longer on the ticket, and their link to it is void.") % person)
    return redirect("desk_ticket", number)


@post_only
@agents_only
def desk_confidentiality(request: PortalRequest, number: int) -> HttpResponse:
    keep = bool(request.POST.get("confidential"))
    set_confidentiality(actor=request.user, ticket=fetch(request, number), is_confidential=keep, as_staff=True)
    if keep:
        messages.success(request, _("Confidential: of the customer's colleagues, only those on the ticket see it."))
    else:
        messages.success(request, _("No longer confidential: the organisation's rules say who sees it."))
    return redirect("desk_ticket", number)


def _closing(request: PortalRequest, ticket: Ticket, act: Callable[[], Any]) -> AnswersForm | None:
    """Do what may close the ticket. Where that is refused because answers are missing, those that came with the
    request are kept, and it is done again; what is missing still is asked for by the form given back."""
    asked: set[str] = set()
    while True:
        try:
            act()
        except AnswersMissing as refused:
            ticket.refresh_from_db()  # somebody may have given it another topic
            keys = {question.key for question in refused.questions}
            form = AnswersForm(request.POST, ticket=ticket, only=keys, required=keys)
            if not form.is_valid() or keys <= asked:
                return form
            with suppress(NotAQuestion):  # since a moment ago; what is asked now is asked in the next round
                set_answers(actor=request.user, ticket=ticket, answers=form.answers())
            asked |= keys
        else:
            return None


def _with_errors(request: PortalRequest, ticket: Ticket, **forms: Any) -> HttpResponse:
    return ticket_page(request, ticket, DeskReplyForm(tenant=request.tenant), status=422, **forms)
