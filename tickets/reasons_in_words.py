"""Why a ticket is where it is, in the reader's language. Plain text: names in it are escaped by whoever shows it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from tickets.enums import Channel, EventKind, Priority
from tickets.events_in_words import rules_chose_again, sentence
from tickets.models import HelpTopic, TicketEvent
from tickets.queries import topics_known_to

# The steps in the order they are asked; an exception stands in for its organisation's department.
STEPS = (("forced",), ("organisation", "exception"), ("rule",), ("earlier",), ("address",), ("topic",), ("default",))


@dataclass(frozen=True)
class Line:
    """What one step said. `outcome`: what came of it (`routing.facts.Outcome`)."""

    words: str
    outcome: str


@dataclass(frozen=True)
class Why:
    """`first`: what is to be read at once; `steps`: what each step said, in their order; `rest`: what else was said."""

    first: list[str] = field(default_factory=list)
    steps: list[list[Line]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def why_here(events: list[TicketEvent]) -> Why | None:
    """Why a ticket is in its department and in no other, for staff: the step that decided and all steps. Of one that
    was handed over: by whom, and then how it had come in. None where nothing is known."""
    decided = _latest(event for event in events if event.kind == EventKind.ROUTED or event.data.get("reasons"))
    moves = (event for event in events if event.kind == EventKind.TRANSFERRED and not event.data.get("by_rules"))
    moved = _latest(moves)
    if decided is None:
        return Why([sentence(moved)]) if moved else None
    why, again = reasons_in_words(decided), decided.kind == EventKind.TOPIC_CHANGED
    before = [rules_chose_again(decided), *why.first] if again else why.first
    if moved is None or moved.pk < decided.pk:
        return replace(why, first=before)
    return replace(why, first=[sentence(moved), *(before if again else [_("At first: %s") % one for one in before])])


def reasons_in_words(event: TicketEvent) -> Why:
    """What routing kept with an event for staff: what decided, every step, and why the priority is what it is."""
    return replace(_in_words(event.data.get("reasons", []), _topic(event)), rest=_priority(event))


def steps_in_words(reasons: Iterable[dict[str, Any]], topic: HelpTopic | None) -> Why:
    """A decision's reasons, as data, about a ticket of this topic that is only being tried."""
    return _in_words(reasons, topic.name if topic else "")


def reason_for_customer(events: list[TicketEvent], person: User) -> str:
    """Why the ticket is in its department in one plain sentence, which names no rule and nobody, and the topic only if
    it is meant for the person; nothing, once it was handed over. The events are as customers read them
    (`tickets.department_names`)."""
    last = _latest(event for event in events if event.kind in (EventKind.ROUTED, EventKind.TRANSFERRED))
    if last is None or last.kind != EventKind.ROUTED:
        return ""
    steps = (_step(reason) for reason in last.data.get("reasons", []) if reason.get("outcome") == "chosen")
    step = next(steps, "")
    if step == "topic" and not _is_known(last, person):
        step = ""
    words = {
        "forced": _("We passed it on to %(department)s at once."),
        "organisation": _("%(department)s answers the tickets of this organisation."),
        "exception": _("%(department)s answers the tickets of this organisation about this topic."),
        "earlier": _("%(department)s has helped with this before."),
        "address": _("%(department)s answers mails to the address you wrote to."),
        "topic": _("%(department)s answers tickets about “%(topic)s”."),
        "default": _("%(department)s sees to it that it comes to the right people."),
    }.get(step, _("%(department)s answers tickets like this one."))
    return words % {"department": last.data.get("department", ""), "topic": _topic(last)}


def _is_known(event: TicketEvent, person: User) -> bool:
    """Whether the topic the ticket had then is one whose name this person may read."""
    topic = event.ticket.topic
    then = (event.data.get("facts") or {}).get("topic", "") or (topic.slug if topic else "")
    return topics_known_to(person).filter(slug=then).exists()


def _latest(events: Iterable[TicketEvent]) -> TicketEvent | None:
    return max(events, key=lambda event: event.pk, default=None)


def _in_words(reasons: Iterable[dict[str, Any]], topic: str) -> Why:
    said = [(_step(reason), Line(_reason(reason, topic), reason.get("outcome", ""))) for reason in reasons]
    steps = [[line for step, line in said if step in names] for names in STEPS]
    return Why(
        first=[line.words for _name, line in said if line.outcome == "chosen"],
        steps=[lines for lines in steps if lines],  # events of before kept only those with something to say
    )


def _reason(reason: dict[str, str], topic: str) -> str:
    values = {name: reason.get(name, "") for name in ("subject", "department", "detail")} | {"topic": topic}
    outcome = reason.get("outcome")
    if outcome == "stopped":
        return _("After the rule “%(subject)s”, no other rule was asked.") % values
    if outcome == "nobody":
        return _nobody(values)
    if outcome == "nothing":
        return _nothing(_step(reason), values)
    said = _said(_step(reason), values) % values
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
        "address": _("%(department)s answers what is mailed to %(subject)s."),
        "topic": _("%(department)s answers tickets about “%(topic)s”."),
    }.get(step, _("%(department)s takes what nothing else decides."))


def _nothing(step: str, values: dict[str, str]) -> str:
    without = {
        "organisation": _("It belongs to no organisation."),
        "rule": _("No rule held."),
        "topic": _("It has no topic."),
    }
    if step in without and not values["topic" if step == "topic" else "subject"]:
        return without[step]
    words = {
        "forced": _("No agent chose a department."),
        "organisation": _("No department is responsible for %(subject)s."),
        "exception": _("What %(subject)s asks about “%(topic)s” is left to the next steps."),
        "rule": _("The rule “%(subject)s” held, but names no department."),
        "earlier": _("No earlier ticket of this person about the same topic counts."),
        "address": _("What is mailed to %(subject)s goes where its topic’s tickets go."),
        "topic": _("No department answers tickets about “%(topic)s”."),
    }.get(step, "")
    return words % values


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
        "address": _("Mails to this address begin with the priority %(priority)s."),
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
