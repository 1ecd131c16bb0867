"""What routing is told about tickets: one that is being filed, one that is made up, and old ones as they were then.

A ticket keeps with its `routed` event what can change afterwards: its answers, priority and topic then, who had handled
the requester before. So rules can be tried on old tickets as if they were filed now.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Min, Q
from django.utils import timezone

from accounts.enums import Role
from accounts.languages import in_readers_language
from accounts.models import Agreement, Organisation, User
from accounts.queries.portals import portals_today
from routing.checking import Known
from routing.facts import FIELD, RuleFact, TicketFacts
from routing.models import Department, OrganisationDepartment
from routing.queries import earlier_days
from tickets.enums import Channel, EventKind, FieldKind, Priority
from tickets.facts import MailedTo
from tickets.models import (
    FieldAnswer,
    FormField,
    HelpTopic,
    Message,
    OrganisationException,
    Ticket,
    TicketEvent,
)
from tickets.questions import NO_QUESTION, values_of

WORDS = 20_000  # characters of subject and text that rules look through
EARLIER_LOOKED_AT = 50  # of somebody's latest tickets on a topic
ANSWER_LENGTH = 2_000  # characters of an answer that they look at

Earlier = tuple[int | None, int | None]  # a department, and the number of the ticket it handled


def facts_at_filing(
    *,
    requester: User | None,
    topic: HelpTopic | None,
    subject: str,
    body: str,
    channel: Channel | str,
    answers: Mapping[FormField, str],
    priority: Priority | str,
    language: str = "",
    forced: Department | None = None,
    forced_by: str = "",
    organisation: Organisation | None = None,
    address: str = "",
    mailed_to: MailedTo | None = None,
    days: int | None = None,
) -> TicketFacts:
    """A ticket as it is filed now. `requester` None is for one that is made up: then `organisation` and `address` say
    who would file it. `days`: for how many a department goes on handling somebody, where that is known."""
    if requester is not None:
        organisation, address, language = requester.organisation, requester.email, language or requester.language
    earlier_department, earlier_ticket = earlier_communication(requester, topic, days)
    # Asked for nobody's, too: what a guest's form costs must not tell whether the address is a customer's. A mail is
    # read while nobody waits.
    nobodys = [] if channel == Channel.MAIL else [0]
    found = _Standing([organisation.pk] if organisation else nobodys, [topic.pk] if topic else [])
    return TicketFacts(
        **_topic_facts(topic),
        **found.organisation_facts(organisation, topic),
        forced_department=forced.pk if forced else None,
        forced_by=forced_by,
        agreement=agreement_of(organisation),
        channel=str(channel),
        address=address,
        language=language,
        priority=str(priority),
        words=_words(subject, body),
        answers=answered({field.key: (field.kind, value) for field, value in answers.items()}),
        earlier_department=earlier_department,
        earlier_ticket=earlier_ticket,
        mailed_to=mailed_to.email if mailed_to else "",
        mailed_to_department=mailed_to.department if mailed_to else None,
    )


def earlier_communication(requester: User | None, topic: HelpTopic | None, days: int | None = None) -> Earlier:
    """The department that handled this person on this topic last, and on which ticket (T5); none, where that is too
    long ago, or nobody of the staff has done anything yet."""
    days = earlier_days() if days is None else days
    if not days or requester is None or topic is None:
        return None, None
    since = timezone.now() - timedelta(days=days)
    theirs = Ticket.objects.filter(requester=requester, topic=topic, last_activity_at__gte=since)
    latest = theirs.order_by("-last_activity_at", "-pk").values_list("pk", "department_id", "number", "assignee_id")
    # In two steps, because most people have no such ticket, or one that somebody has: looking for what staff wrote on
    # each of them in the same question costs more than all the rest of filing a mail.
    found = list(latest[:EARLIER_LOOKED_AT])
    handled = {pk for pk, _department, _number, assignee in found if assignee is not None}
    if found and found[0][0] not in handled:
        others = ~Q(author__role=Role.CUSTOMER) & ~Q(author=requester) & ~Q(channel=Channel.GUEST)
        by_staff = Message.objects.filter(others, ticket__in=[row[0] for row in found], written_by="")
        handled |= set(by_staff.order_by().values_list("ticket_id", flat=True))
    return next(((department, number) for pk, department, number, _who in found if pk in handled), (None, None))


def kept_facts(facts: TicketFacts) -> dict[str, Any]:
    """What of a ticket's facts is kept with it, because it can be otherwise when it is looked at again."""
    return {
        "topic": facts.topic,
        "agreement": facts.agreement,
        "language": facts.language,
        "priority": facts.priority,
        "answers": {key: list(values) for key, values in facts.answers.items()},
        "earlier": [facts.earlier_department, facts.earlier_ticket],
        "forced": [facts.forced_department, facts.forced_by],
        **({"mailed_to": [facts.mailed_to, facts.mailed_to_department]} if facts.mailed_to else {}),
    }


