"""When customers may ask for news of a ticket."""

from datetime import datetime

from routing.models import AlertSettings
from routing.promises import Promises
from tickets.enums import EventKind, WaitingOn
from tickets.models import Ticket, TicketEvent
from tickets.putting_off import next_morning


def may_ask(ticket: Ticket, last: datetime | None, now: datetime) -> bool:
    """Whether news may be asked of a ticket that was asked `last` (None: never): it waits for us, and work has begun on
    another day since. Asks for calendars only where somebody has asked before."""
    if ticket.waiting_on != WaitingOn.US or not alert_settings().asks_for_news:
        return False
    if last is None:
        return True
    return now >= next_morning(Promises().hours_of_level(ticket.level_id, ticket.department_id), last)


def last_asked(ticket: Ticket) -> datetime | None:
    """When a customer asked for news of a ticket last, answered or not."""
    asked = TicketEvent.objects.filter(ticket=ticket, kind=EventKind.NUDGED, data__by__isnull=True).order_by("-pk")
    return asked.values_list("created_at", flat=True).first()


def alert_settings() -> AlertSettings:
    """What the portal has decided about what customers may ask and see; the defaults, not saved, where it has decided
    nothing."""
    found: AlertSettings | None = AlertSettings.objects.first()
    return found or AlertSettings()
