"""The desk: reply or note, claim, assign, hand over, file for somebody; with ids that are not to be trusted."""

from uuid import uuid4

import pytest
from django.utils import translation

from accounts.models import User
from accounts.scoping import tenant_scope
from routing.enums import Ageing, Measure, Rung
from tests.factories import AgentFactory, DepartmentFactory, MemberFactory, UserFactory, make_ticket
from tests.pages import Page, snapshot
from tickets.actions.closing import close_ticket
from tickets.actions.handing_over import assign, claim, transfer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.enums import Channel, EventKind, MessageKind, Priority, Status, TimesChange, WaitingOn
from tickets.events_in_words import sentence
from tickets.models import Message, Ticket, TicketEvent

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def ticket(portal, other_portal) -> Ticket:
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic)


@pytest.fixture
def url(ticket) -> str:
    return f"/desk/tickets/{ticket.number}/"


@pytest.fixture
def client(portal, browse):
    return browse(portal, portal.agent)


@pytest.fixture
def row(portal, ticket):
    def get() -> Ticket:
        with tenant_scope(portal.tenant):
            return Ticket.objects.select_related("assignee", "department").get(pk=ticket.pk)

    return get


def reply(client, url, **fields):
    return client.post(f"{url}reply/", {"body": "We look.", "key": str(uuid4()), **fields})


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ("waiting_for_customer", Status.WAITING_FOR_CUSTOMER, "The ticket waits for the customer."),
        ("in_progress", Status.IN_PROGRESS, "The ticket waits for us."),
        ("closed", Status.CLOSED, "The ticket is closed."),
        ("", Status.WAITING_FOR_CUSTOMER, "The ticket waits for the customer."),
    ],
)
def test_an_answer_is_sent_with_the_status_of_the_pressed_button(client, url, row, sent, status, said):
    """T6"""
    assert reply(client, url, mode="reply", and_status=sent).url == f"{url}#end"

    assert row().status == status
    assert f"Sent to Anna Holm. {said}" in Page(client.get(url)).text


def test_a_note_stays_a_note_whatever_button_is_pressed(portal, client, url, row):
    for status in ("", "closed", "in_progress"):
        reply(client, url, mode="note", and_status=status, body=f"note {status}")

    assert row().status == Status.OPEN
    with tenant_scope(portal.tenant):
        assert {message.kind for message in Message.objects.exclude(author=portal.customer)} == {MessageKind.NOTE}


@pytest.mark.parametrize("wrong", [{"mode": "shout"}, {"and_status": "open"}, {"and_status": "deleted"}, {"body": ""}])
def test_a_wrong_reply_sends_nothing_and_keeps_the_words(portal, client, url, wrong):
    response = reply(client, url, **{"body": "Keep <me>", **wrong})

    assert response.status_code == 422
    if "body" not in wrong:
        assert Page(response).form("/reply/")["body"] == "Keep <me>"
    with tenant_scope(portal.tenant):
        assert Message.objects.count() == 1


def test_a_wrong_note_comes_back_as_a_note(client, url):
    """Otherwise the next press would send internal words to the customer."""
    page = Page(reply(client, url, mode="note", body="x" * 200_001))

    assert page.form("/reply/")["mode"] == "note"


def test_a_reply_typed_over_the_end_of_a_session_is_back_afterwards_in_its_mode(portal, client, url):
    client.get(url)
    del client.cookies["session"]

    sent = reply(client, url, mode="note", body="Internal <words>")
    assert sent.url == f"/sign-in/?next={url}"
    client.post(sent.url, {"email": portal.agent.email, "password": "Correct-horse-7", "next": url})
    fields = Page(client.get(url)).form("/reply/")

    assert (fields["body"], fields["mode"]) == ("Internal <words>", "note")
    with tenant_scope(portal.tenant):
        assert Message.objects.count() == 1


def test_an_agent_takes_a_ticket(portal, client, url, row):
    assert client.post(f"{url}claim/").url == url
    assert (row().assignee, row().status) == (portal.agent, Status.IN_PROGRESS)


def test_a_ticket_is_given_only_to_people_who_were_offered(portal, other_portal, client, url, row):
    with tenant_scope(portal.tenant):
        elsewhere, gone = AgentFactory(), AgentFactory(is_active=False)
        MemberFactory(department=portal.department, user=gone)
    for person in (other_portal.agent, elsewhere, gone, portal.customer):
        assert client.post(f"{url}assignment/", {"assignee": person.pk}).status_code == 422
    for nonsense in ("-1", "x", "99999999999999999999", "\x00"):
        assert client.post(f"{url}assignment/", {"assignee": nonsense}).status_code == 422
    assert row().assignee is None

    assert client.post(f"{url}assignment/", {"assignee": portal.lead.pk}).status_code == 302
    assert row().assignee == portal.lead
    client.post(f"{url}assignment/", {"assignee": ""})
    assert row().assignee is None


