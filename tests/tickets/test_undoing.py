"""An agent's reply taken back: for the customer it never was, nobody is told, and the ticket stands as before."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from notifications.actions.fanning_out import fan_out
from notifications.models import Delivery
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.attaching import keep_uploads
from tickets.actions.closing import close_ticket
from tickets.actions.handing_over import claim
from tickets.actions.reading import mark_read
from tickets.actions.replying import reply_to_ticket
from tickets.actions.setting_status import set_status
from tickets.actions.withdrawing import TooLate, withdraw_reply
from tickets.enums import Channel, EventKind, Status
from tickets.models import Message, Ticket, TicketEvent, Upload
from tickets.queries import add_last_messages, desk_tickets, events_for, messages_for, unread_total, with_unread

WORDS = "Try the new key."


@pytest.fixture
def ticket(in_scope) -> Ticket:
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    for event in TicketEvent.objects.all():
        fan_out(event)
    return ticket


def answer(portal, ticket: Ticket, *, undo_seconds: int | None = 15, **values) -> Message:
    given = {"actor": portal.agent, "ticket": ticket, "body": WORDS, "channel": Channel.PORTAL, "as_staff": True}
    return reply_to_ticket(**given | values, undo_seconds=undo_seconds)


def let_time_pass(message: Message, seconds: int = 60) -> None:
    """As if the reply had been written so long ago."""
    with_events = TicketEvent.objects.filter(message=message)
    then = timezone.now() - timedelta(seconds=seconds)
    Message.objects.filter(pk=message.pk).update(public_at=then)
    for event in with_events:
        super(type(TicketEvent.objects.all()), TicketEvent.objects.filter(pk=event.pk)).update(due_at=then)


def row(ticket: Ticket) -> tuple:
    return Ticket.objects.values_list(
        "status", "waiting_on", "waiting_since", "closed_at", "last_activity_at", "assignee", "department"
    ).get(pk=ticket.pk)


def fanned_out(message: Message) -> int:
    return sum(fan_out(event) for event in TicketEvent.objects.filter(message=message))


def test_until_it_is_out_the_customer_sees_nothing_and_nobody_is_told(in_scope, ticket):
    message = answer(in_scope, ticket, and_status=Status.CLOSED)

    assert message not in messages_for(ticket, staff=False)
    assert message in messages_for(ticket, staff=True)
    assert EventKind.CLOSED not in [event.kind for event in events_for(ticket, staff=False)]
    assert unread_total(in_scope.customer) == 0
    assert not TicketEvent.objects.pending().filter(message=message).exists()
    assert fanned_out(message) == 0

    let_time_pass(message)

    assert message in messages_for(ticket, staff=False)
    assert EventKind.CLOSED in [event.kind for event in events_for(ticket, staff=False)]
    assert unread_total(in_scope.customer) == 1
    assert fanned_out(message) == 1
    assert Delivery.objects.filter(ticket_event__message=message).get().recipient == in_scope.customer


def test_what_is_taken_back_in_the_last_moment_was_read_by_nobody(in_scope, ticket):
    message = answer(in_scope, ticket)
    let_time_pass(message, seconds=0)

    assert message not in messages_for(ticket, staff=False)
    assert unread_total(in_scope.customer) == 0
    later = answer(in_scope, ticket, actor=in_scope.customer, as_staff=False)
    mark_read(actor=in_scope.customer, ticket=ticket, message=later)

    let_time_pass(message, seconds=2)

    assert message in messages_for(ticket, staff=False)
    assert unread_total(in_scope.customer) == 1


@pytest.mark.parametrize("undo_seconds", [None, 0])
def test_without_a_delay_it_is_out_at_once(in_scope, ticket, undo_seconds):
    message = answer(in_scope, ticket, undo_seconds=undo_seconds)

    assert message.public_at is None
    assert message in messages_for(ticket, staff=False)
    assert fanned_out(message) == 1
    with pytest.raises(TooLate):
        withdraw_reply(actor=in_scope.agent, message=message)


def test_customers_replies_are_never_kept_back(in_scope, ticket):
    message = answer(in_scope, ticket, actor=in_scope.customer, as_staff=False)

    assert message.public_at is None


def test_taken_back_it_was_never_said(in_scope, ticket):
    before = row(ticket)
    message = answer(in_scope, ticket, and_status=Status.CLOSED)
    assert row(ticket) != before

    withdraw_reply(actor=in_scope.agent, message=message)
    let_time_pass(message)

    assert row(ticket) == before
    assert fanned_out(message) == 0
    assert not Delivery.objects.filter(ticket_event__message=message).exists()
    for staff in (True, False):
        assert message not in messages_for(ticket, staff=staff)
    assert EventKind.CLOSED not in [event.kind for event in events_for(ticket, staff=False)]
    assert unread_total(in_scope.customer) == 0
    mark_read(actor=in_scope.lead, ticket=ticket, message=ticket.messages.first(), staff=True)
    assert not with_unread(desk_tickets(in_scope.lead), in_scope.lead, staff=True).get(pk=ticket.pk).is_unread
    rows = [desk_tickets(in_scope.agent).get(pk=ticket.pk)]
    add_last_messages(rows)
    assert WORDS not in rows[0].last_message_excerpt
    assert ticket.events.last().kind == EventKind.REPLY_WITHDRAWN


def test_only_its_author_takes_it_back(in_scope, ticket):
    message = answer(in_scope, ticket)

    for person in (in_scope.lead, in_scope.administrator, in_scope.customer):
        with pytest.raises(PermissionError):
            withdraw_reply(actor=person, message=message)
    assert Message.objects.get(pk=message.pk).withdrawn_at is None


@pytest.mark.parametrize("who", ["time", "worker"])
def test_what_is_out_cannot_be_taken_back(in_scope, ticket, who):
    message = answer(in_scope, ticket)
    if who == "time":
        let_time_pass(message, 0)
    else:  # a worker whose clock is ahead of ours
        TicketEvent.objects.filter(message=message).update(fanned_out_at=timezone.now())

    with pytest.raises(TooLate):
        withdraw_reply(actor=in_scope.agent, message=message)
    assert Message.objects.get(pk=message.pk).withdrawn_at is None
    assert not TicketEvent.objects.filter(kind=EventKind.REPLY_WITHDRAWN).exists()


def test_taken_back_twice_is_taken_back_once(in_scope, ticket):
    message = answer(in_scope, ticket)
    withdraw_reply(actor=in_scope.agent, message=message)
    withdraw_reply(actor=in_scope.agent, message=message)

    assert TicketEvent.objects.filter(kind=EventKind.REPLY_WITHDRAWN).count() == 1


def test_the_same_form_sent_after_that_is_a_new_reply(in_scope, ticket):
    key = uuid4()
    first = answer(in_scope, ticket, form_key=key)
    withdraw_reply(actor=in_scope.agent, message=first)
    second = answer(in_scope, ticket, form_key=key)

    assert second.pk != first.pk
    assert second in messages_for(ticket, staff=True)


def test_its_files_go_back_to_the_form(in_scope, ticket):
    key, again = uuid4(), uuid4()
    keep_uploads(form_key=key, files=[SimpleUploadedFile("plan.txt", b"attic")])
    message = answer(in_scope, ticket, form_key=key)
    withdraw_reply(actor=in_scope.agent, message=message, form_key=again)

    assert [upload.name for upload in Upload.objects.filter(form_key=again)] == ["plan.txt"]
    sent = answer(in_scope, ticket, form_key=again)
    assert sent.attachments.get().file.read() == b"attic"
    assert not message.attachments.exists()


def test_what_somebody_did_since_stays(in_scope, ticket):
    message = answer(in_scope, ticket)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="And now it burns", channel=Channel.PORTAL)
    claim(actor=in_scope.lead, ticket=ticket, seen_with="")
    after = row(ticket)
    withdraw_reply(actor=in_scope.agent, message=message)

    assert row(ticket) == after


def test_a_reply_that_was_hidden_while_somebody_read_on_is_still_news_to_them(portal, ticket, browse):
    message = answer(portal, ticket)
    page = browse(portal, portal.customer)
    page.post(f"/tickets/{ticket.number}/reply/", {"body": "Hello?", "key": str(uuid4())})
    page.get(f"/tickets/{ticket.number}/")
    with tenant_scope(portal.tenant):
        assert unread_total(portal.customer) == 0
        let_time_pass(message)
        assert unread_total(portal.customer) == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.sampled_from(list(Status)),
    after=st.sampled_from([status for status in Status if status != Status.OPEN]),
    has_assignee=st.booleans(),
)
def test_undone_the_ticket_stands_as_it_did(in_scope, ticket, before, after, has_assignee):
    fresh = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    if has_assignee:
        claim(actor=in_scope.lead, ticket=fresh, seen_with="")
    set_status(actor=in_scope.lead, ticket=fresh, status=before)
    stood = row(fresh)
    withdraw_reply(actor=in_scope.agent, message=answer(in_scope, fresh, and_status=after))

    assert row(fresh) == stood


# -- in the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture
def delayed(portal, ticket) -> Ticket:
    Tenant.objects.filter(pk=portal.tenant.pk).update(undo_seconds=15)
    return ticket


def send(client, ticket: Ticket, **fields):
    data = {"body": WORDS, "key": str(uuid4()), "mode": "reply", "and_status": "closed", **fields}
    return client.post(f"/desk/tickets/{ticket.number}/reply/", data, follow=True)


def test_the_page_offers_undo_and_puts_the_words_back(portal, other_portal, delayed, browse):
    agent, customer = browse(portal, portal.agent), browse(portal, portal.customer)
    page = Page(send(agent, delayed, attachments=SimpleUploadedFile("plan.txt", b"attic")))
    message = Message.objects.get(body=WORDS)
    action = f"/desk/tickets/{delayed.number}/messages/{message.pk}/withdrawal/"

    assert re.search(r"Not sent yet: goes out in \d+ s", page.text)
    assert action in [form["action"] for form in page.forms]
    assert WORDS not in Page(customer.get(f"/tickets/{delayed.number}/")).text

    page = Page(agent.post(action, follow=True))

    assert "The reply was not sent" in page.text
    assert page.form("/reply/")["body"] == WORDS
    assert page.form("/reply/")["kept"]
    assert action not in [form["action"] for form in page.forms]
    key = page.form("/reply/")["key"]
    page = Page(send(agent, delayed, key=key, kept=page.form("/reply/")["kept"]))
    again = Message.objects.get(body=WORDS, withdrawn_at=None)
    assert [file.name for file in again.attachments.all()] == ["plan.txt"]
    assert WORDS not in page.form("/reply/")["body"]


def test_nobody_else_is_offered_undo_or_may_do_it(portal, other_portal, delayed, browse):
    send(browse(portal, portal.agent), delayed)
    message = Message.objects.get(body=WORDS)
    action = f"/desk/tickets/{delayed.number}/messages/{message.pk}/withdrawal/"

    page = Page(browse(portal, portal.lead).get(f"/desk/tickets/{delayed.number}/"))
    assert "Not sent yet" in page.text
    assert action not in [form["action"] for form in page.forms]
    for place, person in ((portal, portal.lead), (portal, portal.customer), (other_portal, other_portal.agent)):
        assert browse(place, person).post(action).status_code == 404
    assert Message.objects.get(pk=message.pk).withdrawn_at is None


def test_too_late_is_said(portal, delayed, browse):
    agent = browse(portal, portal.agent)
    send(agent, delayed)
    message = Message.objects.get(body=WORDS)
    with tenant_scope(portal.tenant):
        let_time_pass(message)

    page = Page(agent.post(f"/desk/tickets/{delayed.number}/messages/{message.pk}/withdrawal/", follow=True))

    assert "too late to undo" in page.text
    assert page.form("/reply/")["body"] == ""


def test_a_note_is_never_kept_back(portal, delayed, browse):
    send(browse(portal, portal.agent), delayed, mode="note")

    assert Message.objects.get(body=WORDS).public_at is None


def test_a_closed_ticket_reopened_by_a_reply_closes_again(in_scope, ticket):
    close_ticket(actor=in_scope.customer, ticket=ticket)
    stood = row(ticket)
    message = answer(in_scope, ticket, and_status=Status.IN_PROGRESS)
    withdraw_reply(actor=in_scope.agent, message=message)

    assert row(ticket) == stood


def test_what_was_taken_back_is_offered_until_something_else_was_said(in_scope, ticket, browse):
    message = answer(in_scope, ticket)
    url = f"/desk/tickets/{ticket.number}/"

    def offered(person) -> str:
        return Page(browse(in_scope, person).get(url)).form("/reply/")["body"].strip()

    browse(in_scope, in_scope.agent).post(f"{url}messages/{message.pk}/withdrawal/")

    assert [offered(in_scope.agent), offered(in_scope.agent)] == [WORDS, WORDS]
    assert "You took this back; it has not been sent." in Page(browse(in_scope, in_scope.agent).get(url)).text
    assert offered(in_scope.lead) == ""

    answer(in_scope, ticket, body="Another one.")

    assert offered(in_scope.agent) == ""


def test_customers_see_what_an_answer_does_with_the_answer(in_scope, ticket, browse):
    customer = browse(in_scope, in_scope.customer)
    claim(actor=in_scope.agent, ticket=ticket)

    def known() -> tuple[str, int, int, str]:
        page = Page(customer.get(f"/tickets/{ticket.number}/"))
        totals = [Page(customer.get(f"/tickets/?show={show}")).main["data-total"] for show in ("open", "closed")]
        at_home = ticket.subject in Page(customer.get("/")).text
        return page.main["data-status"], *map(int, totals), at_home

    before = known()
    assert before == (Status.IN_PROGRESS, 1, 0, True)
    message = answer(in_scope, ticket)
    closing = answer(in_scope, ticket, and_status=Status.CLOSED)

    assert known() == before

    for one in (message, closing):
        let_time_pass(one)
    assert known() == (Status.CLOSED, 0, 1, False)

    reopening = answer(in_scope, ticket, and_status=Status.IN_PROGRESS)
    assert known() == (Status.CLOSED, 0, 1, False)
    set_status(actor=in_scope.agent, ticket=ticket, status=Status.OPEN)
    assert known()[0] == Status.OPEN  # what was done besides is no part of the answer
    let_time_pass(reopening)
    assert known()[:3] == (Status.OPEN, 1, 0)
