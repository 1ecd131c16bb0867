"""Who sees and does what with which ticket: roles × what their organisation lets them see × how the ticket stands ×
every address that shows or changes a ticket.

What is expected is worked out by the small oracle below, from the roles alone; it knows nothing of the queries. The
addresses come from the resolver: one that is new stands in no expectation, and the first test fails until it does.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from zlib import compress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.template.base import Origin
from django.template.loaders.base import Loader
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.enums import Role, Visibility
from accounts.models import User
from accounts.scoping import tenant_scope
from knowledge.models import ServiceMessage
from notifications.actions.fanning_out import fan_out
from notifications.models import Delivery, IncomingMail, MailAddress, RawMail
from routing.actions.arranging import add_member
from tests.conftest import Portal
from tests.factories import AgentFactory, DepartmentFactory, OrganisationFactory, TopicFactory, UserFactory, make_ticket
from tests.factories import ask as ask_in_form
from tests.house.test_strangers import patterns
from tests.knowledge.test_service_messages import told
from tickets.actions.answering_together import give_answers
from tickets.actions.attaching import keep_uploads
from tickets.actions.closing import close_ticket
from tickets.actions.collaborating import add_collaborator, set_confidentiality
from tickets.actions.following import follow
from tickets.actions.handing_over import claim, transfer
from tickets.actions.replying import add_note
from tickets.actions.service_links import link_to_service_message
from tickets.actions.setting_status import set_status
from tickets.enums import Status
from tickets.links import ticket_link
from tickets.models import Attachment, HelpTopic, Message, Ticket, TicketEvent
from tickets.queries import unread_total

MODES = list(Visibility)
STATES = list(Status)

# -- the world ------------------------------------------------------------------------------------------------


@dataclass
class Case:
    """One ticket. `is_shared`: it lies in a department whose tickets all agents see."""

    ticket: Ticket
    state: Status
    is_confidential: bool
    is_shared: bool = False
    links: dict[str, str] = field(default_factory=dict)
    file: int = 0
    note_file: int = 0
    mail: int = 0
    held: int = 0  # a mail that came for it, from somebody who is not on it
    trouble: int = 0  # a service message that it is about, and no other ticket
    answer: int = 0  # what staff replied


@dataclass
class World:
    portal: Portal
    other: Portal
    people: dict[str, User]
    cases: list[Case]
    spare: User  # a colleague who is on no ticket
    follower: User  # an agent who follows all of them
    other_topic: HelpTopic
    trouble: int = 0  # a service message that all of them are about


CUSTOMERS = (
    "requester",
    "collaborator",
    "collaborator from elsewhere",
    "colleague",
    "contact person",
    "chosen colleague",
    "unverified colleague",
    "colleague of another organisation",
    "former member",
)
STAFF = (
    "agent of the department",
    "agent of another",
    "lead above",
    "lead beside",
    "support lead",
    "administrator",
)
ELSEWHERE = ("customer of another portal", "agent of another portal", "administrator of another portal")
NOBODY = ("guest", "deactivated")
ROLES = (*NOBODY, *CUSTOMERS, *STAFF, *ELSEWHERE)

# -- the oracle -----------------------------------------------------------------------------------------------

PART = {"requester", "collaborator", "collaborator from elsewhere"}
SEE_THE_ORGANISATIONS = {
    Visibility.OWN: set(),
    Visibility.CONTACT_PERSON: {"contact person"},
    Visibility.CHOSEN: {"contact person", "chosen colleague"},
    Visibility.EVERYBODY: {"requester", "collaborator", "colleague", "contact person", "chosen colleague"},
}
WORK_ON_ALL = {"agent of the department", "lead above", "support lead", "administrator"}


def takes_part(role: str, _mode: Visibility, _case: Case) -> bool:
    return role in PART


def reads(role: str, mode: Visibility, case: Case) -> bool:
    return role in PART or (role in SEE_THE_ORGANISATIONS[mode] and not case.is_confidential)


def is_requester(role: str, _mode: Visibility, _case: Case) -> bool:
    return role == "requester"


def nobody(_role: str, _mode: Visibility, _case: Case) -> bool:
    return False


def brings_in_a_colleague(role: str, _mode: Visibility, _case: Case) -> bool | int:
    """Nobody of the requester's organisation is a colleague of a collaborator from elsewhere: the form says so."""
    return 422 if role == "collaborator from elsewhere" else role in PART


