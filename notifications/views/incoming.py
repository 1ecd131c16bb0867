"""The ledger: every mail that reached the portal, and what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import agents_only
from accounts.scoping import current_tenant
from notifications.enums import MailState
from notifications.forms.incoming import NewTicketForm, SearchForm, TicketForm
from notifications.ledger import (
    TO_DECIDE,
    Asked,
    add_firsts,
    counts_of_incoming,
    incoming_seen_by,
    matching_incoming,
    raw_bytes,
    raw_pieces,
    rule_about,
    with_names,
)
from notifications.mail.cleaning import fit, fit_line, without_secrets
from notifications.mail.parsing import parse
from notifications.models import IncomingMail
from notifications.tokens import without_token
from tickets.queries import desk_tickets

NEWEST_FIRST = Order("received_at", descending=True)
HEADERS_SHOWN = 20_000  # characters; the whole is in the source
SHOWN_AT_MOST = 30 * 1024 * 1024
RECIPIENTS_SHOWN = 5


@agents_only
def desk_incoming(request: PortalRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in MailState.values else ""
    form = SearchForm(request.GET)
    asked = form.asked(state)
    found = matching_incoming(incoming_seen_by(request.user), asked)
    chosen = found.filter(state=state) if state else found
    page = paginate(chosen, NEWEST_FIRST, request.GET, shown=with_names)
    add_firsts(page.items, request.user)
    context = {
        "page": page,
        "tabs": _tabs(counts_of_incoming(found), asked),
        "asked": asked,
        "form": form,
        "is_narrowed": bool(asked.words or asked.since or asked.until),
    }
    return render(request, "notifications/incoming.html", context)


@agents_only
def incoming_one(request: PortalRequest, pk: int) -> HttpResponse:
    return mail_page(request, fetch(request, pk))


@agents_only
def incoming_source(request: PortalRequest, pk: int) -> StreamingHttpResponse:
    """The mail as it came, to be saved; never shown, whatever is in it."""
    response = StreamingHttpResponse(raw_pieces(fetch(request, pk)), content_type="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{pk}.eml"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def fetch(request: PortalRequest, pk: int) -> IncomingMail:
    mail: IncomingMail = get_object_or_404(with_names(incoming_seen_by(request.user)), pk=pk)
    return mail


def mail_page(request: PortalRequest, mail: IncomingMail, *, status: int = 200, **forms: Any) -> HttpResponse:
    is_open = mail.state in TO_DECIDE
    sees_ticket = mail.ticket is not None and desk_tickets(request.user).filter(pk=mail.ticket.pk).exists()
    said = _said(mail)
    add_firsts([mail], request.user)
    number = {"number": mail.ticket.number} if sees_ticket and mail.ticket else {}
    context = {
        "mail": mail,
        "headers": _headers(mail),
        "rule": rule_about(mail.sender_key),
        "is_open": is_open,
        "sees_ticket": sees_ticket,
        "said": said,
        "new_form": NewTicketForm(mail=mail, agent=request.user) if is_open else None,
        "ticket_form": TicketForm(mail=mail, agent=request.user, initial=number) if is_open else None,
        **forms,
    }
    return render(request, "notifications/incoming_mail.html", context, status=status)


def _said(mail: IncomingMail) -> dict[str, Any] | None:
    """What the mail says, as plain text without the links that open tickets; None where it is too large for a page."""
    if mail.size > SHOWN_AT_MOST:
        return None
    parsed, hosts = parse(raw_bytes(mail)), _hosts()
    return {
        "new_text": without_secrets(fit(parsed.new_text), hosts),
        "quoted_text": without_secrets(fit(parsed.quoted_text), hosts),
        "to": ", ".join(without_token(fit_line(address, 254)) for address in parsed.recipients[:RECIPIENTS_SHOWN]),
        "files": [{"name": fit_line(file.name, 150), "size": len(file.content)} for file in parsed.attachments],
        "troubles": [fit_line(words, 300) for words in parsed.troubles],
        "forwarded": parsed.forwarded,
    }


def _hosts() -> list[str]:
    return [host.name for host in current_tenant().hosts.all()]


def _headers(mail: IncomingMail) -> str:
    """The head of the mail as it came, up to the empty line; what is no text in it is replaced, and the tokens of our
    own addresses are left out."""
    beginning = b""
    for piece in raw_pieces(mail):
        beginning += piece
        if b"\n\n" in beginning or b"\r\n\r\n" in beginning or len(beginning) > HEADERS_SHOWN * 4:
            break
    text = beginning.decode("utf-8", "replace").replace("\r\n", "\n").replace("\x00", "\ufffd")
    return without_secrets(text.partition("\n\n")[0][:HEADERS_SHOWN], _hosts())


def _tabs(counts: dict[str, int], asked: Asked) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        MailState.HELD: _("Held"),
        MailState.FAILED: _("Failed"),
        MailState.NEW_TICKET: _("New tickets"),
        MailState.REPLY: _("Replies"),
        MailState.REFUSED: pgettext("mail", "Refused"),
        MailState.WAITING: _("Not read yet"),
    }
    return [
        {
            "key": str(key),
            "label": label,
            "count": counts[key] if key else sum(counts.values()),
            "url": _address(asked, str(key)),
            "current": key == asked.state,
        }
        for key, label in labels.items()
    ]


def _address(asked: Asked, state: str) -> str:
    values = {"q": asked.words, "since": asked.since, "until": asked.until, "state": state}
    kept = {key: value for key, value in values.items() if value}
    return f"{reverse('desk_incoming')}?{urlencode(kept)}" if kept else reverse("desk_incoming")
