"""The customer's side: my tickets, and one ticket, signed in or by the link of a mail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache

from accounts.folding import mask_address
from accounts.kept_text import keep_and_sign_in, take_kept_text
from accounts.models import User
from accounts.paging import Order, paginate
from accounts.queries.colleagues import is_read_by_colleagues
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest
from accounts.rules import post_only
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.nudging import nudge
from tickets.actions.reading import mark_read
from tickets.actions.replying import reply_to_ticket
from tickets.answers import shown_answers
from tickets.as_known import AsKnown
from tickets.asking_news import may_ask
from tickets.enums import EventKind, WaitingOn, Whose
from tickets.expected import expected_answer
from tickets.forms.colleagues import ColleagueForm
from tickets.forms.messages import MessageForm
from tickets.models import Message, Ticket, TicketEvent
from tickets.queries import (
    counts_of,
    customer_tickets,
    events_for,
    messages_for,
    ties_of,
    unread_of,
    with_unread,
    with_whose,
)
from tickets.reasons_in_words import reason_for_customer
from tickets.timeline import last_message, timeline
from tickets.views.files import attachment_response, bound
from tickets.views.ways import (
    Way,
    as_if_not_there,
    by_link,
    colleague_form_for,
    link_is_gone,
    people_on,
    to_act,
    to_read,
)

Narrowed = Callable[[QuerySet[Ticket], User, AsKnown], QuerySet[Ticket]]
SHOWN: dict[str, tuple[Any, Narrowed]] = {
    "open": (pgettext_lazy("tickets", "Open"), lambda tickets, _user, known: tickets.exclude(known.is_closed())),
    "closed": (pgettext_lazy("tickets", "Closed"), lambda tickets, _user, known: tickets.filter(known.is_closed())),
    "all": (gettext_lazy("All"), lambda tickets, _user, _known: tickets),
    "unread": (gettext_lazy("New answers"), lambda tickets, user, _known: unread_of(tickets, user)),
}


@login_required
def my_tickets(request: PortalRequest) -> HttpResponse:
    show, whose = request.GET.get("show", ""), request.GET.get("whose", "")
    show, whose = show if show in SHOWN else "open", whose if whose in Whose.values else ""
    known = AsKnown()
    counts = counts_of(request.user, known.is_closed())
    tickets = customer_tickets(request.user)
    if whose:
        tickets = with_whose(tickets, request.user).filter(Q(whose=whose))
    page = paginate(
        SHOWN[show][1](tickets, request.user, known),
        Order("last_activity_at", descending=True),
        request.GET,
        shown=lambda rows: with_unread(rows, request.user, staff=False).select_related("requester"),
    )
    known.stand(page.items)
    context = {"page": page, "show": show, "shows": _shows(counts, show, whose), "whose": _whose(counts, show, whose)}
    return render(request, "tickets/mine.html", context)


def _shows(counts: dict[tuple[str, str], int], show: str, whose: str) -> list[dict[str, Any]]:
    return [
        _choice(label, counts[whose, key], key == show, show=key, whose=whose)
        for key, (label, _narrowed) in SHOWN.items()
        if counts[whose, key] or key in (show, "open", "closed", "all")
    ]


def _whose(counts: dict[tuple[str, str], int], show: str, whose: str) -> list[dict[str, Any]]:
    """Whose tickets one can choose between; nothing for whoever has only their own."""
    if not whose and counts["", "all"] == counts[Whose.MINE, "all"]:
        return []
    labels = [("", _("All I can see")), *Whose.choices]
    return [
        _choice(label, counts[key, show], key == whose, show=show, whose=key)
        for key, label in labels
        if counts[key, "all"] or key in ("", Whose.MINE, whose)
    ]


def _choice(label: Any, count: int, current: bool, **query: str) -> dict[str, Any]:
    url = "?" + urlencode({key: value for key, value in query.items() if value})
    return {"label": label, "count": count, "url": url, "current": current}


@login_required
def ticket(request: PortalRequest, number: int) -> HttpResponse:
    way = to_read(request, number)
    kept_text = take_kept_text(request, request.path)
    form = MessageForm(tenant=request.tenant, initial={"body": kept_text.get("body", "")} if kept_text else None)
    return ticket_page(request, way, form)


@post_only
def ticket_reply(request: PortalRequest, number: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, reverse("ticket", args=[number]))
    return _reply(request, to_act(request, number))


@post_only
@login_required
def ticket_closure(request: PortalRequest, number: int) -> HttpResponse:
    return _close_or_reopen(request, to_act(request, number))


@post_only
@login_required
def ticket_nudge(request: PortalRequest, number: int) -> HttpResponse:
    return _nudge(request, to_act(request, number))


@login_required
def ticket_attachment(request: PortalRequest, number: int, pk: int) -> HttpResponse | FileResponse:
    way = to_read(request, number)
    return attachment_response(way.ticket, messages_for(way.ticket, staff=False), pk)


@never_cache
def link(request: PortalRequest, token: str) -> HttpResponse:
    """One ticket by the link of a mail. Looking changes nothing, because mail filters look too."""
    way = by_link(token)
    return ticket_page(request, way, MessageForm(tenant=request.tenant)) if way else link_is_gone(request)


@post_only
def link_reply(request: PortalRequest, token: str) -> HttpResponse:
    way = by_link(token)
    return _reply(request, way) if way else link_is_gone(request)


@post_only
def link_closure(request: PortalRequest, token: str) -> HttpResponse:
    way = by_link(token)
    return _close_or_reopen(request, way) if way else link_is_gone(request)


@post_only
def link_nudge(request: PortalRequest, token: str) -> HttpResponse:
    way = by_link(token)
    return _nudge(request, way) if way else link_is_gone(request)


def link_attachment(request: PortalRequest, token: str, pk: int) -> HttpResponse | FileResponse:
    way = by_link(token)
    if way is None:
        return link_is_gone(request)
    return attachment_response(way.ticket, messages_for(way.ticket, staff=False), pk)


def ticket_page(
    request: PortalRequest,
    way: Way,
    form: MessageForm,
    kept: list[Any] | None = None,
    status: int = 200,
    *,
    colleague_form: ColleagueForm | None = None,
) -> HttpResponse:
    """One ticket as this customer may know it, with any form that had errors in place of its fresh one. By a link, too,
    in the time zone its reader has chosen."""
    with timezone.override(way.person.time_zone or timezone.get_current_timezone()):
        return _ticket_page(request, way, form, kept, status, colleague_form)


def _ticket_page(
    request: PortalRequest,
    way: Way,
    form: MessageForm,
    kept: list[Any] | None,
    status: int,
    colleague_form: ColleagueForm | None,
) -> HttpResponse:
    events = list(events_for(way.ticket, staff=False))
    entries = timeline(way.ticket, way.person, staff=False, events=events, file_url=way.file_url)
    if not way.token and request.method == "GET":
        mark_read(actor=way.person, ticket=way.ticket, message=last_message(entries))
    context = {
        "ticket": way.ticket,
        "timeline": entries,
        "why": reason_for_customer([entry.event for entry in entries if entry.event is not None], way.person),
        "form": form,
        "kept": kept or [],
        "answers": shown_answers(way.ticket, staff=False, file_url=way.file_url),
        "via_link": {"address": mask_address(way.person.email), "token": way.token} if way.token else None,
        "takes_part": way.takes_part,
        **_news(way, events),
        "expected_within": _expected(way),
        "ties": ties_of(way.ticket, Ticket.objects.none() if way.token else customer_tickets(way.person)),
        "people": people_on(way),
        "colleague_form": colleague_form or colleague_form_for(way),
        "asks_confidentiality": way.is_requester
        and (way.ticket.is_confidential or is_read_by_colleagues(way.ticket.requester)),
        "urls": {name: way.url(name) for name in ("reply", "closure", "nudge", "collaborators", "confidentiality")},
        "phone": phone_for(way.person),
        "attachment_limit_mb": request.tenant.attachment_limit_mb,
    }
    return render(request, "tickets/ticket.html", context, status=status)


def _expected(way: Way) -> timedelta | None:
    """When to expect the first answer, until there is one."""
    waits = way.takes_part and way.ticket.waiting_on == WaitingOn.US and way.ticket.first_answered_at is None
    return expected_answer(way.ticket.requester) if waits else None


def _news(way: Way, events: list[TicketEvent]) -> dict[str, Any]:
    """Whether the reader may ask for news, and since when somebody has waited for them."""
    last = next((event.created_at for event in reversed(events) if event.kind == EventKind.NUDGED), None)
    return {
        "may_nudge": way.takes_part and may_ask(way.ticket, last, timezone.now()),
        "nudged_at": way.ticket.nudged_at if way.takes_part else None,
    }


def _reply(request: PortalRequest, way: Way) -> HttpResponse:
    form, key, kept = bound(request, MessageForm, "key")
    if not form.is_valid():
        return ticket_page(request, way, form, kept, status=422)
    was_closed = way.ticket.is_closed
    with as_if_not_there():
        sent = reply_to_ticket(
            actor=way.person, ticket=way.ticket, body=form.cleaned_data["body"], channel=way.channel, form_key=key
        )
    if sent.ticket_id != way.ticket.pk:
        return _sent_to_the_leading(request, way, sent)
    mark_read(actor=way.person, ticket=way.ticket, message=sent)  # a look by link marks nothing, an answer does
    messages.success(
        request, _("Sent. The ticket is open again.") if was_closed else _("Sent. We get back to you here and by mail.")
    )
    return redirect(f"{way.url('')}#end")


def _sent_to_the_leading(request: PortalRequest, way: Way, sent: Message) -> HttpResponse:
    """The ticket was merged into another one, and so the answer is there. A link opens its own ticket only."""
    messages.success(request, _("Sent. Your answer is on ticket %d, which this one leads to.") % sent.ticket.number)
    return redirect(way.url("") if way.token else f"{reverse('ticket', args=[sent.ticket.number])}#end")


def _close_or_reopen(request: PortalRequest, way: Way) -> HttpResponse:
    reopens = bool(request.POST.get("reopen"))
    with as_if_not_there():
        (reopen_ticket if reopens else close_ticket)(actor=way.person, ticket=way.ticket)
    if reopens:
        messages.success(request, _("The ticket is open again."))
    else:
        messages.success(request, _("The ticket is closed. You can open it again whenever you like."))
    return redirect(way.url(""))


def _nudge(request: PortalRequest, way: Way) -> HttpResponse:
    with as_if_not_there():
        asked = nudge(actor=way.person, ticket=way.ticket)
    if asked:
        messages.success(request, _("We have been told that you wait for news. The answer comes here and by mail."))
    else:
        messages.info(request, _("You can ask for news once a working day, while the ticket waits for us."))
    return redirect(way.url(""))
