"""`{% deliveries_of ticket timeline as mails_failed %}`: what became of a ticket's mails, for the staff's page."""

from collections import defaultdict
from typing import Any

from django import template
from django.template import Context

from accounts.models import User
from notifications.enums import TO_BE_LOOKED_AT
from notifications.models import BouncingAddress, Delivery
from notifications.queries import (
    bouncing_address,
    deliveries_of_ticket,
    is_undelivered,
    last_trouble_of,
    undelivered_among,
)
from tickets.models import Ticket

register = template.Library()


@register.simple_tag(takes_context=True)
def mail_trouble(context: Context, person: User, ticket: Ticket | None = None) -> Delivery | None:
    """`{% mail_trouble person as trouble %}`: the last mail to somebody, if it did not get out; for staff. With
    `ticket`, whose page tells of its own failed mails, only one about something else. One query."""
    if not context.get("is_agent"):
        return None
    last = last_trouble_of(person)
    is_told = last is not None and ticket is not None and last.ticket == ticket
    return None if is_told else last


@register.simple_tag(takes_context=True)
def bouncing(context: Context, person: User) -> BouncingAddress | None:
    """`{% bouncing person as row %}`: their address, if mails to it come back again and again; for staff. One query."""
    return bouncing_address(person) if context.get("is_agent") else None


@register.simple_tag(takes_context=True)
def mark_undelivered(context: Context, tickets: list[Ticket]) -> str:
    """`{% mark_undelivered tickets %}`: gives each ticket of the queue `is_undelivered`, whether a mail to a customer
    about it did not get out or came back. One query, and none where the rail counts no failed mails anyway."""
    if context.get("is_agent") and context.get("mails_failed_total"):
        failed = undelivered_among(tickets)
        for ticket in tickets:
            ticket.is_undelivered = ticket.pk in failed
    return ""


@register.simple_tag(takes_context=True)
def deliveries_of(context: Context, ticket: Ticket, timeline: list[Any] | None = None) -> list[Delivery]:
    """The ticket's mails that failed or may not have arrived. Nothing for anybody who is not on the desk.

    Gives each of the timeline's messages the mails it led to (`entry.deliveries`), and the ticket its mark as in the
    queue (`is_undelivered`). One query.
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
    ticket.is_undelivered = any(is_undelivered(mail) for mail in mails)
    return [mail for mail in mails if mail.state in TO_BE_LOOKED_AT]
