"""Who sees which tickets, and what else pages need to know. Access is decided here, where things are fetched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Substr
from django.utils import timezone

from accounts.enums import Role
from accounts.folding import fold_text
from accounts.models import Organisation, Site, User
from accounts.queries.colleagues import sees_organisations_tickets
from accounts.queries.portals import portals_today
from routing.queries import sight_of
from tickets.enums import (
    Audience,
    Channel,
    EventKind,
    FieldAccess,
    FieldKind,
    LeadsTo,
    MessageKind,
    PriorityUse,
    Whose,
)
from tickets.models import (
    Collaborator,
    FieldAnswer,
    Follower,
    FormField,
    HelpTopic,
    Message,
    PrioritySettings,
    Reading,
    Tag,
    Ticket,
    TicketEvent,
    TicketTag,
    TopicAgreement,
    TopicOrganisation,
)
from tickets.questions import asked_questions

EXCERPT = 160
LAST_MOMENT = timedelta(seconds=1)
CUSTOMER_EVENTS = (
    EventKind.ROUTED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.TRANSFERRED,
    EventKind.COLLABORATOR_ADDED,
    EventKind.COLLABORATOR_REMOVED,
    EventKind.CONFIDENTIALITY_CHANGED,
    EventKind.NUDGED,
)
NOT_BY_STAFF = (FieldKind.FILE, FieldKind.HEADING)  # kinds of questions that staff do not answer on a ticket
ANSWERS_WITH_NAMES = (FieldKind.TEXT, FieldKind.EMAIL, FieldKind.ORGANISATION, FieldKind.SITE)
LONGEST_NAME = 80
WITH_NAMES = ("requester", "organisation", "department", "assignee", "topic")


def customer_tickets(user: User) -> QuerySet[Ticket]:
    """The tickets a person reads as a customer: those they take part in, and those of their present organisation as
    far as it lets its people see each other's; of these never a confidential one."""
    ways = _part_of(user)
    if sees_organisations_tickets(user):
        ways.append(Ticket.objects.filter(organisation=user.organisation_id, is_confidential=False).values("pk"))
    return _in_any(ways)


def participating(user: User) -> QuerySet[Ticket]:
    """The tickets a person takes part in, as requester or collaborator: only they reply, close, reopen, add colleagues,
    and are told of news."""
    return _in_any(_part_of(user))


def takes_part(user: User, ticket: Ticket) -> bool:
    """Whether somebody takes part in a ticket, as it is now."""
    return participating(user).filter(pk=ticket.pk).exists()


def participants_of(ticket: Ticket) -> list[User]:
    """The requester, then the collaborators in the order they came."""
    added = Collaborator.objects.filter(ticket=ticket).select_related("user")
    return [ticket.requester, *(row.user for row in added)]


def _part_of(user: User) -> list[QuerySet[Any]]:
    if not user.is_active:
        return [Ticket.objects.none().values("pk")]
    return [
        Ticket.objects.filter(requester=user).values("pk"),
        Collaborator.objects.filter(user=user).order_by().values("ticket_id"),
    ]


def _in_any(ways: list[QuerySet[Any]]) -> QuerySet[Ticket]:
    """The tickets found in one of these ways. Each is a question an index answers; with an OR between them a database
    reads all tickets there are."""
    first, *others = ways
    found: QuerySet[Ticket] = Ticket.objects.filter(pk__in=first.union(*others, all=True) if others else first)
    return found.select_related(*WITH_NAMES)


def desk_tickets(agent: User) -> QuerySet[Ticket]:
    """The tickets an agent sees on the desk: those of their departments, and those assigned to them."""
    tickets = Ticket.objects.select_related(*WITH_NAMES)
    departments = sight_of(agent).department_ids
    if departments is None:
        return tickets
    if not agent.is_agent:
        return tickets.none()
    return tickets.filter(Q(department__in=departments) | Q(assignee=agent))


def works_on(agent: User, ticket: Ticket) -> bool:
    """Whether an agent sees a ticket on the desk, as it is now."""
    return agent.is_active and agent.is_agent and desk_tickets(agent).filter(pk=ticket.pk).exists()


def works_on_as_read(agent: User, ticket: Ticket) -> bool:
    """The same of a ticket as it was when it was read; without asking the database, once the agent's sight is known."""
    if not (agent.is_active and agent.is_agent):
        return False
    departments = sight_of(agent).department_ids
    return departments is None or ticket.department_id in departments or ticket.assignee_id == agent.pk