def facts_of(tickets: Sequence[Ticket], *, with_words: bool = True) -> list[TicketFacts]:
    """Tickets as they were filed, in a constant number of queries: their own facts as they were then; which department
    an organisation and a topic has, as it is now. Their `requester`, `topic` and `organisation` are to be at hand.

    `with_words`: read what they say as well, which only rules about words need.
    """
    kept = _kept_with(tickets)
    bodies = _first_words(tickets) if with_words else {}
    slugs = {str(facts["topic"]) for facts in kept.values() if facts.get("topic")}
    topics = {topic.slug: topic for topic in HelpTopic.objects.filter(slug__in=slugs)}
    found = _Standing({ticket.organisation_id for ticket in tickets if ticket.organisation_id}, None)
    unkept = _answers_now([ticket.pk for ticket in tickets if ticket.pk not in kept])
    return [
        _facts_then(
            ticket,
            kept.get(ticket.pk) or {"answers": unkept.get(ticket.pk, {})},
            bodies.get(ticket.pk, ""),
            topics,
            found,
        )
        for ticket in tickets
    ]


def known_facts(rules: Iterable[RuleFact]) -> Known:
    """What the portal has that rules can name; of what there may be thousands of, only what these rules name."""
    named: dict[str, set[str]] = {}
    for rule in rules:
        for condition in rule.conditions:
            named.setdefault(condition.fact, set()).update(condition.values)
    names: dict[str, Mapping[str, str]] = {
        "topic": {topic.slug: topic.name for topic in HelpTopic.objects.filter(is_active=True)},
        "channel": {value: str(label) for value, label in Channel.choices},
        "priority": {value: str(label) for value, label in Priority.choices},
        "organisation": _named(Organisation, named.get("organisation", ())),
        "agreement": _named(Agreement, named.get("agreement", ())),
        "earlier": _named(Department, named.get("earlier", ())),
    }
    fields: dict[str, str] = {}
    several: set[str] = set()
    choices: dict[str, dict[str, str] | None] = {}
    for field in FormField.objects.filter(is_active=True).exclude(kind__in=NO_QUESTION):
        fields.setdefault(field.key, field.label)
        if field.kind == FieldKind.CHOICES:
            several.add(field.key)
        _collect_choices(choices, field)
    names |= {f"{FIELD}{key}": values for key, values in choices.items() if values is not None}
    staff = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER)
    return Known(names, fields, frozenset(several), {agent.pk: str(agent) for agent in staff})


