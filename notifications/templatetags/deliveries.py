"""`{% deliveries_of ticket timeline as mails_failed %}`: what became of a ticket's mails, for the staff's page."""

from collections import defaultdict
from typing import Any

from django import template
from django.template import Context

from notifications.models import Delivery
from notifications.queries import TO_BE_LOOKED_AT, deliveries_of_ticket
from tickets.models import Ticket

register = template.Library()


@register.simple_tag(takes_context=True)
def deliveries_of(context: Context, ticket: Ticket, timeline: list[Any] | None = None) -> list[Delivery]:
    """The ticket's mails that failed or may not have arrived. Nothing for anybody who is not on the desk.

    Gives each of the timeline's messages the mails it led to (`entry.deliveries`). One query.
    """
    if not context.get("is_agent"):
        return []
    mails = deliveries_of_ticket(ticket)
    by_message: dict[int, list[Delivery]] = defaultdict(list)
    for mail in mails:
        if mail.ticket_event and mail.ticket_event.message_id:
            by_message[mail.ticket_event.message_id].append(mail)
    for entry in timeline or ():
        if entry.kind == "message":
            entry.deliveries = by_message.get(entry.message.pk, [])
    return [mail for mail in mails if mail.state in TO_BE_LOOKED_AT]