def where_it_leads(ticket: Ticket) -> Ticket:
    """The ticket that a merged one leads to in the end, as it is now; itself where it is not merged."""
    seen = {ticket.pk}
    now: Ticket = Ticket.objects.get(pk=ticket.pk)
    while now.merged_into_id is not None and now.merged_into_id not in seen:
        seen.add(now.merged_into_id)
        now = Ticket.objects.get(pk=now.merged_into_id)
    return now if now.pk != ticket.pk else ticket


@dataclass(frozen=True)
class Ties:
    """The tickets that one is tied to, as far as its reader sees them: what it was merged into, what was merged into
    it, what it goes on from, and what goes on from it."""

    merged_into: Ticket | None
    merged: list[Ticket]
    follows: Ticket | None
    followed_by: list[Ticket]


def ties_of(ticket: Ticket, seen: QuerySet[Ticket]) -> Ties:
    """`seen`: the tickets its reader sees. In one query."""
    near = Q(merged_into=ticket.pk) | Q(follows=ticket.pk)
    near |= Q(pk__in=[pk for pk in (ticket.merged_into_id, ticket.follows_id) if pk])
    found = list(seen.filter(near).exclude(pk=ticket.pk).order_by("number")[:100])
    return Ties(
        next((one for one in found if one.pk == ticket.merged_into_id), None),
        [one for one in found if one.merged_into_id == ticket.pk],
        next((one for one in found if one.pk == ticket.follows_id), None),
        [one for one in found if one.follows_id == ticket.pk],
    )


def messages_for(ticket: Ticket, *, staff: bool) -> QuerySet[Message]:
    """A ticket's messages as one side may read them; internal notes, and replies that can still be taken back, for
    staff only. What was taken back was never said."""
    messages = ticket.messages.select_related("author").prefetch_related("attachments").filter(withdrawn_at=None)
    return messages if staff else messages.filter(is_public(), kind=MessageKind.REPLY)


def answers_to_carry_over(ticket: Ticket) -> QuerySet[Message]:
    """The ticket's messages that articles may be made of: what staff answered, and customers read."""
    own = messages_for(ticket, staff=False).exclude(author__role=Role.CUSTOMER)
    return own.filter(written_by="").exclude(channel=Channel.GUEST)


def names_around(ticket: Ticket) -> list[str]:
    """The names and addresses that say whose a ticket is: of everybody who wrote on it or takes part, whoever has it,
    their organisations and these organisations' sites."""
    wrote = User.objects.filter(pk__in=Message.objects.filter(ticket=ticket).values("author"))
    people = {*participants_of(ticket), *wrote, *([ticket.assignee] if ticket.assignee else [])}
    keys = {ticket.organisation_id, *(person.organisation_id for person in people)} - {None}
    organisations = Organisation.objects.filter(pk__in=keys)
    sites = Site.objects.filter(organisation__in=keys).values_list("name", flat=True)
    addresses = Message.objects.filter(ticket=ticket).exclude(written_by="").values_list("written_by", flat=True)
    own = [words for person in people for words in (person.name, person.email.partition("@")[0])]
    answers = FieldAnswer.objects.filter(ticket=ticket, kind__in=ANSWERS_WITH_NAMES).values_list("value", flat=True)
    short = (answer for answer in answers if len(answer) <= LONGEST_NAME)
    return [*own, *(one.name for one in organisations), *sites, *addresses, *short]


def is_public(prefix: str = "") -> Q:
    """Whether a message is out: its author can take it back no longer, and has not. Who takes it back in the very last
    moment has not finished in that moment: hence `LAST_MOMENT`."""
    out = Q(**{f"{prefix}public_at": None}) | Q(**{f"{prefix}public_at__lte": timezone.now() - LAST_MOMENT})
    return out & Q(**{f"{prefix}withdrawn_at": None})


def replies_not_out() -> QuerySet[TicketEvent]:
    """The events of agents' replies that customers do not read yet; of the last seconds, and so always few."""
    told: QuerySet[TicketEvent] = TicketEvent.objects.filter(kind=EventKind.REPLIED, fanned_out_at=None)
    return told.exclude(message=None).exclude(is_public("message__"))


def events_for(ticket: Ticket, *, staff: bool) -> QuerySet[TicketEvent]:
    """A ticket's events as one side may know them."""
    events = ticket.events.select_related("actor")
    if staff:
        return events
    among_colleagues = Q(kind=EventKind.NUDGED, data__by__isnull=False)
    theirs = Q(kind__in=CUSTOMER_EVENTS) & ~among_colleagues
    hidden = PrioritySettings.objects.filter(use=PriorityUse.HIDDEN)
    theirs |= Q(~Exists(hidden), kind=EventKind.PRIORITY_CHANGED, data__shown=True)
    # What a reply did besides is known with the reply.
    return events.filter(theirs).filter(Q(message=None) | is_public("message__"))


