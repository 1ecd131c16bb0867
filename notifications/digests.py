"""What a digest says: on which tickets something has happened, and what."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import AccountEvent, Tenant, User
from accounts.scoping import current_tenant
from notifications.addresses import body_text
from notifications.enums import DESK_KINDS, MailKind, Trouble
from notifications.facts import Refused
from notifications.models import DigestItem
from notifications.naming import moment_in_words, name_of
from tickets.links import ticket_link
from tickets.models import Ticket, TicketEvent
from tickets.queries import desk_tickets, participating

WORDS = 600  # characters of a reply; all of it is on the ticket's page


@dataclass
class Story:
    """One ticket in a digest, with what happened on it in the order it did."""

    ticket: Ticket
    link: str
    happenings: list[dict[str, str]] = field(default_factory=list)


def about_digest(event: AccountEvent) -> dict[str, Any]:
    """The values for a digest: `stories`, of the tickets its reader sees (still), and how many.

    Raises Refused when nothing is left to tell. Side effect: the life of a customer's links to the tickets is renewed.
    """
    person, tenant = event.user, current_tenant()
    items = DigestItem.objects.filter(delivery__account_event=event).order_by("pk")
    about = items.select_related("ticket_event__ticket__department", "ticket_event__actor", "ticket_event__message")
    stories: dict[int, Story] = {}
    for item in _still_seen(person, list(about)):
        ticket = item.ticket_event.ticket
        desk = item.kind in DESK_KINDS
        if ticket.pk not in stories:
            stories[ticket.pk] = Story(ticket, _link(person, ticket, tenant, desk=desk))
        stories[ticket.pk].happenings.append(_happening(item, tenant, desk=desk))
    if not stories:
        raise Refused(Trouble.LEFT)
    return {
        "stories": list(stories.values()),
        "number": len(stories),
        "personal_link": not person.is_agent,
        "choices_url": tenant.url(reverse("notification_choices")),
    }


def _still_seen(person: User, items: list[DigestItem]) -> list[DigestItem]:
    """Tickets may have gone elsewhere since, and people too."""
    keys = [item.ticket_event.ticket_id for item in items]
    own = set(participating(person).filter(pk__in=keys).values_list("pk", flat=True))
    desk = desk_tickets(person).filter(pk__in=keys).order_by() if person.is_agent else Ticket.objects.none()
    worked = set(desk.values_list("pk", flat=True))
    return [item for item in items if item.ticket_event.ticket_id in (worked if item.kind in DESK_KINDS else own)]


def _link(person: User, ticket: Ticket, tenant: Tenant, *, desk: bool) -> str:
    return tenant.url(reverse("desk_ticket", args=[ticket.number])) if desk else ticket_link(ticket, person)


def _happening(item: DigestItem, tenant: Tenant, *, desk: bool) -> dict[str, str]:
    event: TicketEvent = item.ticket_event
    words = body_text(event.message.body).strip() if event.message and item.kind in _WITH_WORDS else ""
    return {
        "what": _SENTENCES[MailKind(item.kind)](name_of(event.actor, tenant, desk=desk), event),
        "when": moment_in_words(event.created_at),
        "text": Truncator(words).chars(WORDS),
    }


def _replied(who: str, event: TicketEvent) -> str:
    return _("%(who)s has replied:") % {"who": who}


def _closed(who: str, event: TicketEvent) -> str:
    return _("%(who)s has closed the ticket.") % {"who": who}


def _reopened(who: str, event: TicketEvent) -> str:
    return _("%(who)s has opened the ticket again.") % {"who": who}


def _added(who: str, event: TicketEvent) -> str:
    return _("%(who)s has added you to the ticket.") % {"who": who}


def _new(who: str, event: TicketEvent) -> str:
    return _("A new ticket from %(who)s.") % {"who": who}


def _handed_over(who: str, event: TicketEvent) -> str:
    return _("%(who)s has handed the ticket over to %(department)s.") % {
        "who": who,
        "department": event.ticket.department,
    }


def _mail_returned(who: str, event: TicketEvent) -> str:
    return _("A mail to %(address)s came back and did not arrive.") % {"address": event.data.get("address", "")}


def _nudged(who: str, event: TicketEvent) -> str:
    return _("%(who)s asks whether there is any news.") % {"who": who}


_WITH_WORDS = frozenset({MailKind.COLLEAGUE_REPLY, MailKind.CUSTOMER_REPLY})
_SENTENCES: dict[MailKind, Callable[[str, TicketEvent], str]] = {
    MailKind.COLLABORATOR_ADDED: _added,
    MailKind.COLLEAGUE_REPLY: _replied,
    MailKind.CUSTOMER_REPLY: _replied,
    MailKind.CLOSED: _closed,
    MailKind.CLOSED_BY_CUSTOMER: _closed,
    MailKind.REOPENED: _reopened,
    MailKind.REOPENED_BY_CUSTOMER: _reopened,
    MailKind.NEW_TICKET: _new,
    MailKind.TRANSFERRED: _handed_over,
    MailKind.MAIL_RETURNED: _mail_returned,
    MailKind.NUDGED: _nudged,
}
