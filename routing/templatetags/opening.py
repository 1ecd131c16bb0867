"""Office hours on any page, also of apps that know nothing of calendars."""

from typing import Any

from django import template

from accounts.queries.telephones import Telephone
from routing.opening import Opening, opening_for

register = template.Library()


@register.inclusion_tag("components/opening.html", takes_context=True)
def opening_hours(context: template.Context, department_id: int | None = None) -> dict[str, Any]:
    """When somebody in a department is at work, or without one somebody of the portal; nothing where nobody has said
    so."""
    return {"opening": _opening(context, department_id)}


@register.inclusion_tag("components/phone_line.html", takes_context=True)
def phone_line(context: template.Context, phone: Telephone | None) -> dict[str, Any]:
    """The portal's phone for those whose agreement shows it (S2, S5), and outside office hours the number then (M1).
    Nothing where `phone` is None; asks for the hours only where there is a number outside them."""
    opening = _opening(context, None) if phone and phone.on_call else None
    return {"phone": phone, "is_on_call": opening is not None and not opening.is_open}


def _opening(context: template.Context, department_id: int | None) -> Opening | None:
    """`opening_for`, asked once for a page that shows both the hours and the phone."""
    known: dict[int | None, Opening | None] = vars(context["request"]).setdefault("_opening_of", {})
    if department_id not in known:
        known[department_id] = opening_for(department_id)
    return known[department_id]
