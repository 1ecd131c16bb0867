"""Why a ticket is where it is, in the reader's language. Plain text: names in it are escaped by whoever shows it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tickets.enums import Channel, EventKind, Priority
from tickets.events_in_words import sentence
from tickets.models import HelpTopic, TicketEvent


def why_here(events: list[TicketEvent]) -> list[str]:
    """Why a ticket is in its department, for staff: first what decided, then everything else that had a say. Of one
    that was handed over: by whom, and why it was where it came from."""
    last = _last_move(events)
    if last is None:
        return []
    if last.kind == EventKind.ROUTED:
        return reasons_in_words(last)
    routed = _last_move([event for event in events if event.kind == EventKind.ROUTED])
    before = reasons_in_words(routed)[:1] if routed else []
    return [sentence(last), *(_("At first: %s") % reason for reason in before)]


def reasons_in_words(event: TicketEvent) -> list[str]:
    """The steps routing kept with its `routed` event, one sentence each for staff: first what decided, then the others
    in the order they were asked, last why the priority is what it is."""
    return [*_steps_in_words(event.data.get("reasons", []), _topic(event)), *_priority(event)]


def steps_in_words(reasons: Iterable[dict[str, Any]], topic: HelpTopic | None) -> list[str]:
    """A decision's reasons, as data, about a ticket of this topic that is only being tried."""
    return _steps_in_words(reasons, topic.name if topic else "")


def reason_for_customer(events: list[TicketEvent]) -> str:
    """Why the ticket is in its department in one plain sentence, which names no rule and nobody; nothing, once it was
    handed over. The events are as customers read them (`tickets.department_names`)."""
    last = _last_move(events)
    if last is None or last.kind != EventKind.ROUTED:
        return ""
    steps = (_step(reason) for reason in last.data.get("reasons", []) if reason.get("outcome") == "chosen")
    words = {
        "forced": _("We passed it on to %(department)s at once."),
        "organisation": _("%(department)s answers the tickets of this organisation."),
        "exception": _("%(department)s answers the tickets of this organisation about this topic."),
        "earlier": _("%(department)s has helped with this before."),
        "topic": _("%(department)s answers tickets about “%(topic)s”."),
        "default": _("%(department)s sees to it that it comes to the right people."),
    }.get(next(steps, ""), _("%(department)s answers tickets like this one."))
    return words % {"department": last.data.get("department", ""), "topic": _topic(last)}


def _last_move(events: list[TicketEvent]) -> TicketEvent | None:
    moves = [event for event in events if event.kind in (EventKind.ROUTED, EventKind.TRANSFERRED)]
    return max(moves, key=lambda event: event.pk, default=None)


def _steps_in_words(reasons: Iterable[dict[str, Any]], topic: str) -> list[str]:
    decided_first = sorted(reasons, key=lambda reason: reason.get("outcome") != "chosen")
    return [_reason(reason, topic) for reason in decided_first]


def _reason(reason: dict[str, str], topic: str) -> str:
    values = {name: reason.get(name, "") for name in ("subject", "department", "detail")} | {"topic": topic}
    outcome = reason.get("outcome")
    if outcome == "stopped":
        return _("After the rule “%(subject)s”, no other rule was asked.") % values
    if outcome == "nobody":
        return _nobody(values)
    said = _said(_step(reason), values) % values
    if outcome == "late":
        return f"{said} {_('Something before it had decided already.')}"
    if outcome == "closed":
        return f"{said} {_('But it is closed, so it was passed over.')}"
    return said


def _said(step: str, values: dict[str, str]) -> str:
    if step == "rule" and values["detail"]:
        return _("The rule “%(subject)s” names %(department)s, which its table has for “%(detail)s”.")
    return {
        "forced": _("%(subject)s chose %(department)s."),
        "organisation": _("%(department)s is responsible for %(subject)s."),
        "exception": _("%(department)s is responsible for what %(subject)s asks about “%(topic)s”."),
        "rule": _("The rule “%(subject)s” names %(department)s."),
        "earlier": _("%(department)s handled this person’s earlier ticket %(subject)s about the same topic."),
        "topic": _("%(department)s answers tickets about “%(topic)s”."),
    }.get(step, _("%(department)s takes what nothing else decides."))


def _nobody(values: dict[str, str]) -> str:
    if values["department"]:
        words = _("The rule “%(subject)s” would have given it to somebody, but they do not work in %(department)s.")
    elif values["detail"]:
        words = _("The rule “%(subject)s” looked in its table, which has nothing for “%(detail)s”.")
    else:
        words = _("The rule “%(subject)s” had nothing to look up in its table, because it was not stated.")
    return words % values


def _priority(event: TicketEvent) -> list[str]:
    kept = event.data.get("priority") or {}
    value = kept.get("value")
    if value not in Priority.values:
        return []
    words = {
        "rule": _("The rule “%(rule)s” set the priority to %(priority)s."),
        "agent": _("Whoever filed it for the customer chose the priority %(priority)s."),
        "customer": _("The customer chose the priority %(priority)s."),
        "channel": _("Tickets %(channel)s begin with the priority %(priority)s."),
        "topic": _("Tickets about this topic begin with the priority %(priority)s."),
    }.get(kept.get("why", ""))
    names = {
        "priority": str(Priority(value).label).lower(),
        "rule": kept.get("rule", ""),
        "channel": _channel(event.ticket.channel),
    }
    return [words % names] if words else []


def _step(reason: dict[str, str]) -> str:
    return reason.get("step") or reason.get("rule", "")  # as it was called in events of before


def _topic(event: TicketEvent) -> str:
    """The topic's name for this reader; as it was then, if the ticket has another one now."""
    topic = event.ticket.topic
    then = (event.data.get("facts") or {}).get("topic", "")
    if topic is not None and then in ("", topic.slug):
        return topic.name
    reasons = event.data.get("reasons", [])
    return next((reason.get("subject", "") for reason in reasons if _step(reason) == "topic"), "") or then


def _channel(value: str) -> str:
    return str(Channel(value).label) if value in Channel.values else ""
