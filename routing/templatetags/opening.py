"""Office hours on any page, also of apps that know nothing of calendars."""

from typing import Any

from django import template

from accounts.queries.telephones import Telephone
from routing.opening import opening_for

register = template.Library()


@register.inclusion_tag("components/opening.html")
def opening_hours(department_id: int | None = None) -> dict[str, Any]:
    """When somebody in a department is at work, or without one somebody of the portal; nothing where nobody has said
    so."""
    return {"opening": opening_for(department_id)}


@register.inclusion_tag("components/phone_line.html")
def phone_line(phone: Telephone | None) -> dict[str, Any]:
    """The portal's phone for those whose agreement shows it (S2, S5), and outside office hours the number then (M1).
    Nothing where `phone` is None; asks for the hours only where there is a number outside them."""
    opening = opening_for() if phone and phone.on_call else None
    return {"phone": phone, "is_on_call": opening is not None and not opening.is_open}
