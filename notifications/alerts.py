"""What the mail about tickets that go stale says: each with why, since when, until when, and a way to take it on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountEvent, User
from accounts.scoping import current_tenant
from notifications.addresses import header_line
from notifications.enums import Trouble
from notifications.facts import Refused
from notifications.models import DigestItem
from notifications.naming import moment_in_words
from routing.enums import Ageing, Measure
from tickets.enums import WaitingOn
from tickets.models import Ticket, TicketEvent
from tickets.queries import desk_tickets
from tickets.timing import DUE

TICKETS_A_MAIL = 100  # the others are in the queue, and counted in the mail


@dataclass
class Stale:
    """One ticket in the mail: whose it is (`about`), each reason why it is there, and since when the oldest holds."""

    ticket: Ticket
    link: str
    take_on_link: str
    about: str
    since: datetime
    reasons: list[str] = field(default_factory=list)


def about_alert(event: AccountEvent) -> dict[str, Any]:
    """The values for the mail: the tickets its reader sees (still) and that are stale (still), the longest first; how
    many; and whether the mail comes late. Raises Refused when nothing is left to tell."""
    items = DigestItem.objects.filter(delivery__account_event=event).select_related(
        *(f"ticket_event__ticket__{name}" for name in ("organisation", "requester", "department", "assignee"))
    )
    found = _stories(event.user, [item.ticket_event for item in items.order_by("pk")])
    if not found:
        raise Refused(Trouble.SETTLED)
    return {
        "tickets": found[:TICKETS_A_MAIL],
        "number": len(found),
        "left_out": max(0, len(found) - TICKETS_A_MAIL),
        "is_late": bool(event.data.get("late")),
        "queue_url": current_tenant().url(reverse("desk")),
    }


def still_true(event: TicketEvent) -> bool:
    """Whether what an `escalated` event tells of holds still: the promise is open, or the ticket is as it was then."""
    ticket, data = event.ticket, event.data
    if ticket.is_closed:
        return False
    if data.get("measure"):
        return _due_at(ticket, Measure(data["measure"])) is not None
    return _is_still(Ageing(data["condition"]), ticket, data)


def _is_still(condition: Ageing, ticket: Ticket, data: dict[str, Any]) -> bool:
    ours, taken = ticket.waiting_on == WaitingOn.US, ticket.assignee_id is not None
    since = datetime.fromisoformat(data["since"]) if data.get("since") else None
    holds = {
        Ageing.UNTOUCHED: ours and not taken and ticket.first_answered_at is None,
        Ageing.UNASSIGNED: ours and not taken,
        Ageing.WAITING_ON_US: ours and since in (None, ticket.waiting_since),
        Ageing.NO_ACTIVITY: since in (None, ticket.last_activity_at),
        Ageing.REOPENED: True,
        Ageing.SNOOZED: ticket.snoozed_until is None or ticket.snoozed_until <= timezone.now(),
        Ageing.WAITING_FOR_CUSTOMER: ticket.waiting_on == WaitingOn.CUSTOMER,
    }
    return holds[condition]


def _stories(person: User, events: list[TicketEvent]) -> list[Stale]:
    seen = set(
        desk_tickets(person)
        .filter(pk__in={event.ticket_id for event in events})
        .order_by()
        .values_list("pk", flat=True)
    )
    stories: dict[int, Stale] = {}
    for event in events:
        ticket = event.ticket
        if ticket.pk not in seen or not still_true(event):
            continue
        since = datetime.fromisoformat(event.data["since"]) if event.data.get("since") else event.created_at
        story = stories.setdefault(ticket.pk, stale_ticket(ticket, since))
        story.since = min(story.since, since)
        reason = _reason(event, since)
        if reason not in story.reasons:
            story.reasons.append(reason)
    return sorted(stories.values(), key=lambda story: (story.since, story.ticket.number))


def stale_ticket(ticket: Ticket, since: datetime) -> Stale:
    """A ticket as such mails list it, without any reason yet."""
    tenant = current_tenant()
    link = tenant.url(reverse("desk_ticket", args=[ticket.number]))
    has_it = str(ticket.assignee) if ticket.assignee else _("nobody has it")
    facts = (ticket.department, ticket.organisation or ticket.requester, has_it)
    about = " · ".join(header_line(str(fact)) for fact in facts)
    return Stale(ticket, link, tenant.url(reverse("desk_take_on", args=[ticket.number])), about, since)


def _reason(event: TicketEvent, since: datetime) -> str:
    """Why a ticket is there, in the words its reader decides by."""
    if not event.data.get("measure"):
        words = {"reason": Ageing(event.data["condition"]).label, "since": moment_in_words(since)}
        return _("%(reason)s, since %(since)s.") % words
    measure = Measure(event.data["measure"])
    due = _due_at(event.ticket, measure) or since
    words = {"promise": measure.label, "due": moment_in_words(due), "since": moment_in_words(since)}
    if due <= timezone.now():
        return _("%(promise)s: over the promised time since %(due)s; it counts from %(since)s.") % words
    return _("%(promise)s: promised before %(due)s; it counts from %(since)s.") % words


def _due_at(ticket: Ticket, measure: Measure) -> datetime | None:
    due: datetime | None = getattr(ticket, DUE[measure])
    return due