def test_a_ticket_is_handed_only_to_open_departments_of_the_portal(portal, other_portal, client, url, row):
    with tenant_scope(portal.tenant):
        closed = DepartmentFactory(is_active=False)
    for department in (other_portal.department.pk, closed.pk, "", "x", "99999999999999999999"):
        assert client.post(f"{url}department/", {"department": department}).status_code == 422
    assert row().department == portal.department

    response = client.post(f"{url}department/", {"department": portal.other_department.pk})
    assert response.url == "/desk/", "the agent sees it no longer"
    assert row().department == portal.other_department
    assert client.get(url).status_code == 404


def test_status_and_priority_take_known_values_only(client, url, row):
    for field in ("status", "priority"):
        for value in ("", "x", "deleted"):
            assert client.post(f"{url}{field}/", {field: value}).status_code == 422
    assert client.post(f"{url}priority/", {"priority": "urgent"}).status_code == 422, "no reason"
    client.post(f"{url}priority/", {"priority": "urgent", "reason": "It burns"})
    client.post(f"{url}status/", {"status": "closed"})

    assert (row().priority, row().status) == (Priority.URGENT, Status.CLOSED)


def test_nothing_is_changed_by_looking(client, url):
    client.get(url)
    before = snapshot(without=("accounts.Session",))
    for way in ("reply", "claim", "assignment", "department", "status", "priority", "links"):
        assert client.get(f"{url}{way}/").status_code == 405
    for page in (url, f"{url}preview/", "/desk/", "/desk/tickets/new/", "/desk/tickets/new/?topic=fault"):
        assert client.get(page).status_code == 200

    assert snapshot(without=("accounts.Session",)) == before


def test_a_ticket_is_unread_for_each_agent_by_themselves(portal, ticket, url, client, browse):
    dot = b"row__dot"
    other = browse(portal, portal.lead)
    assert dot in client.get("/desk/").content
    client.get(url)
    assert dot not in client.get("/desk/").content
    assert dot in other.get("/desk/").content
    with tenant_scope(portal.tenant):
        add_note(actor=portal.lead, ticket=ticket, body="n")
    assert dot in client.get("/desk/").content


def test_a_preview_marks_nothing_as_read(url, client):
    client.get(f"{url}preview/")

    assert b"row__dot" in client.get("/desk/").content


def test_every_event_is_told_and_markup_in_its_names_is_text(portal, ticket, url, client, browse):
    with tenant_scope(portal.tenant):
        for person in (portal.agent, portal.lead, portal.customer):
            person.name = f"{person.email[:4]} {MARKUP}"
            person.save()
        portal.other_department.name = MARKUP
        portal.other_department.save()
        claim(actor=portal.agent, ticket=ticket)
        assign(actor=portal.agent, ticket=ticket, assignee=portal.lead)
        assign(actor=portal.agent, ticket=ticket, assignee=None)
        reply_to_ticket(actor=portal.agent, ticket=ticket, body=MARKUP, channel=Channel.PORTAL, as_staff=True)
        set_priority(actor=portal.agent, ticket=ticket, priority=Priority.HIGH)
        close_ticket(actor=portal.customer, ticket=ticket)
        reply_to_ticket(actor=portal.customer, ticket=ticket, body=MARKUP, channel=Channel.PORTAL)
        transfer(actor=portal.agent, ticket=ticket, department=portal.other_department)
        transfer(actor=portal.agent, ticket=ticket, department=portal.department)
        kinds = set(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))
    assert len(kinds) >= 9
    for response in (
        client.get(url),
        client.get(f"{url}preview/"),
        client.get("/desk/"),
        browse(portal, portal.customer).get(f"/tickets/{ticket.number}/"),
        browse(portal, portal.customer, "sv").get("/tickets/"),
    ):
        assert b"<img src=x" not in response.content
        assert response.status_code == 200
    text = Page(client.get(url)).text
    for words in (
        "took the ticket",
        "gave the ticket to",
        "back to the department",
        "changed the priority",
        "reopened",
    ):
        assert words in text


