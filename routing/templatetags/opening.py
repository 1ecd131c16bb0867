"""Office hours on any page, also of apps that know nothing of calendars."""

from typing import Any

from django import template

from routing.opening import opening_for

register = template.Library()


@register.inclusion_tag("components/opening.html")
def opening_hours(department_id: int | None = None) -> dict[str, Any]:
    """When somebody in a department is at work, or without one somebody of the portal; nothing where nobody has said
    so."""
    return {"opening": opening_for(department_id)}
