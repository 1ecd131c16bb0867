"""Service messages on every page."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from knowledge.queries.service_messages import told_on_pages
from knowledge.views.dismissed import is_dismissed

register = template.Library()
SHOWN = 3


@register.inclusion_tag("components/service_banner.html", takes_context=True)
def service_banner(context: Context) -> dict[str, Any]:
    """What is going on and what is planned soon, but for what this reader has put away. Nothing on a page that has no
    request (those for trouble), and nothing of the message whose own page it is."""
    request = context.get("request")
    tenant = getattr(request, "tenant", None)
    if request is None or tenant is None:
        return {"told": []}
    user, now = getattr(request, "user", None), timezone.now()
    reader = user if user is not None and user.is_authenticated else None
    own = context.get("message")
    told = [
        message
        for message in told_on_pages(tenant, reader, now)
        if message != own and not is_dismissed(request, message)
    ]
    return {
        "told": [(message, message.starts_at > now) for message in told[:SHOWN]],
        "more": len(told[SHOWN:]),
        "here": request.get_full_path() if request.method == "GET" else "",
    }
