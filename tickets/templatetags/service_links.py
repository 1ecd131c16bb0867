"""The service messages a ticket is about, on its pages."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from knowledge.models import ServiceMessage
from tickets.known_trouble import linked_tickets, links_of, messages_to_link
from tickets.models import Ticket

register = template.Library()


@register.inclusion_tag("components/service_links.html")
def service_links(ticket: Ticket, user: Any, *, desk: bool = False) -> dict[str, Any]:
    """As far as the reader may read them; a guest by a link reads what everybody may."""
    reader = user if isinstance(user, User) else None
    return {"links": list(links_of(ticket, reader)), "ticket": ticket, "desk": desk}


@register.inclusion_tag("components/service_choice.html")
def service_choice(ticket: Ticket, user: User) -> dict[str, Any]:
    """What an agent may say besides that it is about."""
    return {"offered": messages_to_link(ticket, user, timezone.now()), "ticket": ticket}


@register.simple_tag
def tickets_about(message: ServiceMessage, user: User) -> int:
    """How many tickets that this agent sees are about it."""
    return linked_tickets(user, message).count()
