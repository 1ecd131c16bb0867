"""An event as a sentence in the reader's language. Plain text: names in it are escaped by whoever shows it."""

from typing import Any

from django.utils.translation import gettext as _

from tickets.enums import EventKind, Priority, Status
from tickets.models import HelpTopic, TicketEvent


def sentence(event: TicketEvent) -> str:
    """What happened, in one quiet line."""
    who, data = event.actor.public_name if event.actor else _("The system"), event.data
    if event.kind == EventKind.ROUTED:
        return _("%(department)s received the ticket") % {"department": data.get("department", "")}
    if event.kind == EventKind.TRANSFERRED:
        return _("%(who)s handed the ticket over from %(before)s to %(after)s") % {
            "who": who,
            "before": data.get("from", ""),
            "after": data.get("to", ""),
        }
    if event.kind == EventKind.ASSIGNED:
        return _assigned(who, data)
    if event.kind == EventKind.STATUS_CHANGED:
        return _("%(who)s set the status to %(status)s") % {"who": who, "status": _label(Status, data.get("to"))}
    if event.kind == EventKind.PRIORITY_CHANGED:
        return _("%(who)s changed the priority from %(before)s to %(after)s") % {
            "who": who,
            "before": _label(Priority, data.get("from")),
            "after": _label(Priority, data.get("to")),
        }
    if event.kind in (EventKind.COLLABORATOR_ADDED, EventKind.COLLABORATOR_REMOVED):
        return _collaborator(event.kind, who, data)
    if event.kind == EventKind.CONFIDENTIALITY_CHANGED:
        return (
            _("%(who)s made the ticket confidential")
            if data.get("confidential")
            else _("%(who)s let colleagues read it")
        ) % {"who": who}
    return _plain(event.kind) % {"who": who}


def reasons_in_words(event: TicketEvent) -> list[str]:
    """Why a ticket is in its department: the steps routing kept with its `routed` event, one sentence each."""
    return [_reason(reason, event.ticket.topic) for reason in event.data.get("reasons", [])]


def _plain(kind: str) -> str:
    return {
        EventKind.OPENED: _("%(who)s opened the ticket"),
        EventKind.CLOSED: _("%(who)s closed the ticket"),
        EventKind.REOPENED: _("%(who)s reopened the ticket"),
        EventKind.CLAIMED: _("%(who)s took the ticket"),
        EventKind.REPLIED: _("%(who)s replied"),
        EventKind.NOTED: _("%(who)s wrote an internal note"),
        EventKind.LINKS_REVOKED: _("%(who)s made the links in earlier mails void"),
    }[EventKind(kind)]


def _assigned(who: str, data: dict[str, Any]) -> str:
    if data.get("name"):
        return _("%(who)s gave the ticket to %(name)s") % {"who": who, "name": data["name"]}
    if data.get("from"):
        return _("The ticket went back to the department, because %(name)s no longer works here") % {
            "name": data["from"]
        }
    return _("%(who)s gave the ticket back to the department") % {"who": who}


def _collaborator(kind: str, who: str, data: dict[str, Any]) -> str:
    names = {"who": who, "name": data.get("name", "")}
    if kind == EventKind.COLLABORATOR_ADDED:
        follows = data.get("follows")
        return (_("%(who)s follows the ticket") if follows else _("%(who)s added %(name)s to the ticket")) % names
    left = data.get("left")
    return (_("%(who)s left the ticket") if left else _("%(who)s took %(name)s off the ticket")) % names


def _reason(reason: dict[str, str], topic: HelpTopic | None) -> str:
    values = {"subject": reason.get("subject", ""), "department": reason.get("department", "")}
    if reason.get("outcome") == "closed":
        return _("%(department)s would have answered, but is closed.") % values
    step = reason.get("step") or reason.get("rule")  # as it was called in events of before
    if step == "organisation":
        return _("%(department)s is responsible for %(subject)s.") % values
    if step == "topic":
        values["subject"] = topic.name if topic else values["subject"]  # kept in the language of whoever filed
        return _("%(department)s answers tickets about “%(subject)s”.") % values
    return _("%(department)s takes what nothing else decides.") % values


def _label(kind: type[Status] | type[Priority], value: Any) -> str:
    return str(kind(value).label) if value in kind.values else str(value)
