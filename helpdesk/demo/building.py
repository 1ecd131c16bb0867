"""Make a demo portal: its people, departments and topics, then its stories, each step through its door."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from django.utils import timezone

from accounts.actions.founding import add_staff, found_tenant
from accounts.actions.organising import add_organisation
from accounts.actions.passwords import set_password
from accounts.actions.registering import register_person
from accounts.enums import Role
from accounts.models import Organisation, Tenant, User
from accounts.scoping import tenant_scope
from helpdesk.demo.scripts.parts import DemoPortal, Step, Story
from routing.actions.arranging import add_department, add_member, set_responsible_department
from routing.models import Department
from tickets.actions.arranging import add_topic
from tickets.actions.closing import close_ticket
from tickets.actions.handing_over import claim, transfer
from tickets.actions.opening import open_ticket
from tickets.actions.reading import mark_read
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel, Priority, Status
from tickets.models import HelpTopic, Ticket
from tickets.queries import with_read_until

PASSWORD = "Demo-2026!"  # noqa: S105 - printed for everybody who starts the demo


def build(script: DemoPortal, host: str) -> Tenant:
    """Found the portal and live through its stories. The worker then mails as it would have."""
    tenant = found_tenant(
        slug=script.slug,
        name=script.name,
        hosts=[host],
        mail_address=f"support@{script.slug}.example",
        language=script.language,
        colour=script.colour,
    )
    staff = {name: _staff(tenant, script, name) for name in script.staff}
    with tenant_scope(tenant):
        departments = _departments(script, staff)
        organisations = _organisations(script, departments)
        people = {**staff, **_customers(script, organisations)}
        topics = {entry["slug"]: _topic(entry, departments) for entry in script.topics}
        for happening in sorted(script.stories, key=lambda story: -story.hours):
            _live(happening, people, topics, departments)
    return tenant


def _staff(tenant: Tenant, script: DemoPortal, name: str) -> User:
    role = {"admin": Role.ADMINISTRATOR, "supportlead": Role.SUPPORT_LEAD}.get(name, Role.AGENT)
    address = f"{name}@{script.slug}.example"
    return add_staff(tenant=tenant, email=address, name=script.staff[name], role=role, password=PASSWORD)


def _departments(script: DemoPortal, staff: dict[str, User]) -> dict[str, Department]:
    made: dict[str, Department] = {}
    for position, (name, parent) in enumerate(script.departments):
        made[name] = add_department(actor=None, name=name, parent=made.get(parent), is_default=position == 0)
        for member in script.members.get(name, ()):
            add_member(
                actor=None, department=made[name], user=staff[member.lstrip("*")], is_lead=member.startswith("*")
            )
    return made


def _organisations(script: DemoPortal, departments: dict[str, Department]) -> dict[str, Organisation]:
    made = {}
    for name, entry in script.organisations.items():
        made[name] = add_organisation(actor=None, name=name)
        if entry.department:
            set_responsible_department(actor=None, organisation=made[name], department=departments[entry.department])
    return made


def _customers(script: DemoPortal, organisations: dict[str, Organisation]) -> dict[str, User]:
    people = {}
    for address, entry in script.customers.items():
        person, _new = register_person(
            actor=None,
            email=address,
            name=entry.name,
            phone=entry.phone,
            organisation=organisations.get(entry.organisation),
        )
        set_password(actor=person, user=person, password=PASSWORD)
        people[address] = person
    return people


def _topic(entry: dict, departments: dict[str, Department]) -> HelpTopic:
    return add_topic(actor=None, **{**entry, "department": departments[entry["department"]]})


def _live(
    story: Story, people: dict[str, User], topics: dict[str, HelpTopic], departments: dict[str, Department]
) -> None:
    person, topic = people[story.who], topics[story.topic]
    questions = {question.key: question for question in topic.fields.all()}
    with _at(story.hours):
        ticket = open_ticket(
            actor=person,
            requester=person,
            topic=topic,
            subject=story.subject,
            body=story.body,
            channel=Channel(story.channel),
            answers={questions[key]: value for key, value in story.answers.items()},
            priority=Priority(story.priority),
        ).ticket
    for step in story.steps:
        with _at(step.hours):
            _take(step, people[step.who], ticket, departments)


def _take(step: Step, person: User, ticket: Ticket, departments: dict[str, Department]) -> None:
    if step.what in ("reply", "reply-close"):
        sent = reply_to_ticket(
            actor=person,
            ticket=ticket,
            body=step.text,
            channel=Channel.PORTAL,
            as_staff=person.is_agent,
            and_status=Status.CLOSED if step.what == "reply-close" else Status.WAITING_FOR_CUSTOMER,
        )
        mark_read(actor=person, ticket=with_read_until(Ticket.objects.all(), person).get(pk=ticket.pk), message=sent)
    elif step.what == "note":
        add_note(actor=person, ticket=ticket, body=step.text)
    elif step.what == "close":
        close_ticket(actor=person, ticket=ticket, as_staff=person.is_agent)
    elif step.what == "claim":
        claim(actor=person, ticket=ticket)
    elif step.what == "transfer":
        transfer(actor=person, ticket=ticket, department=departments[step.to])


@contextmanager
def _at(hours_ago: float) -> Iterator[None]:
    """Let the doors believe it is earlier: history in a demo has to be older than the demo."""
    moment: datetime = timezone.now() - timedelta(hours=hours_ago)
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
