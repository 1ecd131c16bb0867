"""Let a demo ticket have its history: each step through its door, as long ago as the script says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from django.utils import timezone

from accounts.models import User
from helpdesk.demo.scripts.parts import Step, Story
from routing.models import Department
from tickets.actions.answering import set_answers
from tickets.actions.closing import close_ticket
from tickets.actions.collaborating import add_collaborator
from tickets.actions.handing_over import claim, transfer
from tickets.actions.keeping_time import keep_time
from tickets.actions.nudging import nudge
from tickets.actions.opening import open_ticket
from tickets.actions.reading import mark_read
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.actions.snoozing import snooze
from tickets.actions.waiting import wait_for_third_party
from tickets.enums import Channel, Priority, Status
from tickets.models import FormField, HelpTopic, Ticket
from tickets.queries import questions_of, with_read_until

WORDS = ("reply", "reply-close", "note")
DETAILS = ("priority", "answers", "share")


def live(
    story: Story, people: dict[str, User], topics: dict[str, HelpTopic], departments: dict[str, Department]
) -> None:
    """Open the story's ticket and take its steps, each at its moment."""
    person, topic = people[story.who], topics[story.topic]
    questions = {question.key: question for question in questions_of(topic)}
    with at(story.hours):
        ticket = open_ticket(
            actor=person,
            requester=person,
            topic=topic,
            subject=story.subject,
            body=story.body,
            channel=Channel(story.channel),
            answers={questions[key]: value for key, value in story.answers.items()},
            priority=Priority(story.priority) if story.priority else None,
        ).ticket
        if story.priority and ticket.priority != story.priority:  # customers of this portal choose none
            set_priority(
                actor=people["agent"], ticket=ticket, priority=Priority(story.priority), reason="Bedömd direkt."
            )
    for step in story.steps:
        with at(step.hours):
            _take(step, people, ticket, departments)
    keep_time(ticket=ticket)  # as the worker would have done meanwhile


def _take(step: Step, people: dict[str, User], ticket: Ticket, departments: dict[str, Department]) -> None:
    if step.what in WORDS:
        _say(step, people[step.who], ticket)
    elif step.what in DETAILS:
        _set(step, people, ticket)
    else:
        _move(step, people[step.who], ticket, departments)


def _say(step: Step, person: User, ticket: Ticket) -> None:
    if step.what == "note":
        add_note(actor=person, ticket=ticket, body=step.text)
        return
    sent = reply_to_ticket(
        actor=person,
        ticket=ticket,
        body=step.text,
        channel=Channel.PORTAL,
        as_staff=person.is_agent,
        and_status=Status.CLOSED if step.what == "reply-close" else Status.WAITING_FOR_CUSTOMER,
    )
    mark_read(actor=person, ticket=with_read_until(Ticket.objects.all(), person).get(pk=ticket.pk), message=sent)


def _set(step: Step, people: dict[str, User], ticket: Ticket) -> None:
    person = people[step.who]
    if step.what == "priority":
        set_priority(actor=person, ticket=ticket, priority=Priority(step.to), reason=step.text)
    elif step.what == "answers":
        key, _equals, value = step.to.partition("=")
        field = FormField.objects.get(form__topics=ticket.topic, key=key)
        set_answers(actor=person, ticket=ticket, answers={field: value})
    else:
        add_collaborator(actor=person, ticket=ticket, user=people[step.to])


def _move(step: Step, person: User, ticket: Ticket, departments: dict[str, Department]) -> None:
    if step.what == "close":
        close_ticket(actor=person, ticket=ticket, as_staff=person.is_agent)
    elif step.what == "claim":
        claim(actor=person, ticket=ticket)
    elif step.what == "transfer":
        transfer(actor=person, ticket=ticket, department=departments[step.to])
    elif step.what == "third-party":
        wait_for_third_party(actor=person, ticket=ticket, whom=step.to)
    elif step.what == "nudge":
        nudge(actor=person, ticket=ticket)
    elif step.what == "snooze":
        snooze(actor=person, ticket=ticket, until=timezone.now() + timedelta(hours=step.hours - float(step.to)))


@contextmanager
def at(hours_ago: float) -> Iterator[None]:
    """Let the doors believe it is earlier: history in a demo has to be older than the demo."""
    moment: datetime = timezone.now() - timedelta(hours=hours_ago)
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