def answered(answers: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Answers, each with its question's kind, as routing is told of them: several choices are several values."""
    found = {
        key: tuple(one[:ANSWER_LENGTH] for one in values_of(kind, value))
        for key, (kind, value) in answers.items()
        if kind not in NO_QUESTION
    }
    return {key: values for key, values in found.items() if any(values)}


def agreement_of(organisation: Organisation | None) -> int | None:
    """The agreement an organisation has today."""
    holds = organisation is not None and organisation.agreement_id and organisation.agreement_holds(portals_today())
    return organisation.agreement_id if organisation is not None and holds else None


class _Standing:
    """Which department organisations have, and their exceptions, for as many as are asked about."""

    def __init__(self, organisations: Iterable[int], topics: Iterable[int] | None) -> None:
        ids = list(organisations)
        responsible = OrganisationDepartment.objects.filter(organisation__in=ids)
        self.departments: dict[int, int] = dict(responsible.values_list("organisation_id", "department_id"))
        rows = OrganisationException.objects.filter(organisation__in=ids)
        if topics is not None:
            rows = rows.filter(topic__in=topics)
        self.exceptions: dict[tuple[int, int], int | None] = {
            (organisation, topic): department
            for organisation, topic, department in rows.values_list("organisation_id", "topic_id", "department_id")
        }

    def organisation_facts(self, organisation: Organisation | None, topic: HelpTopic | None) -> dict[str, Any]:
        if organisation is None:
            return {}
        pair = (organisation.pk, topic.pk if topic else 0)
        excepted = pair in self.exceptions
        return {
            "organisation": organisation.pk,
            "organisation_name": organisation.name,
            "organisation_department": self.exceptions[pair] if excepted else self.departments.get(organisation.pk),
            "exception": excepted,
        }


def _topic_facts(topic: HelpTopic | None) -> dict[str, Any]:
    if topic is None:
        return {}
    return {"topic": topic.slug, "topic_name": topic.name, "topic_department": topic.department_id}


def _facts_then(
    ticket: Ticket, kept: Mapping[str, Any], body: str, topics: Mapping[str, HelpTopic], found: _Standing
) -> TicketFacts:
    topic = topics.get(kept.get("topic", "")) or ticket.topic
    earlier, forced = kept.get("earlier") or (None, None), kept.get("forced") or (None, "")
    mailed_to = kept.get("mailed_to") or ("", None)
    return TicketFacts(
        **_topic_facts(topic),
        **found.organisation_facts(ticket.organisation, topic),
        forced_department=forced[0],
        forced_by=forced[1],
        agreement=kept["agreement"] if "agreement" in kept else agreement_of(ticket.organisation),
        channel=ticket.channel,
        address=ticket.requester.email,
        language=kept.get("language") or ticket.requester.language,
        priority=kept.get("priority") or ticket.priority,
        words=_words(ticket.subject, body),
        answers={key: tuple(values) for key, values in (kept.get("answers") or {}).items()},
        earlier_department=earlier[0],
        earlier_ticket=earlier[1],
        mailed_to=mailed_to[0],
        mailed_to_department=mailed_to[1],
    )


def _kept_with(tickets: Sequence[Ticket]) -> dict[int, dict[str, Any]]:
    """What each ticket kept when it was filed; nothing for those filed before it was kept."""
    routed = TicketEvent.objects.filter(ticket__in=tickets, kind=EventKind.ROUTED).order_by("pk")
    found: dict[int, dict[str, Any]] = {}
    for ticket, data in routed.values_list("ticket_id", "data"):
        if data.get("facts"):
            found.setdefault(ticket, data["facts"])  # the first: it was filed once
    return found


def _first_words(tickets: Sequence[Ticket]) -> dict[int, str]:
    first = Message.objects.filter(ticket__in=tickets).order_by().values("ticket").annotate(first=Min("pk"))
    return dict(Message.objects.filter(pk__in=first.values("first")).values_list("ticket_id", "body"))


def _answers_now(tickets: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    found: dict[int, dict[str, tuple[str, str]]] = {}
    answers = FieldAnswer.objects.filter(ticket__in=tickets) if tickets else FieldAnswer.objects.none()
    for ticket, key, kind, value in answers.values_list("ticket_id", "key", "kind", "value"):
        found.setdefault(ticket, {})[key] = (kind, value)
    return {ticket: answered(given) for ticket, given in found.items()}


def _words(subject: str, body: str) -> str:
    return f"{subject}\n{body}"[:WORDS]


def _named(model: Any, ids: Iterable[str]) -> dict[str, str]:
    numbers = [int(one) for one in ids if one.isdecimal() and len(one) < 19]
    return {str(row.pk): str(row) for row in model.objects.filter(pk__in=numbers)}


def _collect_choices(choices: dict[str, dict[str, str] | None], field: FormField) -> None:
    """The values a question can have: those of all forms that ask it under this key; any, if one asks it freely."""
    if field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
        choices[field.key] = None
    elif choices.setdefault(field.key, {}) is not None:
        words = {one["value"]: _label(one) for one in field.choices}
        choices[field.key] = {**words, **(choices[field.key] or {})}


def _label(choice: Mapping[str, str]) -> str:
    return in_readers_language(choice.get("sv", ""), choice.get("en", "")) or choice["value"]
