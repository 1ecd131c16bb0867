"""The customer's side: my tickets, and one ticket, signed in or by the link of a mail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache

from accounts.folding import mask_address
from accounts.models import User
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import post_only
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.reading import mark_read
from tickets.actions.replying import reply_to_ticket
from tickets.answers import shown_answers
from tickets.enums import Channel, Status
from tickets.forms import MessageForm
from tickets.kept_text import keep_and_sign_in, take_kept_text, typed_words
from tickets.links import link_of_token
from tickets.models import Attachment, Ticket
from tickets.queries import (
    counts_of,
    customer_tickets,
    events_for,
    messages_for,
    unread_of,
    with_read_until,
    with_unread,
)
from tickets.timeline import last_message, timeline
from tickets.views.files import attachment_response, bound

SHOWN: dict[str, tuple[Any, Callable[[QuerySet[Ticket], User], QuerySet[Ticket]]]] = {
    "open": (pgettext_lazy("tickets", "Open"), lambda tickets, _user: tickets.exclude(status=Status.CLOSED)),
    "closed": (pgettext_lazy("tickets", "Closed"), lambda tickets, _user: tickets.filter(status=Status.CLOSED)),
    "all": (gettext_lazy("All"), lambda tickets, _user: tickets),
    "unread": (gettext_lazy("New answers"), unread_of),
}


@dataclass(frozen=True)
class Way:
    """How a reader came to a ticket: signed in, or by the link of a mail. It decides who they are and every address."""

    ticket: Ticket
    person: User
    token: str = ""

    @property
    def channel(self) -> Channel:
        return Channel.LINK if self.token else Channel.PORTAL

    def url(self, name: str, *args: Any) -> str:
        prefix, key = ("link", self.token) if self.token else ("ticket", self.ticket.number)
        return reverse(f"{prefix}_{name}" if name else prefix, args=[key, *args])

    def file_url(self, attachment: Attachment) -> str:
        return self.url("attachment", attachment.pk)


@login_required
def my_tickets(request: PortalRequest) -> HttpResponse:
    asked = request.GET.get("show", "open")
    show = asked if asked in SHOWN else "open"
    counts = counts_of(request.user)
    page = paginate(
        SHOWN[show][1](customer_tickets(request.user), request.user),
        Order("last_activity_at", descending=True),
        request.GET,
        shown=lambda rows: with_unread(rows, request.user, staff=False),
    )
    shows = [
        {"key": key, "label": label, "count": counts[key], "url": f"?show={key}", "current": key == show}
        for key, (label, _narrowed) in SHOWN.items()
        if counts[key] or key in (show, "open", "closed", "all")
    ]
    return render(request, "tickets/mine.html", {"page": page, "show": show, "shows": shows})


@login_required
def ticket(request: PortalRequest, number: int) -> HttpResponse:
    way = _signed_in(request, number)
    kept_text = take_kept_text(request, request.path)
    form = MessageForm(tenant=request.tenant, initial={"body": kept_text.get("body", "")} if kept_text else None)
    return _ticket_page(request, way, form)


@post_only
def ticket_reply(request: PortalRequest, number: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, reverse("ticket", args=[number]))
    return _reply(request, _signed_in(request, number))


@post_only
@login_required
def ticket_closure(request: PortalRequest, number: int) -> HttpResponse:
    return _close_or_reopen(request, _signed_in(request, number))


@login_required
def ticket_attachment(request: PortalRequest, number: int, pk: int) -> HttpResponse | FileResponse:
    way = _signed_in(request, number)
    return attachment_response(way.ticket, messages_for(way.ticket, staff=False), pk)


@never_cache
def link(request: PortalRequest, token: str) -> HttpResponse:
    """One ticket by the link of a mail. Looking changes nothing, because mail filters look too."""
    way = _by_link(token)
    return _ticket_page(request, way, MessageForm(tenant=request.tenant)) if way else _link_is_gone(request)


@post_only
def link_reply(request: PortalRequest, token: str) -> HttpResponse:
    way = _by_link(token)
    return _reply(request, way) if way else _link_is_gone(request)


@post_only
def link_closure(request: PortalRequest, token: str) -> HttpResponse:
    way = _by_link(token)
    return _close_or_reopen(request, way) if way else _link_is_gone(request)


def link_attachment(request: PortalRequest, token: str, pk: int) -> HttpResponse | FileResponse:
    way = _by_link(token)
    if way is None:
        return _link_is_gone(request)
    return attachment_response(way.ticket, messages_for(way.ticket, staff=False), pk)


def _signed_in(request: PortalRequest, number: int) -> Way:
    tickets = with_read_until(customer_tickets(request.user), request.user)
    return Way(get_object_or_404(tickets, number=number), request.user)


def _by_link(token: str) -> Way | None:
    found = link_of_token(token)
    if found is None:
        return None
    mine = with_read_until(customer_tickets(found.user), found.user).filter(pk=found.ticket_id).first()
    return Way(mine, found.user, token) if mine else None


def _ticket_page(
    request: PortalRequest, way: Way, form: MessageForm, kept: list[Any] | None = None, status: int = 200
) -> HttpResponse:
    events = events_for(way.ticket, staff=False)
    entries = timeline(way.ticket, way.person, staff=False, events=events, file_url=way.file_url)
    if not way.token and request.method == "GET":
        mark_read(actor=way.person, ticket=way.ticket, message=last_message(entries))
    context = {
        "ticket": way.ticket,
        "timeline": entries,
        "form": form,
        "kept": kept or [],
        "answers": shown_answers(way.ticket),
        "via_link": {"address": mask_address(way.person.email), "token": way.token} if way.token else None,
        "urls": {"self": way.url(""), "reply": way.url("reply"), "closure": way.url("closure")},
        "attachment_limit_mb": request.tenant.attachment_limit_mb,
    }
    return render(request, "tickets/ticket.html", context, status=status)


def _reply(request: PortalRequest, way: Way) -> HttpResponse:
    form, key, kept = bound(request, MessageForm, "key")
    if not form.is_valid():
        return _ticket_page(request, way, form, kept, status=422)
    was_closed = way.ticket.is_closed
    sent = reply_to_ticket(
        actor=way.person, ticket=way.ticket, body=form.cleaned_data["body"], channel=way.channel, form_key=key
    )
    mark_read(actor=way.person, ticket=way.ticket, message=sent)  # a look by link marks nothing, an answer does
    messages.success(
        request, _("Sent. The ticket is open again.") if was_closed else _("Sent. We get back to you here and by mail.")
    )
    return redirect(f"{way.url('')}#end")


def _close_or_reopen(request: PortalRequest, way: Way) -> HttpResponse:
    if request.POST.get("reopen"):
        reopen_ticket(actor=way.person, ticket=way.ticket)
        messages.success(request, _("The ticket is open again."))
    else:
        close_ticket(actor=way.person, ticket=way.ticket)
        messages.success(request, _("The ticket is closed. You can open it again whenever you like."))
    return redirect(way.url(""))


def _link_is_gone(request: PortalRequest) -> HttpResponse:
    return render(request, "tickets/link_gone.html", {"typed": typed_words(request)}, status=404)
