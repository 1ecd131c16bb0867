"""Incoming mails on the staff's pages: `{% incoming_of ticket timeline as mails_held %}`, and how one is described."""

from typing import Any

from django import template
from django.template import Context

from notifications.ledger import UNDECIDED, incoming_of_ticket
from notifications.models import IncomingMail
from notifications.tokens import without_token
from tickets.models import Ticket

register = template.Library()
_PROOFS = (("spf", "SPF"), ("dkim", "DKIM"), ("dmarc", "DMARC"))


@register.simple_tag(takes_context=True)
def incoming_of(context: Context, ticket: Ticket, timeline: list[Any] | None = None) -> list[IncomingMail]:
    """The mails held because of a ticket, for somebody to decide. Nothing for anybody who is not on the desk.

    Gives each of the timeline's messages that came by mail its mail (`entry.incoming`). One query.
    """
    if not context.get("is_agent"):
        return []
    mails = incoming_of_ticket(ticket)
    by_message = {mail.message_id: mail for mail in mails if mail.message_id}
    for entry in timeline or ():
        if entry.kind == "message":
            entry.incoming = by_message.get(entry.message.pk)
    return [mail for mail in mails if mail.state in UNDECIDED]


@register.filter
def without_seal(address: str) -> str:
    """An address of ours without the token in it, which opens a ticket to whoever writes to it."""
    return without_token(address) if address else ""


@register.simple_tag
def proofs(mail: IncomingMail) -> list[tuple[str, str, bool]]:
    """What our own mail server found about a mail's sender: (what was looked at, the finding, whether it is good)."""
    found: dict[str, Any] = mail.authentication if isinstance(mail.authentication, dict) else {}
    return [(name, str(found[key])[:40], found[key] == "pass") for key, name in _PROOFS if found.get(key)]