def with_unread(tickets: QuerySet[Ticket], user: User, *, staff: bool) -> QuerySet[Ticket]:
    """Tickets with `is_unread`: somebody else wrote after the point up to which `user` has read. To a customer only a
    ticket they take part in can be unread; what they may look at besides is no news for them."""
    if staff:
        return tickets.annotate(is_unread=Exists(_news_for(user)))
    of_others = When(whose=Whose.ORGANISATION, then=Value(value=False))
    return with_whose(tickets, user).annotate(is_unread=Case(of_others, default=Exists(_answers_for(user))))


def _news_for(user: User) -> QuerySet[Message]:
    """What others wrote on a ticket after the point up to which `user` has read."""
    seen = Reading.objects.filter(ticket=OuterRef("ticket"), user=user).values("message_id")[:1]
    news = Message.objects.filter(ticket=OuterRef("pk"), pk__gt=Coalesce(Subquery(seen), Value(0)))
    found: QuerySet[Message] = news.filter(withdrawn_at=None).exclude(author=user)
    return found


def _answers_for(user: User) -> QuerySet[Message]:
    """The same, as customers know it."""
    return _news_for(user).filter(is_public(), kind=MessageKind.REPLY)


def with_whose(tickets: QuerySet[Ticket], user: User) -> QuerySet[Ticket]:
    """A customer's tickets with `whose` they are: filed by themselves, shared with them, or seen as one of their
    organisation's."""
    shared = Exists(Collaborator.objects.filter(ticket=OuterRef("pk"), user=user))
    return tickets.annotate(
        whose=Case(
            When(requester=user, then=Value(str(Whose.MINE))),
            When(shared, then=Value(str(Whose.SHARED))),
            default=Value(str(Whose.ORGANISATION)),
            output_field=CharField(),
        )
    )


def unread_of(tickets: QuerySet[Ticket], user: User) -> QuerySet[Ticket]:
    """Those of a customer's tickets in which somebody wrote what they have not read."""
    return with_unread(tickets, user, staff=False).filter(Q(is_unread=True))


def unread_total(user: User) -> int:
    """How many of the tickets a person takes part in have replies they have not read."""
    return participating(user).select_related(None).filter(Exists(_answers_for(user))).count()


def own_with_unread(user: User) -> QuerySet[Ticket]:
    """The tickets a person takes part in, with `is_unread` and `whose` they are: what `with_unread` says of them, asked
    more simply, for none is only seen as an organisation's. Each also with `unread_total`, of all of them."""
    own = Case(When(requester=user, then=Value(str(Whose.MINE))), default=Value(str(Whose.SHARED)))
    tickets = participating(user).annotate(whose=own, is_unread=Exists(_answers_for(user)))
    return tickets.annotate(unread_total=Window(Count("pk", filter=Q(is_unread=True))))


def counts_of(user: User, is_closed: Q) -> dict[tuple[str, str], int]:
    """How many tickets a customer reads, by whose they are ("" for all) and by what they ask for: open, closed
    (`AsKnown.is_closed`), all, unread. In one query."""
    rows = (
        with_unread(customer_tickets(user).select_related(None), user, staff=False)
        .annotate(is_done=is_closed)
        .order_by()
        .values("whose", "is_done", "is_unread")
        .annotate(number=Count("pk"))
    )
    counts: dict[tuple[str, str], int] = dict.fromkeys(
        ((whose, show) for whose in ("", *Whose.values) for show in ("open", "closed", "all", "unread")), 0
    )
    for found in rows:
        row: dict[str, Any] = dict(found)
        shows = ["all", "closed" if row["is_done"] else "open", *(["unread"] if row["is_unread"] else [])]
        for whose in ("", row["whose"]):
            for show in shows:
                counts[whose, show] += row["number"]
    return counts


def with_read_until(tickets: QuerySet[Ticket], user: User) -> QuerySet[Ticket]:
    """Tickets with `read_until`, the id of the last message `user` has read; 0 for none."""
    seen = Reading.objects.filter(ticket=OuterRef("pk"), user=user).values("message_id")[:1]
    return tickets.annotate(read_until=Coalesce(Subquery(seen), Value(0), output_field=BigIntegerField()))


