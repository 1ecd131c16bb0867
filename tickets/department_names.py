"""What customers read where staff read a department's name: only of departments that are to be known to them."""

from collections.abc import Iterable
from typing import Any

from accounts.scoping import current_tenant
from routing.models import Department
from tickets.enums import EventKind
from tickets.models import TicketEvent

# Where an event keeps a department's name → where it keeps its id. Events of before keep the name alone.
KEPT = {
    EventKind.ROUTED: {"department": "department_id"},
    EventKind.TRANSFERRED: {"from": "from_department", "to": "department"},
}


def as_customers_read(events: Iterable[TicketEvent]) -> list[TicketEvent]:
    """Events with the portal's name in place of each department's that customers may not read, or that is not known to
    be one they may; and without a word of its having closed, if it has. Changes the objects in memory only."""
    found = list(events)
    telling = [event for event in found if event.kind in KEPT]
    public: dict[int, str] = {}
    if telling:
        public = dict(Department.objects.filter(is_public=True).values_list("pk", "name"))
    for event in telling:
        event.data = event.data | _shown(event.data, KEPT[EventKind(event.kind)], public)
    return found


def _shown(data: dict[str, Any], kept: dict[str, str], public: dict[int, str]) -> dict[str, Any]:
    names = set(public.values())
    shown: dict[str, Any] = {}
    for name, whose in kept.items():
        known = data[whose] in public if whose in data else data.get(name) in names
        shown[name] = str(data.get(name, "")) if known else current_tenant().name
        if name == "from" and not known:
            shown["closing"] = False
    return shown