def takes_off_the_collaborator(role: str, _mode: Visibility, _case: Case) -> bool:
    return role in ("requester", "collaborator")


def works_on(role: str, _mode: Visibility, case: Case) -> bool:
    return role in WORK_ON_ALL or (case.is_shared and role in STAFF)


def works_on_some(role: str, mode: Visibility, case: Case) -> bool | int:
    """What is done to many tickets is done to those among them that somebody works on, and it says to how many."""
    return works_on(role, mode, case) or (302 if role in STAFF else False)


def answers_some(role: str, mode: Visibility, case: Case) -> bool | int:
    return 302 if case.state == Status.CLOSED and role in STAFF else works_on_some(role, mode, case)


# -- the addresses --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """`may` decides (a status: allowed, but answered so, with nothing done); `posts` gives what is sent, or None for an
    address that is looked at; `records` are the kinds of events that must come of it, where it does anything."""

    may: Callable[[str, Visibility, Case], bool | int]
    posts: Callable[[World, str, Case], dict[str, Any]] | None = None
    records: Callable[[str, Case], set[str]] = lambda _role, _case: set()


def nothing(_world: World, _role: str, _case: Case) -> dict[str, Any]:
    return {}


def into_another(world: World, _role: str, case: Case) -> dict[str, Any]:
    """Another ticket of the same people, which the same staff see."""
    other = next(one for one in world.cases if one is not case and one.is_shared == case.is_shared)
    return {"into": other.ticket.number}


def words(_world: World, _role: str, _case: Case) -> dict[str, Any]:
    return {"body": "Some words", "key": str(uuid4())}


def no_more_about_it(_world: World, _role: str, case: Case) -> dict[str, Any]:
    return {"ticket": case.ticket.number, "unlink": "1"}


def closing(_world: World, _role: str, case: Case) -> dict[str, Any]:
    return {"reopen": "1"} if case.state == Status.CLOSED else {}


def spare(world: World, _role: str, _case: Case) -> dict[str, Any]:
    return {"colleague": world.spare.email}


def other_confidentiality(_world: World, _role: str, case: Case) -> dict[str, Any]:
    return {} if case.is_confidential else {"confidential": "1"}


def themselves(world: World, role: str, _case: Case) -> dict[str, Any]:
    return {"assignee": world.people[role].pk} if role in world.people else {}


def other_department(world: World, _role: str, _case: Case) -> dict[str, Any]:
    return {"department": world.portal.other_department.pk}


def other_status(_world: World, _role: str, case: Case) -> dict[str, Any]:
    return {"status": "in_progress" if case.state == Status.WAITING_FOR_CUSTOMER else "waiting_for_customer"}


def other_topic(world: World, _role: str, _case: Case) -> dict[str, Any]:
    return {"topic": world.other_topic.pk}


def kinds(*names: str) -> Callable[[str, Case], set[str]]:
    return lambda _role, _case: set(names)


def of_a_reply(_role: str, case: Case) -> set[str]:
    return {"replied", "reopened"} if case.state == Status.CLOSED else {"replied"}


def of_closing(_role: str, case: Case) -> set[str]:
    return {"reopened"} if case.state == Status.CLOSED else {"closed"}


def of_following(role: str, _case: Case) -> set[str]:
    return set() if role in PART else {"collaborator_added"}


def of_claiming(role: str, case: Case) -> set[str]:
    has_it = role == "agent of the department" and case.state == Status.IN_PROGRESS
    return set() if has_it else {"claimed"}


def of_assigning(role: str, case: Case) -> set[str]:
    return {"assigned"} if of_claiming(role, case) else set()


def of_a_status(_role: str, case: Case) -> set[str]:
    return {"reopened"} if case.state == Status.CLOSED else {"status_changed"}


def of_waiting(_role: str, case: Case) -> set[str]:
    return {"waiting_changed"} if case.state in (Status.OPEN, Status.IN_PROGRESS) else set()


def of_putting_off(_role: str, case: Case) -> set[str]:
    return set() if case.state == Status.CLOSED else {"snoozed"}


def of_asking_for_news(_role: str, case: Case) -> set[str]:
    return {"nudged"} if case.state in (Status.OPEN, Status.IN_PROGRESS) else set()


def of_asking_colleagues(role: str, case: Case) -> set[str]:
    return {"nudged"} if case.state != Status.CLOSED and of_claiming(role, case) else set()


CUSTOMERS_ADDRESSES = {
    "ticket": Address(reads),
    "ticket_attachment": Address(reads),
    "thanks": Address(is_requester),
    "thanks_more": Address(is_requester, words, of_a_reply),
    "ticket_reply": Address(takes_part, words, of_a_reply),
    "ticket_closure": Address(takes_part, closing, of_closing),
    "ticket_nudge": Address(takes_part, nothing, of_asking_for_news),
    "ticket_following": Address(reads, nothing, of_following),
    "ticket_collaborators": Address(brings_in_a_colleague, spare, kinds("collaborator_added")),
    "ticket_collaborator_removal": Address(takes_off_the_collaborator, nothing, kinds("collaborator_removed")),
    "ticket_confidentiality": Address(is_requester, other_confidentiality, kinds("confidentiality_changed")),
}
LINK_ADDRESSES = {
    "link": Address(takes_part),
    "link_attachment": Address(takes_part),
    "link_reply": Address(takes_part, words, of_a_reply),
    "link_closure": Address(takes_part, closing, of_closing),
    "link_nudge": CUSTOMERS_ADDRESSES["ticket_nudge"],
    "link_collaborators": CUSTOMERS_ADDRESSES["ticket_collaborators"],
    "link_collaborator_removal": CUSTOMERS_ADDRESSES["ticket_collaborator_removal"],
    "link_confidentiality": CUSTOMERS_ADDRESSES["ticket_confidentiality"],
}
DESK_ADDRESSES = {
    "desk_ticket": Address(works_on),
    "desk_preview": Address(works_on),
    "desk_attachment": Address(works_on),
    "desk_reply": Address(works_on, words, kinds("replied")),
    "desk_claim": Address(works_on, nothing, of_claiming),
    "desk_assignment": Address(works_on, themselves, of_assigning),
    "desk_department": Address(works_on, other_department, kinds("transferred")),
    "desk_acts": Address(works_on),
    "desk_article_search": Address(works_on),
    "desk_nudge": Address(works_on, nothing, of_asking_colleagues),
    "desk_take_on": Address(works_on),
    "desk_waiting": Address(works_on, lambda *_about: {"whom": "Acme"}, of_waiting),
    "desk_snooze": Address(works_on, lambda *_about: {"when": "week"}, of_putting_off),
    "desk_links": Address(works_on, nothing, kinds("links_revoked")),
    "desk_status": Address(works_on, other_status, of_a_status),
    "desk_priority": Address(
        works_on, lambda *_about: {"priority": "urgent", "reason": "It burns"}, kinds("priority_changed")
    ),
    "desk_topic": Address(works_on, other_topic, kinds("topic_changed")),
    "desk_tags": Address(works_on, lambda *_about: {"tags": "siren, attic"}, kinds("tags_changed")),
    "desk_followers": Address(works_on, nothing, kinds("follower_added")),
    "desk_follower_removal": Address(works_on, nothing, kinds("follower_removed")),
    "desk_answers": Address(works_on, lambda *_about: {"field_floor": "Attic"}, kinds("answers_changed")),
    "desk_collaborators": Address(works_on, spare, kinds("collaborator_added")),
    "desk_collaborator_removal": Address(works_on, nothing, kinds("collaborator_removed")),
    "desk_confidentiality": Address(works_on, other_confidentiality, kinds("confidentiality_changed")),
    # Only whoever wrote it, within seconds; see tests/tickets/test_undoing.py.
    "desk_withdrawal": Address(nobody, nothing),
    "desk_merger": Address(works_on, into_another, kinds("merged")),
    "desk_separation": Address(works_on, nothing),
    "desk_carry_over": Address(works_on),
    "desk_service_links": Address(works_on_some, no_more_about_it, kinds("service_unlinked")),
    "desk_service_answer": Address(answers_some, lambda *_about: {"body": "It works again."}, kinds("replied")),
    "desk_mail": Address(works_on),
    "mail_again": Address(works_on, nothing),
    "incoming_one": Address(works_on),
    "incoming_source": Address(works_on),
    "incoming_ticket": Address(works_on, nothing),
    "incoming_reply": Address(works_on, lambda _world, _role, case: {"number": case.ticket.number}, of_a_reply),
    "incoming_discard": Address(works_on, nothing),
    "incoming_again": Address(works_on, nothing),
    "incoming_sender": Address(works_on, lambda *_about: {"verdict": "block"}),
}
ADDRESSES = {**CUSTOMERS_ADDRESSES, **LINK_ADDRESSES, **DESK_ADDRESSES}
# Lists, each looked through below; and what shows no ticket to anybody.
LISTS = {"home", "my_tickets", "desk", "desk_export", "desk_mails", "desk_incoming", "search", "desk_service_tickets"}
ABOUT_NO_TICKET = {"topics", "file_ticket", "desk_new", "notification_choices", "suggestions", "solved"}
ABOUT_NO_TICKET |= {"contact", "contact_answer"}
ABOUT_NO_TICKET |= {"incoming_upload", "sender_rules", "sender_rule_removal"}
ABOUT_NO_TICKET |= {"mail_hook", "mail_reports", "unsubscribe", "person_address_works"}
ABOUT_NO_TICKET |= {"organisation_department", "organisation_exceptions", "organisation_exception_removal"}
ABOUT_NO_TICKET |= {"organisation_agreement"}
# Figures and lists of those who lead; tests/tickets/test_dashboard.py looks at what each of them sees.
OF_LEADS = {"dashboard", "dashboard_export"}
# Administrators move all tickets of an organisation with it; see tests/accounts and tests/tickets about merging.
MOVES_MANY = {"organisation_merger"}


def test_every_address_about_tickets_has_an_expectation():
    # Settings are for administrators, who see all tickets; who else comes there, tests/house/test_strangers.py asks.
    about_tickets = {
        str(pattern.name)
        for pattern in patterns(get_resolver("helpdesk.urls"))
        if not str(pattern.pattern).startswith("settings/")
        if re.match(r"(tickets|notifications)\.", pattern.callback.__module__)
        or ({"number", "token"} & set(pattern.pattern.converters) and "ticket" in str(pattern.pattern))
    }

    assert about_tickets == {*ADDRESSES, *LISTS, *ABOUT_NO_TICKET, *OF_LEADS, *MOVES_MANY}


# -- building it ----------------------------------------------------------------------------------------------


class Blank(Loader):
    """Every template, with nothing in it: what pages look like is seen elsewhere, and looking takes the time."""

    is_usable = True

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        yield Origin(name=template_name, template_name=template_name, loader=self)

    def get_contents(self, _origin: Origin) -> str:
        return ""


@pytest.fixture
def world(portal: Portal, other_portal: Portal, settings) -> World:
    blank = {**settings.TEMPLATES[0], "APP_DIRS": False}
    blank["OPTIONS"] = {**blank["OPTIONS"], "loaders": ["tests.house.test_matrix.Blank"]}
    settings.TEMPLATES = [blank]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name.lower()]
    with tenant_scope(portal.tenant):
        people = _people(portal)
        spare = UserFactory(email="spare@kund.example", organisation=portal.organisation, verified_at=timezone.now())
        shared = DepartmentFactory(name="Shared", is_shared=True)
        ask_in_form(portal.topic, "floor")
        other_topic = TopicFactory()
        follower = AgentFactory(role=Role.SUPPORT_LEAD)
        cases = [_case(portal, people, state, hidden) for state in STATES for hidden in (False, True)]
        cases += [_case(portal, people, state, hidden, shared) for state in STATES[:1] for hidden in (False, True)]
        for event in TicketEvent.objects.pending():
            fan_out(event)
        for case in cases:
            follow(actor=None, ticket=case.ticket, user=follower)
            case.mail = Delivery.objects.filter(ticket_event__ticket=case.ticket).first().pk
            case.held = _held(case, portal)
            case.trouble = _trouble(portal, case).pk
        trouble = _trouble(portal, *cases).pk
    with tenant_scope(other_portal.tenant):
        now = timezone.now()
        for person in (other_portal.customer, other_portal.agent, other_portal.administrator):
            User.objects.filter(pk=person.pk).update(verified_at=now)
        people["customer of another portal"] = other_portal.customer
        people["agent of another portal"] = other_portal.agent
        people["administrator of another portal"] = other_portal.administrator
    return World(portal, other_portal, people, cases, spare, follower, other_topic, trouble)


def _people(portal: Portal) -> dict[str, User]:
    now, here = timezone.now(), portal.organisation
    everything = {"is_contact_person": True, "sees_colleagues": True, "is_named_contact": True}
    elsewhere = OrganisationFactory(name="Elsewhere AB", visibility=Visibility.EVERYBODY)
    requester = UserFactory(organisation=here, verified_at=now)
    above = DepartmentFactory(name="Above")
    portal.department.parent = above
    portal.department.save()
    agents = {role: AgentFactory() for role in ("agent of another", "lead above", "lead beside")}
    add_member(actor=None, department=portal.other_department, user=agents["agent of another"])
    add_member(actor=None, department=above, user=agents["lead above"], is_lead=True)
    beside = DepartmentFactory(name="Beside", parent=above)
    add_member(actor=None, department=beside, user=agents["lead beside"], is_lead=True)
    return {
        "requester": requester,
        "collaborator": UserFactory(organisation=here, verified_at=now),
        "collaborator from elsewhere": UserFactory(organisation=elsewhere, verified_at=now, **everything),
        "colleague": UserFactory(organisation=here, verified_at=now, is_named_contact=True),
        "contact person": UserFactory(organisation=here, verified_at=now, is_contact_person=True),
        "chosen colleague": UserFactory(organisation=here, verified_at=now, sees_colleagues=True),
        "unverified colleague": UserFactory(organisation=here, **everything),
        "colleague of another organisation": UserFactory(organisation=elsewhere, verified_at=now, **everything),
        "former member": UserFactory(organisation=here, verified_at=now, **everything),
        "deactivated": UserFactory(organisation=here, verified_at=now, **everything),
        "agent of the department": portal.agent,
        "support lead": AgentFactory(role=Role.SUPPORT_LEAD),
        "administrator": portal.administrator,
        **agents,
    }


def _case(portal: Portal, people: dict[str, User], state: Status, hidden: bool, shared: Any = None) -> Case:
    requester, agent = people["requester"], portal.agent
    key, note_key = uuid4(), uuid4()
    keep_uploads(form_key=key, files=[SimpleUploadedFile("plan.txt", b"attic")])
    ticket = make_ticket(requester=requester, topic=portal.topic, filing_key=key)
    keep_uploads(form_key=note_key, files=[SimpleUploadedFile("note.txt", b"for staff")])
    note = add_note(actor=agent, ticket=ticket, body="A note", form_key=note_key)
    answer = Message.objects.create(
        ticket=ticket, author=agent, body="We look.", channel="portal", created_at=timezone.now()
    )
    if shared is not None:
        transfer(actor=agent, ticket=ticket, department=shared)
    for role in ("collaborator", "collaborator from elsewhere"):
        add_collaborator(actor=agent, ticket=ticket, user=people[role], as_staff=True)
    if state == Status.IN_PROGRESS:
        claim(actor=agent, ticket=ticket)
    elif state == Status.CLOSED:
        close_ticket(actor=agent, ticket=ticket, as_staff=True)
    elif state == Status.WAITING_FOR_CUSTOMER:
        set_status(actor=agent, ticket=ticket, status=state)
    set_confidentiality(actor=requester, ticket=ticket, is_confidential=hidden)
    ticket.refresh_from_db()
    assert ticket.status == state
    return Case(
        ticket=ticket,
        state=state,
        is_confidential=hidden,
        is_shared=shared is not None,
        links={role: ticket_link(ticket, person) for role, person in people.items()},
        file=Attachment.objects.get(message__ticket=ticket, name="plan.txt").pk,
        note_file=Attachment.objects.get(message=note).pk,
        answer=answer.pk,
    )


def _held(case: Case, portal: Portal) -> int:
    address, _new = MailAddress.objects.get_or_create(email="fault@north.example", topic=portal.topic)
    raw = b"From: Sture <stranger@away.example>\r\nSubject: Hm\r\n\r\nIt beeps here as well.\r\n"
    mail = IncomingMail.objects.create(
        source="imap",
        source_key=f"imap:{case.ticket.pk}",
        digest="0" * 64,
        size=len(raw),
        received_at=timezone.now(),
        state="held",
        reason="not_on_ticket",
        sender="stranger@away.example",
        address=address,
        ticket=case.ticket,
    )
    RawMail.objects.create(mail=mail, content=compress(raw))
    return mail.pk


def _trouble(portal: Portal, *cases: Case) -> ServiceMessage:
    message = told(portal)
    for case in cases:
        link_to_service_message(actor=portal.administrator, ticket=case.ticket, message=message, as_staff=True)
    return message


def let_go(world: World) -> None:
    """What happens to two of them after they had seen the tickets."""
    with tenant_scope(world.portal.tenant):
        people = User.objects
        former = world.people["former member"]
        people.filter(pk=former.pk).update(
            organisation=OrganisationFactory(visibility=Visibility.EVERYBODY), is_contact_person=True
        )
        people.filter(pk=world.people["deactivated"].pk).update(is_active=False, closed_at=timezone.now())


def set_mode(world: World, mode: Visibility) -> None:
    with tenant_scope(world.portal.tenant):
        world.portal.organisation.visibility = mode
        world.portal.organisation.save()


def clients(world: World, browse) -> dict[str, Client]:
    made = {}
    for role in ROLES:
        portal = world.other if role in ELSEWHERE else world.portal
        made[role] = browse(portal, world.people.get(role))
    return made


# -- asking ---------------------------------------------------------------------------------------------------

UNREMARKABLE = re.compile(r'"(accounts_session|accounts_allowance)"')


@contextmanager
def rolled_back() -> Iterator[list[str]]:
    """Whatever is written inside is undone; gives the writes, but for sessions and limits."""
    writes: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", sql) and not UNREMARKABLE.search(sql):
            writes.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield writes
        transaction.set_rollback(True)


def url_of(name: str, case: Case, world: World, token_of: str = "") -> str:
    given = {
        "number": case.ticket.number,
        "pk": case.trouble
        if name.startswith("desk_service")
        else case.answer
        if name == "desk_carry_over"
        else case.held
        if name.startswith("incoming")
        else case.mail
        if "mail" in name
        else world.follower.pk
        if "follower" in name
        else world.people["collaborator"].pk
        if "removal" in name
        else case.note_file
        if name == "desk_attachment"
        else case.file,
        "token": case.links[token_of].rstrip("/").rsplit("/", 1)[1] if token_of else "",
    }
    pattern = next(found for found in patterns(get_resolver("helpdesk.urls")) if found.name == name)
    return reverse(name, kwargs={key: given[key] for key in pattern.pattern.converters})


FOLLOWED = {"desk_service_answer": give_answers}  # what a worker does with it
URLS: dict[tuple[Any, ...], str] = {}


def ask(
    client: Client, name: str, case: Case, world: World, role: str, mode: Visibility, token_of: str = ""
) -> str | None:
    """Ask once, undo it, and tell what is wrong with the answer, if anything is."""
    address = ADDRESSES[name]
    url = URLS.setdefault((name, id(case), token_of), url_of(name, case, world, token_of))
    may = address.may(token_of or role, mode, case)
    last = case_events(world, case) if may is True else []
    with rolled_back() as writes:
        if address.posts is None:
            response = client.get(url)
        else:
            response = client.post(url, address.posts(world, token_of or role, case))
        if name in FOLLOWED:
            with tenant_scope(world.portal.tenant):
                FOLLOWED[name]()
        recorded = case_events(world, case)[len(last) :] if may is True else []
        if response.streaming:
            response.getvalue()  # else its file stays open
    seen = (response.status_code, "/sign-in/" in response.headers.get("Location", ""))
    if may is not True:
        as_nobody = role in NOBODY and not token_of and name != "thanks"
        if seen != ((302, True) if as_nobody else (may or 404, False)):
            return f"answered {seen}"
        return f"wrote {writes}" if writes else None
    if seen != ((200, False) if address.posts is None else (302, False)):
        return f"answered {seen} {getattr(response, 'context', None)}"
    missing = address.records(token_of or role, case) - set(recorded)
    if missing or (recorded and not address.records(token_of or role, case)):
        return f"recorded {recorded}"
    return None


def case_events(world: World, case: Case) -> list[str]:
    with tenant_scope(world.portal.tenant):
        return list(TicketEvent.objects.filter(ticket=case.ticket).order_by("pk").values_list("kind", flat=True))


def chosen(world: World, turn: int, *, thorough: bool) -> list[Case]:
    """The tickets one address is asked about in one mode: one state in turn, so that the four modes together have all
    of them. Thorough: confidential and not, and a ticket in a shared department; else one of these, in turn."""
    state, shared = STATES[turn % len(STATES)], [case for case in world.cases if case.is_shared]
    plain = [case for case in world.cases if not case.is_shared and case.state == state]
    if thorough:
        return [*plain, shared[turn // 2 % 2]]
    return [[*plain, *shared][turn // 3 % 4]]


def test_signed_in_everybody_sees_and_does_what_is_theirs_and_nothing_else(world: World, browse, subtests):
    by_role = clients(world, browse)
    let_go(world)
    for nth, mode in enumerate(MODES):
        set_mode(world, mode)
        with subtests.test(mode.value):
            wrong = []
            for place, role in enumerate(ROLES):
                for turn, name in enumerate([*CUSTOMERS_ADDRESSES, *DESK_ADDRESSES]):
                    thorough = role in CUSTOMERS and name in CUSTOMERS_ADDRESSES
                    for case in chosen(world, place + turn + nth, thorough=thorough):
                        trouble = ask(by_role[role], name, case, world, role, mode)
                        if trouble:
                            wrong.append((role, name, case.state, case.is_confidential, case.is_shared, trouble))
            assert wrong == []


def test_a_link_is_worth_what_its_person_may_do_by_part(world: World, browse, subtests):
    let_go(world)
    guest = browse(world.portal)
    for nth, mode in enumerate(MODES):
        set_mode(world, mode)
        with subtests.test(mode.value):
            wrong = []
            for place, person in enumerate([*CUSTOMERS, *STAFF, "deactivated"]):
                for turn, name in enumerate(LINK_ADDRESSES):
                    for case in chosen(world, place + turn + nth, thorough=person in PART):
                        trouble = ask(guest, name, case, world, "guest", mode, token_of=person)
                        if trouble:
                            wrong.append((person, name, case.state, case.is_confidential, trouble))
            assert wrong == []


# -- lists ----------------------------------------------------------------------------------------------------


def listed(response: Any) -> set[int]:
    return {row.pk for row in response.context["page"].items}


def expected(world: World, of: Callable[[str, Visibility, Case], bool], role: str, mode: Visibility) -> set[int]:
    return {case.ticket.pk for case in world.cases if of(role, mode, case)}


def test_a_ticket_one_may_not_see_is_in_no_list_count_or_search(world: World, browse, subtests):
    by_role = clients(world, browse)
    let_go(world)
    for mode in MODES:
        set_mode(world, mode)
        for role in (*CUSTOMERS, *(STAFF + ELSEWHERE if mode == Visibility.EVERYBODY else ())):
            with subtests.test(f"{mode} {role}"), rolled_back():
                _own_lists(world, by_role[role], role, mode)
                _desk_lists(world, by_role[role], role, mode)


def _own_lists(world: World, client: Client, role: str, mode: Visibility) -> None:
    closed = {case.ticket.pk for case in world.cases if case.state == Status.CLOSED}
    seen, part = expected(world, reads, role, mode), expected(world, takes_part, role, mode)
    mine = expected(world, is_requester, role, mode)
    for query, tickets in {
        "show=all": seen,
        "show=open": seen - closed,
        "show=closed": seen & closed,
        "show=all&whose=mine": mine,
        "show=all&whose=shared": part - mine,
        "show=all&whose=organisation": seen - part,
    }.items():
        response = client.get(f"/tickets/?{query}")
        assert listed(response) == tickets, query
        assert response.context["page"].total == len(tickets), query
        assert [item["count"] for item in response.context["shows"] if item["current"]] == [len(tickets)], query
    assert {row.pk for row in client.get("/").context["own_open"]} <= part - closed
    found = expected(world, works_on, role, mode) if world.people[role].is_agent else seen
    response = client.get("/search/?q=beeps&kind=tickets")
    assert listed(response) == found
    assert response.context["results"].tickets_total == len(found)
    unread = listed(client.get("/tickets/?show=unread"))
    assert unread <= part
    with tenant_scope((world.other if role in ELSEWHERE else world.portal).tenant):
        assert unread_total(world.people[role]) == len(unread)


def _desk_lists(world: World, client: Client, role: str, mode: Visibility) -> None:
    if role not in (*STAFF, *ELSEWHERE[1:]):
        return
    tickets = expected(world, works_on, role, mode)
    requester = world.people["requester"]
    for query in (
        "view=all",
        f"requester={requester.pk}",
        f"organisation={world.portal.organisation.pk}",
        f"view=all&department={world.portal.department.pk}",
        f"q={requester.email}",
        "q=beeps",
        *(f"q={case.ticket.number}" for case in world.cases[::4]),
    ):
        found = listed(client.get(f"/desk/?{query}"))
        assert found <= tickets, query
        if query in ("view=all", "q=beeps", f"requester={requester.pk}"):
            assert found == tickets, query
    about = client.get(reverse("desk_service_tickets", args=[world.trouble]))
    if role in STAFF:
        assert listed(about) == tickets
        assert about.context["page"].total == len(tickets)
        assert about.context["waiting"] == sum(
            works_on(role, mode, case) and case.state != Status.CLOSED for case in world.cases
        )
    else:
        assert about.status_code == 404
    exported = b"".join(client.get("/desk/export/?view=all")).decode()
    assert {case.ticket.pk for case in world.cases if f"\n{case.ticket.number}," in exported} == tickets
    rail = client.get("/desk/?view=open").context
    assert next(view["count"] for view in rail["views"] if view["key"] == "open") == rail["page"].total
    mails = {delivery.ticket.pk for delivery in client.get("/desk/mails/").context["page"].items if delivery.ticket}
    assert mails <= tickets
    incoming = client.get("/desk/incoming/").context
    assert {mail.ticket.pk for mail in incoming["page"].items if mail.ticket} == tickets
    assert incoming["page"].total == len(tickets)
    with tenant_scope((world.other if role in ELSEWHERE else world.portal).tenant):  # counted where it is shown
        assert incoming["mails_held_total"] == len(tickets)