def add_last_messages(tickets: Iterable[Ticket]) -> None:
    """Give each of a page's tickets the beginning of its last message, in one query."""
    rows = list(tickets)
    said = Message.objects.filter(ticket=OuterRef("pk"), withdrawn_at=None)
    last = said.order_by("-pk").values("pk")[:1]
    ids = Ticket.objects.filter(pk__in=[row.pk for row in rows]).annotate(last_id=Subquery(last)).values("last_id")
    found = Message.objects.filter(pk__in=ids).annotate(start=Substr("body", 1, EXCERPT))
    messages: dict[int, Any] = {message["ticket_id"]: message for message in found.values("ticket_id", "start", "kind")}
    for row in rows:
        message = messages.get(row.pk, {})
        row.last_message_excerpt = " ".join(message.get("start", "").split())
        row.last_message_is_note = message.get("kind") == MessageKind.NOTE


def matching(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Tickets whose number, subject, answers, requester's name or address match what was searched for."""
    text = fold_text(words)[:100]
    digits = text.lstrip("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        found = Q(number=int(digits)) | Q(search_key__contains=digits) | Q(pk__in=_answering(digits))
        return tickets.filter(found)
    for word in text.split()[:8]:
        people = User.objects.filter(search_key__contains=word).values("pk")
        found = Q(search_key__contains=word) | Q(requester__in=people) | Q(pk__in=_answering(word))
        tickets = tickets.filter(found)
    return tickets


def matching_for_customer(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Tickets whose number, subject or answers match what a customer searched for. Not by people, nor by answers that
    only staff see: what they find would tell what they may not read."""
    text = fold_text(words)[:100]
    digits = text.lstrip("#")
    read = FieldAnswer.objects.exclude(access=FieldAccess.INTERNAL).order_by()
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        answering = read.filter(search_key__contains=digits).values("ticket")
        return tickets.filter(Q(number=int(digits)) | Q(search_key__contains=digits) | Q(pk__in=answering))
    for word in text.split()[:8]:
        answering = read.filter(search_key__contains=word).values("ticket")
        tickets = tickets.filter(Q(search_key__contains=word) | Q(pk__in=answering))
    return tickets


def answered(key: str, words: str = "") -> QuerySet[Any]:
    """The ids of the tickets in which a question, by its key, was answered; with these words, if there are any."""
    return _answering(fold_text(words)).filter(key=key)


def _answering(text: str) -> QuerySet[Any]:
    answers = FieldAnswer.objects.filter(search_key__contains=text) if text else FieldAnswer.objects.all()
    return answers.order_by().values("ticket")


def add_columns(tickets: Iterable[Ticket]) -> None:
    """Give each of a page's tickets the answers that the queue shows, in one query."""
    rows = {row.pk: row for row in tickets}
    for row in rows.values():
        row.columns = []
    shown = FieldAnswer.objects.filter(ticket__in=rows, field__is_column=True, field__is_active=True)
    for answer in shown.order_by("field__position", "pk"):
        rows[answer.ticket_id].columns.append(answer)


def topics_known_to(person: User | None) -> QuerySet[HelpTopic]:
    """The help topics whose name somebody may read: those meant for them, also when they are retired. None is who is
    not signed in. Who may not see a topic may not see those below it. Agents know all. One query, for who is of an
    organisation: which topics are meant for that."""
    if person is not None and person.is_agent:
        every: QuerySet[HelpTopic] = HelpTopic.objects.all()
        return every
    chosen = _topics_chosen_for(person)
    one, parent, grandparent = (_meant_for(person, chosen, prefix) for prefix in ("", "parent__", "parent__parent__"))
    above = Q(parent=None) | (parent & (Q(parent__parent=None) | grandparent))
    found: QuerySet[HelpTopic] = HelpTopic.objects.filter(one & above)
    return found


def offered_topics(person: User | None) -> QuerySet[HelpTopic]:
    """The help topics somebody is offered now, headings among them: those they know that are not retired, nor below
    one that is."""
    grandparent = Q(parent__parent=None) | Q(parent__parent__is_active=True)
    above = Q(parent=None) | (Q(parent__is_active=True) & grandparent)
    return topics_known_to(person).filter(above, is_active=True).select_related("department", "parent")


def open_topics(person: User | None) -> QuerySet[HelpTopic]:
    """The help topics somebody can file under: those they are offered that lead to a form and are no mere heading."""
    return with_form(offered_topics(person))


def with_form(topics: QuerySet[HelpTopic]) -> QuerySet[HelpTopic]:
    """Those of the topics that lead to a form and are no mere heading."""
    below = HelpTopic.objects.filter(parent=OuterRef("pk"), is_active=True)
    return topics.filter(~Exists(below), leads_to=LeadsTo.FORM)


def manual_topic_for(person: User | None) -> HelpTopic | None:
    """The topic of tickets about what is missing in the help centre (S10), if this person is offered it."""
    return open_topics(person).filter(manual_topic__isnull=False).first()


def _meant_for(person: User | None, chosen: list[int], prefix: str) -> Q:
    """Whether a topic itself, or one above it (`prefix`), is for this person, or among those `chosen` for them."""
    ways = Q(**{f"{prefix}audience": Audience.EVERYBODY})
    if person is not None:
        ways |= Q(**{f"{prefix}audience": Audience.SIGNED_IN})
    return ways | Q(**{f"{prefix}pk__in": chosen}) if chosen else ways


def _topics_chosen_for(person: User | None) -> list[int]:
    """The ids of the topics that are for certain customers, this person's organisation among them. Asked once: in a
    condition of each of three levels it took longer than all else."""
    organisation = person.organisation if person is not None else None
    if organisation is None:
        return []
    own = TopicOrganisation.objects.filter(organisation=organisation).values("topic")
    ways = Q(audience=Audience.ORGANISATIONS, pk__in=own)
    if organisation.agreement_id is not None and organisation.agreement_holds(portals_today()):
        agreed = TopicAgreement.objects.filter(agreement=organisation.agreement_id).values("topic")
        ways |= Q(audience=Audience.AGREEMENTS, pk__in=agreed)
    return list(HelpTopic.objects.filter(ways).order_by().values_list("pk", flat=True))


def questions_of(topic: HelpTopic) -> list[FormField]:
    """The questions a topic's form asks now, in their order."""
    return list(FormField.objects.filter(form=topic.form_id, is_active=True)) if topic.form_id else []


def keys_asked(topic: HelpTopic | None) -> set[str]:
    """The keys of all that a topic's form asks, or has asked once. An answer to another key came with another form."""
    form = topic.form_id if topic else None
    return set(FormField.objects.filter(form=form).values_list("key", flat=True)) if form else set()


def removed_questions(topic: HelpTopic, keys: Iterable[str]) -> list[FormField]:
    """Those of these questions that a topic's form asked once, and asks no more."""
    return list(FormField.objects.filter(form=topic.form_id, is_active=False, key__in=list(keys)))


def missing_to_close(ticket: Ticket) -> list[FormField]:
    """The questions of its topic that have to be answered before staff close a ticket, and are not."""
    if ticket.topic is None:
        return []
    questions = questions_of(ticket.topic)
    if not any(question.is_required_to_close for question in questions):
        return []
    answers = dict(FieldAnswer.objects.filter(ticket=ticket).values_list("key", "value"))
    asked = asked_questions(questions, answers)
    return [
        question
        for question in asked
        if question.is_required_to_close and not answers.get(question.key) and question.kind not in NOT_BY_STAFF
    ]


def tags_of(ticket: Ticket) -> list[Tag]:
    """A ticket's tags, by name."""
    return list(Tag.objects.filter(tickets__ticket=ticket))


def tags_around(ticket: Ticket, agent: User, limit: int = 200) -> tuple[list[Tag], list[Tag]]:
    """A ticket's tags, and others this agent knows that are offered for it; both by name, in one query."""
    here = TicketTag.objects.filter(tag=OuterRef("pk"), ticket=ticket)
    known = tags_known_to(agent).annotate(is_here=Exists(here))
    found = list(known.order_by("-is_here", "name_key")[:limit])
    return [tag for tag in found if tag.is_here], [tag for tag in found if not tag.is_here]


def tags_known_to(agent: User) -> QuerySet[Tag]:
    """The tags on tickets this agent sees (`desk_tickets`), by name. Those on others' say what these are about.

    Asked tag by tag: with the list of all their tickets a database would read every ticket there is.
    """
    given = TicketTag.objects.filter(tag=OuterRef("pk")).order_by()
    departments = sight_of(agent).department_ids
    if departments is not None:
        given = given.filter(Q(ticket__department__in=departments) | Q(ticket__assignee=agent))
    found: QuerySet[Tag] = Tag.objects.filter(Exists(given))
    return found


def followers_of(ticket: Ticket) -> list[User]:
    """The agents who follow a ticket, in the order they came; whoever has left the staff is none of them."""
    rows = Follower.objects.filter(ticket=ticket, user__is_active=True).exclude(user__role=Role.CUSTOMER)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def other_tickets_of(ticket: Ticket, agent: User, limit: int = 5) -> list[Ticket]:
    """The requester's latest other tickets, as far as this agent may see them."""
    theirs = desk_tickets(agent).filter(requester=ticket.requester_id).exclude(pk=ticket.pk)
    return list(theirs.order_by(F("last_activity_at").desc(), "-pk")[:limit])