def test_every_kind_of_event_can_be_put_into_words(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    for kind in EventKind:
        assert sentence(TicketEvent(ticket=ticket, kind=kind, actor=in_scope.agent, data={})).strip()
        assert sentence(TicketEvent(ticket=ticket, kind=kind, actor=None, data={})).strip()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_concerns_times_is_put_into_words_whatever_it_was(in_scope, language):
    said = [
        *((EventKind.TIMES_CHANGED, {"why": str(why)}) for why in TimesChange),
        *((EventKind.ESCALATED, {"rung": rung, "measure": str(one)}) for rung in Rung for one in Measure),
        *((EventKind.ESCALATED, {"rung": rung, "condition": str(one), "policy": 1}) for rung in Rung for one in Ageing),
        (EventKind.SNOOZED, {"until": "2026-11-23T08:00:00+00:00"}),
        (EventKind.SNOOZED, {"until": None}),
        *((EventKind.WAITING_CHANGED, {"to": str(to), "whom": "50 % of Acme"}) for to in WaitingOn),
        (EventKind.CLOSED, {"by": "staff", "unanswered": True}),
    ]
    with translation.override(language):
        words = {sentence(TicketEvent(kind=kind, actor=None, data=data)) for kind, data in said}
    assert all(one.strip() and "%" not in one.replace("50 % of Acme", "") for one in words)
    assert len(words) == len(said) - 2  # for us, the customer and nobody it reads the same


# -- for somebody who called ----------------------------------------------------------------------------------------

CALL = {
    "topic": "fault",
    "email": "caller@kund.example",
    "name": "Carl Caller",
    "phone": "08-1",
    "subject": "Called about the siren",
    "body": "It beeps",
    "priority": "high",
}


def test_an_agent_files_for_somebody_who_called(portal, other_portal, client):
    response = client.post("/desk/tickets/new/", {**CALL, "filing_key": str(uuid4())})

    with tenant_scope(portal.tenant):
        ticket = Ticket.objects.get()
        opened = ticket.events.get(kind=EventKind.OPENED)
        assert response.url == f"/desk/tickets/{ticket.number}/"
        assert (ticket.requester.email, ticket.channel, ticket.priority) == ("caller@kund.example", "phone", "high")
        assert opened.actor == portal.agent
        assert ticket.messages.get().author == ticket.requester
        assert ticket.requester.role == "customer"


def test_filing_for_a_known_person_changes_nothing_about_them(portal, client):
    client.post("/desk/tickets/new/", {**CALL, "email": portal.customer.email})

    with tenant_scope(portal.tenant):
        assert Ticket.objects.get().requester == portal.customer
        assert User.objects.get(pk=portal.customer.pk).name == "Anna Holm"


def test_a_wrong_form_for_somebody_keeps_what_was_typed_and_its_topic(portal, client):
    response = client.post("/desk/tickets/new/", {**CALL, "email": "wrong", "priority": "highest"})

    page = Page(response)
    assert response.status_code == 422
    assert page.form("/desk/tickets/new/")["subject"] == CALL["subject"]
    assert page.form("/desk/tickets/new/")["topic"] == "fault"
    with tenant_scope(portal.tenant):
        assert not Ticket.objects.exists()


def test_another_portals_or_a_closed_topic_is_no_topic(portal, other_portal, client):
    for topic in ("", "nothing", "\x00", "x" * 500):
        assert client.post("/desk/tickets/new/", {**CALL, "topic": topic}).status_code in (200, 404, 410, 422)
    with tenant_scope(portal.tenant):
        assert not Ticket.objects.exists()
        assert not User.objects.filter(email="caller@kund.example").exists()


def test_a_double_click_files_one_ticket_and_a_ticket_elsewhere_leads_to_the_queue(portal, client):
    with tenant_scope(portal.tenant):
        portal.topic.department = portal.other_department
        portal.topic.save()
    form = {**CALL, "filing_key": str(uuid4())}

    assert [client.post("/desk/tickets/new/", form).url for _time in range(2)] == ["/desk/", "/desk/"]
    with tenant_scope(portal.tenant):
        assert Ticket.objects.count() == 1


def test_other_tickets_of_a_person_are_listed_as_far_as_the_agent_sees_them(portal, ticket, url, client):
    with tenant_scope(portal.tenant):
        seen = make_ticket(requester=portal.customer, topic=portal.topic, subject="Also mine")
        hidden = make_ticket(requester=portal.customer, topic=portal.topic, subject="Elsewhere")
        transfer(actor=portal.agent, ticket=hidden, department=portal.other_department)
        make_ticket(requester=UserFactory(), topic=portal.topic, subject="A stranger's")
    page = Page(client.get(url))

    assert f"/desk/tickets/{seen.number}/" in page.links()
    assert f"/desk/tickets/{hidden.number}/" not in page.links()
    assert "A stranger's" not in page.text
