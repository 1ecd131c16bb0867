import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.enums import AskingChannel
from accounts.facts import NotEntitled
from accounts.models import User
from accounts.queries.entitlement import obstacle_for
from routing.choosing import choose
from routing.models import Department
from tickets.actions.attaching import attach_uploads, new_uploads
from tickets.actions.collaborating import bring_along
from tickets.actions.replying import reply_to_ticket
from tickets.actions.routing import chosen_assignee, do_the_rest, priority_after, routed
from tickets.answers import kept_answer, value_in_words, with_colon
from tickets.enums import Channel, EventKind, Priority, Status, WaitingOn
from tickets.events import new_event, record_events
from tickets.facts import ByMail, MailedTo
from tickets.filing_rules import FilingRules
from tickets.locking import lock_counter
from tickets.models import FieldAnswer, FormField, HelpTopic, Message, Ticket
from tickets.priorities import Why, starting_priority
from tickets.routing_facts import facts_at_filing

SAME_WORDS_WITHIN = timedelta(minutes=15)
_ASKING = {Channel.PHONE: AskingChannel.PHONE, Channel.MAIL: AskingChannel.MAIL}


@dataclass(frozen=True)
class Opened:
    """`outcome`: a new ticket, the one this form made before, or that one with what was new added to it. `message` is a
    new ticket's first."""

    ticket: Ticket
    outcome: Literal["new", "repeated", "added"]
    message: Message | None = None


def open_ticket(
    *,
    actor: User,
    requester: User,
    topic: HelpTopic,
    subject: str,
    body: str,
    channel: Channel,
    answers: Mapping[FormField, str] | None = None,
    filing_key: UUID | None = None,
    priority: Priority | None = None,
    department: Department | None = None,
    stated: Mapping[str, str] | None = None,
    is_confidential: bool = False,
    colleagues: Iterable[User] = (),
    language: str = "",
    by_mail: ByMail | None = None,
    mailed_to: MailedTo | None = None,
    is_vouched_for: bool = False,
    follows: Ticket | None = None,
    has_files: bool = True,
    rules: FilingRules | None = None,
) -> Opened:
    """Open a ticket: number it, route it with its reasons, keep the first message, answers and files.

    It goes where routing says (`routing.choosing`), which may also give it to somebody, set its priority, tag it and
    let agents follow it. That is decided before anything is locked; from a department that closes meanwhile the ticket
    is moved like its others. `priority` is what an agent, or a customer whom the portal lets choose, wants;
    `department` where an agent wants it to go, whatever the rules say. `language` is the one the form was filled in, if
    another than the requester's.

    `filing_key` is the form's own key: the same form sent again makes no second ticket, and the same words by the same
    person within 15 minutes count as the same form. What is new in it (words, files) is added as a reply, so that
    nothing is lost. Each mail has a key of its own, and the same words in another one are another ticket. Files kept
    under the key are attached (`has_files` False: the caller knows that there are none). `stated` is what a guest
    claimed about themselves (name, phone), kept for the agents even where it differs from the record. `colleagues` are
    brought in at once; confidential means that no other colleague reads it. `by_mail` is what a mail brought besides
    its words, `mailed_to` the address it was sent to; `is_vouched_for`: staff have decided that its sender may ask.
    `follows` is the ticket this one goes on from. `rules`: those of the portal, where the caller opens many tickets in
    a row.
    Records `opened`, `routed` and `collaborator_added`, and for what rules do `assigned`, `tags_changed` and
    `follower_added`; mails follow from these. Raises, before anything is written, NotEntitled when the requester may
    not ask for help this way (S1, S2), unless staff write it down for them, and PermissionError when anybody else than
    staff names the department.
    """
    answers, rules = answers or {}, rules or FilingRules()
    if department is not None and not _speaks_for_us(actor, channel):
        raise PermissionError("Only agents choose the department")
    if not is_vouched_for:
        _require_entitled(actor, requester, channel)
    fingerprint = _fingerprint(requester, topic, subject, body, answers)
    mailed_to = mailed_to or MailedTo()
    start = _starting_priority(rules, actor, topic, channel, priority, mailed_to)
    facts = facts_at_filing(
        requester=requester,
        topic=topic,
        subject=subject,
        body=body,
        channel=channel,
        answers=answers,
        priority=start[0],
        language=language,
        forced=department,
        forced_by=actor.public_name if department else "",
        mailed_to=mailed_to,
        days=rules.earlier_days,
    )
    # Before anybody is locked out: rules may take their time, and on SQLite this lock is that of all portals.
    decision = choose(facts, rules.arrangement)
    going_to = rules.department(decision.department_id)
    with transaction.atomic():
        counter = lock_counter()
        holder = _holder_of(filing_key)
        before = _filed_before(requester, channel, holder, fingerprint)
        if before is not None and channel == Channel.MAIL:
            return Opened(before, "repeated")  # a copy of the mail, sent to another address
        if before is not None:
            bring_along(actor=actor, ticket=before, users=colleagues, as_staff=actor.is_agent)
            return _filed_again(before, subject, body, channel, answers, fingerprint, filing_key)
        counter.last_number += 1
        counter.save(update_fields=["last_number"])
        now = timezone.now()
        assignee = chosen_assignee(decision)
        ticket = Ticket.objects.create(
            number=counter.last_number,
            subject=subject,
            topic=topic,
            requester=requester,
            organisation=requester.organisation,
            department=going_to,
            assignee=assignee,
            status=Status.IN_PROGRESS if assignee else Status.OPEN,
            waiting_on=WaitingOn.US,
            waiting_since=now,
            last_activity_at=now,
            created_at=now,
            priority=priority_after(decision, *start),
            channel=channel,
            is_confidential=is_confidential,
            # Another person's ticket may have the key (a form open on a shared screen); then it makes none unique.
            filing_key=None if holder else filing_key,
            fingerprint=fingerprint,
            follows=follows,
        )
        message = Message.objects.create(
            ticket=ticket,
            author=requester,
            body=body,
            channel=channel,
            created_at=now,
            **asdict(by_mail or ByMail()),
        )
        attach_uploads(message, filing_key if has_files else None)
        _keep_answers(ticket, answers)
        opened = new_event(
            EventKind.OPENED,
            ticket,
            actor=actor,
            at=now,
            message=message,
            data={
                "channel": str(channel),
                "stated": dict(stated or {}),
                "given_to": assignee.pk if assignee else None,  # told by `assigned`
                **({"automatic": True} if mailed_to.is_automatic else {}),
            },
        )
        record_events([opened, routed(ticket, decision, facts, start[1])])
        do_the_rest(ticket, decision)
        bring_along(actor=actor, ticket=ticket, users=colleagues, as_staff=actor.is_agent)
    return Opened(ticket, "new", message)


