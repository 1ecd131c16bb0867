"""The service messages a ticket is about, on its pages."""

from typing import Any

from django import template

from accounts.models import User
from tickets.known_trouble import links_of
from tickets.models import Ticket

register = template.Library()


@register.inclusion_tag("components/service_links.html")
def service_links(ticket: Ticket, user: Any, *, desk: bool = False) -> dict[str, Any]:
    """As far as the reader may read them; a guest by a link reads what everybody may."""
    reader = user if isinstance(user, User) else None
    return {"links": list(links_of(ticket, reader)), "desk": desk}