def was_sent(
    *,
    requester: User | None,
    topic: HelpTopic,
    subject: str,
    body: str,
    answers: Mapping[FormField, str],
    filing_key: UUID | None,
) -> bool:
    """Whether this person sent exactly this form before; sending it again costs no allowance."""
    if requester is None or filing_key is None:
        return False
    fingerprint = _fingerprint(requester, topic, subject, body, answers)
    return Ticket.objects.filter(requester=requester, filing_key=filing_key, fingerprint=fingerprint).exists()


def _require_entitled(actor: User, requester: User, channel: Channel) -> None:
    asking = _ASKING.get(channel, AskingChannel.WEB)
    obstacle = None if actor.is_agent else obstacle_for(requester, asking)
    if obstacle is not None:
        raise NotEntitled(obstacle)


def _speaks_for_us(actor: User, channel: Channel) -> bool:
    """Whether it is surely an agent who acts. What a guest typed under an agent's address proves nothing."""
    return actor.is_agent and actor.is_active and channel in (Channel.PORTAL, Channel.PHONE)


def _starting_priority(
    rules: FilingRules, actor: User, topic: HelpTopic, channel: Channel, priority: Priority | None, mailed_to: MailedTo
) -> tuple[Priority, Why]:
    return starting_priority(
        rules.priorities,
        channel=channel,
        topic=topic.priority,
        chosen=priority,
        by_agent=_speaks_for_us(actor, channel),
        address=mailed_to.priority,
    )


def _holder_of(filing_key: UUID | None) -> Ticket | None:
    """The ticket that has this key, whosever it is."""
    found: Ticket | None = Ticket.objects.filter(filing_key=filing_key).first() if filing_key else None
    return found


def _filed_before(requester: User, channel: Channel, holder: Ticket | None, fingerprint: str) -> Ticket | None:
    """The requester's ticket that the same form made: it has the form's key (`holder`), or the same words."""
    if holder is not None and holder.requester_id == requester.pk:
        return holder
    if channel == Channel.MAIL:  # machines send the same alarm twice and mean it
        return None
    same = Ticket.objects.filter(requester=requester, fingerprint=fingerprint)
    found: Ticket | None = same.filter(created_at__gte=timezone.now() - SAME_WORDS_WITHIN).first()
    return found


def _filed_again(
    ticket: Ticket,
    subject: str,
    body: str,
    channel: Channel,
    answers: Mapping[FormField, str],
    fingerprint: str,
    filing_key: UUID | None,
) -> Opened:
    message_ids = list(ticket.messages.values_list("pk", flat=True))
    other_words = ticket.fingerprint != fingerprint
    if not new_uploads(message_ids, filing_key) and not other_words:
        return Opened(ticket, "repeated")
    words = _new_words(ticket, subject, body, answers) if other_words else ""
    if words and ticket.messages.filter(body=words).exists():
        return Opened(ticket, "repeated")
    # Like the first message: the requester's words, whoever typed them.
    reply_to_ticket(actor=ticket.requester, ticket=ticket, body=words, channel=channel, files_of=filing_key)
    return Opened(ticket, "added")


def _new_words(ticket: Ticket, subject: str, body: str, answers: Mapping[FormField, str]) -> str:
    old = {answer.key: answer.value for answer in ticket.answers.all()}
    lines = [subject] if subject != ticket.subject else []
    new = [kept_answer(ticket, field, value) for field, value in answers.items() if old.get(field.key, "") != value]
    lines += [f"{with_colon(answer.label)} {value_in_words(answer) if answer.value else '–'}" for answer in new]
    return "\n\n".join([*lines, body])


def _keep_answers(ticket: Ticket, answers: Mapping[FormField, str]) -> None:
    """Kept with their questions; without the row of one whose form was removed since it was asked."""
    given = [kept_answer(ticket, field, value) for field, value in answers.items() if value]
    asked = FormField.objects.filter(pk__in=[answer.field_id for answer in given]).order_by("pk")
    there = set(asked.select_for_update(no_key=True).values_list("pk", flat=True)) if given else set()
    for answer in given:
        if answer.field_id not in there:
            answer.field = None
    FieldAnswer.objects.bulk_create(given)


def _fingerprint(requester: User, topic: HelpTopic, subject: str, body: str, answers: Mapping[FormField, str]) -> str:
    words = [requester.pk, topic.pk, subject, body, sorted((field.key, value) for field, value in answers.items())]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
