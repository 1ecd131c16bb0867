"""What a ticket may become: status, whom it waits for and since when, and an event for everything that happened."""

from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.scoping import tenant_scope
from routing.actions.ruling import set_earlier_days
from tests.conftest import make_portal
from tests.factories import AgentFactory, DepartmentFactory, MemberFactory, make_ticket
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.handing_over import NotAssignable, assign, claim, transfer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.actions.setting_status import set_status
from tickets.actions.snoozing import snooze
from tickets.actions.waiting import NotOurs, wait_for_third_party, wait_for_us
from tickets.actions.withdrawing import withdraw_reply
from tickets.enums import WAITING_ON, Channel, EventKind, MessageKind, Priority, Status, WaitingOn
from tickets.models import Message, Ticket, TicketEvent
from tickets.standing import standings

LATER = timedelta(hours=3)


@pytest.fixture
def ticket(in_scope) -> Ticket:
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("assignee", "department").get(pk=ticket.pk)


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))


def answer(portal, ticket, status=Status.WAITING_FOR_CUSTOMER, who=None):
    return reply_to_ticket(
        actor=who or portal.agent,
        ticket=ticket,
        body="We look.",
        channel=Channel.PORTAL,
        as_staff=True,
        and_status=status,
    )


def write(portal, ticket):
    return reply_to_ticket(actor=portal.customer, ticket=ticket, body="And now?", channel=Channel.PORTAL)


def test_a_new_ticket_waits_for_us_from_its_first_second(in_scope, ticket):
    """T5: routed at once, with its reasons."""
    assert (ticket.status, ticket.waiting_on, ticket.assignee) == (Status.OPEN, WaitingOn.US, None)
    assert ticket.waiting_since == ticket.created_at == ticket.last_activity_at
    assert kinds(ticket) == [EventKind.OPENED, EventKind.ROUTED]
    routed = TicketEvent.objects.get(ticket=ticket, kind=EventKind.ROUTED)
    assert routed.actor is None
    assert [reason["step"] for reason in routed.data["reasons"] if reason["outcome"] == "chosen"] == ["topic"]
    assert ticket.department == in_scope.department


@pytest.mark.parametrize("status", [Status.WAITING_FOR_CUSTOMER, Status.IN_PROGRESS, Status.CLOSED])
def test_an_answer_gives_the_ticket_its_status_and_its_writer(in_scope, ticket, status):
    """T6, T7"""
    answer(in_scope, ticket, status)

    after = now(ticket)
    assert (after.status, after.waiting_on) == (status, WAITING_ON[status])
    assert after.assignee == in_scope.agent
    assert (after.closed_at is not None) == (status == Status.CLOSED)
    closing = [EventKind.CLOSED] if status == Status.CLOSED else []
    assert kinds(ticket)[2:] == [EventKind.CLAIMED, EventKind.REPLIED, *closing]


def test_an_answer_takes_no_ticket_from_its_assignee(in_scope, ticket):
    claim(actor=in_scope.lead, ticket=ticket)
    answer(in_scope, ticket)

    assert now(ticket).assignee == in_scope.lead


@pytest.mark.parametrize("before", [Status.OPEN, Status.IN_PROGRESS, Status.WAITING_FOR_CUSTOMER, Status.CLOSED])
def test_a_customers_words_make_every_ticket_wait_for_us(in_scope, ticket, before):
    """T7, T11"""
    set_status(actor=in_scope.agent, ticket=ticket, status=before)
    write(in_scope, ticket)

    after = now(ticket)
    assert after.waiting_on == WaitingOn.US
    assert after.closed_at is None
    assert (EventKind.REOPENED in kinds(ticket)) == (before == Status.CLOSED)


def test_since_when_it_waits_is_counted_from_the_first_unanswered_words(in_scope, ticket):
    began = ticket.waiting_since
    with mock.patch.object(timezone, "now", return_value=began + LATER):
        write(in_scope, ticket)
        claim(actor=in_scope.agent, ticket=ticket)
    assert now(ticket).waiting_since == began

    with mock.patch.object(timezone, "now", return_value=began + 2 * LATER):
        answer(in_scope, ticket)
    assert (now(ticket).waiting_on, now(ticket).waiting_since) == (WaitingOn.CUSTOMER, began + 2 * LATER)

    with mock.patch.object(timezone, "now", return_value=began + 3 * LATER):
        answer(in_scope, ticket)
    assert now(ticket).waiting_since == began + 2 * LATER
    assert now(ticket).last_activity_at == began + 3 * LATER


def test_a_note_is_no_answer(in_scope, ticket):
    with mock.patch.object(timezone, "now", return_value=ticket.created_at + LATER):
        add_note(actor=in_scope.agent, ticket=ticket, body="Call them")

    after = now(ticket)
    assert (after.status, after.waiting_on, after.waiting_since, after.assignee) == (
        Status.OPEN,
        WaitingOn.US,
        ticket.waiting_since,
        None,
    )
    assert kinds(ticket)[2:] == [EventKind.NOTED]


def test_a_reopened_ticket_returns_to_whoever_had_it(in_scope, ticket):
    claim(actor=in_scope.agent, ticket=ticket)
    close_ticket(actor=in_scope.customer, ticket=ticket)
    reopen_ticket(actor=in_scope.customer, ticket=ticket)

    after = now(ticket)
    assert (after.status, after.assignee, after.closed_at) == (Status.IN_PROGRESS, in_scope.agent, None)


@pytest.mark.parametrize(
    "nothing",
    [
        lambda portal, ticket: reopen_ticket(actor=portal.customer, ticket=ticket),
        lambda portal, ticket: set_status(actor=portal.agent, ticket=ticket, status=Status.OPEN),
        lambda portal, ticket: set_priority(actor=portal.agent, ticket=ticket, priority=Priority.MEDIUM),
        lambda portal, ticket: assign(actor=portal.agent, ticket=ticket, assignee=None),
        lambda portal, ticket: transfer(actor=portal.agent, ticket=ticket, department=portal.department),
    ],
)
def test_asking_for_what_is_so_already_changes_and_records_nothing(in_scope, ticket, nothing):
    before, events = Ticket.objects.filter(pk=ticket.pk).values().get(), kinds(ticket)

    nothing(in_scope, ticket)

    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before
    assert kinds(ticket) == events


def test_closing_twice_is_closing_once(in_scope, ticket):
    close_ticket(actor=in_scope.customer, ticket=ticket)
    first = now(ticket).closed_at
    close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)

    assert now(ticket).closed_at == first
    assert kinds(ticket).count(EventKind.CLOSED) == 1


@pytest.mark.parametrize(
    "door",
    [
        lambda who, ticket, portal: add_note(actor=who, ticket=ticket, body="x"),
        lambda who, ticket, portal: answer(portal, ticket, who=who),
        lambda who, ticket, portal: close_ticket(actor=who, ticket=ticket, as_staff=True),
        lambda who, ticket, portal: reopen_ticket(actor=who, ticket=ticket, as_staff=True),
        lambda who, ticket, portal: claim(actor=who, ticket=ticket),
        lambda who, ticket, portal: assign(actor=who, ticket=ticket, assignee=who),
        lambda who, ticket, portal: transfer(actor=who, ticket=ticket, department=portal.other_department),
        lambda who, ticket, portal: set_status(actor=who, ticket=ticket, status=Status.CLOSED),
        lambda who, ticket, portal: set_priority(actor=who, ticket=ticket, priority=Priority.LOW),
    ],
)
def test_staffs_doors_are_closed_to_customers_and_to_agents_who_left(in_scope, ticket, door):
    left = AgentFactory(is_active=False)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    for who in (in_scope.customer, left):
        with pytest.raises(PermissionError):
            door(who, ticket, in_scope)

    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before
    assert kinds(ticket) == [EventKind.OPENED, EventKind.ROUTED]


def test_no_door_opens_for_another_portals_ticket(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        theirs = make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    for door in (
        lambda: claim(actor=in_scope.agent, ticket=theirs),
        lambda: close_ticket(actor=in_scope.agent, ticket=theirs, as_staff=True),
        lambda: write(in_scope, theirs),
        lambda: set_priority(actor=in_scope.agent, ticket=theirs, priority=Priority.LOW),
    ):
        with pytest.raises(Ticket.DoesNotExist):
            door()


class TestHandingOver:
    def test_a_claimed_ticket_is_in_progress(self, in_scope, ticket):
        claim(actor=in_scope.agent, ticket=ticket)
        assert (now(ticket).assignee, now(ticket).status) == (in_scope.agent, Status.IN_PROGRESS)
        claim(actor=in_scope.lead, ticket=ticket)
        assert now(ticket).assignee == in_scope.lead
        assert kinds(ticket)[2:] == [EventKind.CLAIMED, EventKind.CLAIMED]

    def test_a_ticket_given_back_is_open_again(self, in_scope, ticket):
        claim(actor=in_scope.agent, ticket=ticket)
        assign(actor=in_scope.lead, ticket=ticket, assignee=None)
        assert (now(ticket).assignee, now(ticket).status) == (None, Status.OPEN)

    def test_a_ticket_is_assigned_to_active_members_of_its_department_only(self, in_scope, other_portal, ticket):
        gone = AgentFactory(is_active=False)
        MemberFactory(department=in_scope.department, user=gone)
        for person in (AgentFactory(), gone, in_scope.customer, in_scope.administrator, other_portal.agent):
            with pytest.raises(NotAssignable):
                assign(actor=in_scope.lead, ticket=ticket, assignee=person)
        assert now(ticket).assignee is None

        assign(actor=in_scope.lead, ticket=ticket, assignee=in_scope.agent)
        event = TicketEvent.objects.filter(ticket=ticket).last()
        assert now(ticket).assignee == in_scope.agent
        assert (event.kind, event.data["assignee"]) == (EventKind.ASSIGNED, in_scope.agent.pk)

    def test_a_transferred_ticket_leaves_an_assignee_who_is_no_member_there(self, in_scope, ticket):
        claim(actor=in_scope.agent, ticket=ticket)
        transfer(actor=in_scope.agent, ticket=ticket, department=in_scope.other_department)
        after = now(ticket)
        assert (after.department, after.assignee, after.status) == (in_scope.other_department, None, Status.OPEN)

    def test_a_transferred_ticket_stays_with_a_member_of_both_departments(self, in_scope, ticket):
        MemberFactory(department=in_scope.other_department, user=in_scope.agent)
        claim(actor=in_scope.agent, ticket=ticket)
        transfer(actor=in_scope.lead, ticket=ticket, department=in_scope.other_department)
        assert (now(ticket).assignee, now(ticket).status) == (in_scope.agent, Status.IN_PROGRESS)

    def test_nothing_is_transferred_to_a_closed_department(self, in_scope, ticket):
        closed = DepartmentFactory(is_active=False)
        with pytest.raises(NotAssignable):
            transfer(actor=in_scope.agent, ticket=ticket, department=closed)
        assert now(ticket).department == in_scope.department

    def test_a_transfer_does_not_shorten_the_wait(self, in_scope, ticket):
        with mock.patch.object(timezone, "now", return_value=ticket.created_at + LATER):
            transfer(actor=in_scope.agent, ticket=ticket, department=in_scope.other_department)
        assert now(ticket).waiting_since == ticket.waiting_since


def test_the_same_reply_form_sent_again_is_one_reply(in_scope, ticket):
    key = uuid4()
    made = [
        reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.PORTAL, form_key=key)
        for _time in range(3)
    ]
    notes = [add_note(actor=in_scope.agent, ticket=ticket, body="N", form_key=notes_key) for notes_key in [uuid4()] * 2]

    assert len({message.pk for message in made}) == len({message.pk for message in notes}) == 1
    assert kinds(ticket).count(EventKind.REPLIED) == kinds(ticket).count(EventKind.NOTED) == 1


def test_a_form_key_used_on_another_ticket_loses_no_words(in_scope, ticket):
    """Somebody else's key, or one's own from another tab, must not swallow a reply."""
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    key = uuid4()
    for one in (ticket, other):
        reply_to_ticket(
            actor=in_scope.customer, ticket=one, body=f"To {one.number}", channel=Channel.PORTAL, form_key=key
        )

    assert Message.objects.filter(ticket=other, body=f"To {other.number}").exists()


def test_the_database_itself_refuses_a_ticket_that_contradicts_itself(in_scope, ticket):
    for wrong in (
        {"status": Status.CLOSED},
        {"closed_at": timezone.now()},
        {"waiting_on": WaitingOn.CUSTOMER},
        {"status": Status.WAITING_FOR_CUSTOMER},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(**wrong)


def test_a_change_and_its_event_are_one(in_scope, ticket, monkeypatch):
    """A row is the seam: without the event there is no change either."""

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    for module in ("replying", "closing", "handing_over", "setting_priority", "setting_status"):
        monkeypatch.setattr(f"tickets.actions.{module}.record_event", broken)
    for door in (
        lambda: answer(in_scope, ticket),
        lambda: close_ticket(actor=in_scope.customer, ticket=ticket),
        lambda: claim(actor=in_scope.agent, ticket=ticket),
        lambda: transfer(actor=in_scope.agent, ticket=ticket, department=in_scope.other_department),
        lambda: set_priority(actor=in_scope.agent, ticket=ticket, priority=Priority.LOW),
        lambda: set_status(actor=in_scope.agent, ticket=ticket, status=Status.IN_PROGRESS),
    ):
        with pytest.raises(ZeroDivisionError):
            door()

    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before
    assert Message.objects.filter(ticket=ticket).count() == 1


def answer_and_take_back(portal, ticket):
    message = reply_to_ticket(
        actor=portal.agent, ticket=ticket, body="Hm", channel=Channel.PORTAL, as_staff=True, undo_seconds=120
    )
    withdraw_reply(actor=portal.agent, message=message)


class TicketLife(RuleBasedStateMachine):
    """Any doors in any order: the row agrees with itself, and its events tell the same story."""

    tenant = None

    @initialize()
    def file(self):
        self.ticket = make_ticket(requester=self.portal.customer, topic=self.portal.topic)
        self.moment = self.ticket.created_at
        self.waited = (WaitingOn.US, self.moment)

    def do(self, door):
        self.moment += timedelta(minutes=7)
        with mock.patch.object(timezone, "now", return_value=self.moment):
            door()
        row = now(self.ticket)
        if row.waiting_on != self.waited[0]:
            self.waited = (row.waiting_on, self.moment)

    @rule(status=st.sampled_from([Status.WAITING_FOR_CUSTOMER, Status.IN_PROGRESS, Status.CLOSED]))
    def agent_replies(self, status):
        self.do(lambda: answer(self.portal, self.ticket, status))

    @rule()
    def customer_replies(self):
        self.do(lambda: write(self.portal, self.ticket))

    @rule()
    def agent_notes(self):
        self.do(lambda: add_note(actor=self.portal.agent, ticket=self.ticket, body="n"))

    @rule(staff=st.booleans())
    def somebody_closes(self, staff):
        who = self.portal.agent if staff else self.portal.customer
        self.do(lambda: close_ticket(actor=who, ticket=self.ticket, as_staff=staff))

    @rule(staff=st.booleans())
    def somebody_reopens(self, staff):
        who = self.portal.agent if staff else self.portal.customer
        self.do(lambda: reopen_ticket(actor=who, ticket=self.ticket, as_staff=staff))

    @rule(status=st.sampled_from(list(Status)))
    def agent_sets_status(self, status):
        self.do(lambda: set_status(actor=self.portal.agent, ticket=self.ticket, status=status))
        assert now(self.ticket).status == status

    @rule(lead=st.booleans())
    def somebody_claims(self, lead):
        who = self.portal.lead if lead else self.portal.agent
        self.do(lambda: claim(actor=who, ticket=self.ticket))
        assert now(self.ticket).assignee == who

    @rule()
    def lead_gives_it_back(self):
        self.do(lambda: assign(actor=self.portal.lead, ticket=self.ticket, assignee=None))

    @rule(away=st.booleans())
    def agent_transfers(self, away):
        there = self.portal.other_department if away else self.portal.department
        self.do(lambda: transfer(actor=self.portal.agent, ticket=self.ticket, department=there))

    @rule(whom=st.sampled_from(["", "Acme", "The landlord"]))
    def agent_waits_for_a_third_party(self, whom):
        try:
            self.do(lambda: wait_for_third_party(actor=self.portal.agent, ticket=self.ticket, whom=whom))
        except NotOurs:
            assert now(self.ticket).waiting_on in (WaitingOn.CUSTOMER, WaitingOn.NOBODY)
        else:
            assert (now(self.ticket).waiting_on, now(self.ticket).waits_for) == (WaitingOn.THIRD_PARTY, whom)

    @rule()
    def agent_waits_no_longer(self):
        self.do(lambda: wait_for_us(actor=self.portal.agent, ticket=self.ticket))
        assert now(self.ticket).waiting_on != WaitingOn.THIRD_PARTY

    @rule()
    def agent_snoozes(self):
        self.do(lambda: snooze(actor=self.portal.agent, ticket=self.ticket, until=self.moment + timedelta(days=1)))

    @rule()
    def agent_takes_an_answer_back(self):
        self.do(lambda: answer_and_take_back(self.portal, self.ticket))

    @rule(priority=st.sampled_from(list(Priority)))
    def agent_sets_priority(self, priority):
        self.do(lambda: set_priority(actor=self.portal.agent, ticket=self.ticket, priority=priority))

    @invariant()
    @precondition(lambda self: hasattr(self, "ticket"))
    def the_row_agrees_with_itself(self):
        row = now(self.ticket)
        assert row.waiting_on == WAITING_ON[Status(row.status)] or row.waiting_on == WaitingOn.THIRD_PARTY
        assert row.waits_for == "" or row.waiting_on == WaitingOn.THIRD_PARTY
        assert row.snoozed_until is None or not row.is_closed
        assert (row.closed_at is not None) == (row.status == Status.CLOSED)
        assert (row.waiting_on, row.waiting_since) == self.waited
        assert row.waiting_since <= row.last_activity_at <= self.moment
        assert row.assignee is None or row.status != Status.OPEN or self.set_open_by_hand()

    def set_open_by_hand(self):
        told = TicketEvent.objects.filter(ticket=self.ticket, kind=EventKind.STATUS_CHANGED).last()
        return told is not None and told.data["to"] == Status.OPEN

    @invariant()
    @precondition(lambda self: hasattr(self, "ticket"))
    def the_events_alone_say_whom_it_waits_for_and_since_when(self):
        row = now(self.ticket)
        gone = frozenset(Message.objects.exclude(withdrawn_at=None).values_list("pk", flat=True))
        last = standings(TicketEvent.objects.filter(ticket=self.ticket).order_by("pk"), gone)[-1]
        assert (last.waiting_on, last.since, last.closed_at) == (row.waiting_on, row.waiting_since, row.closed_at)

    @invariant()
    @precondition(lambda self: hasattr(self, "ticket"))
    def the_events_tell_the_same_story(self):
        row = now(self.ticket)
        closed, assignee, department, priority = False, None, self.portal.department.pk, Priority.MEDIUM
        messages = set()
        for event in TicketEvent.objects.filter(ticket=self.ticket).order_by("pk").select_related("message"):
            messages.add(event.message_id)
            if event.message is not None and event.message.withdrawn_at is not None:
                assignee = event.data.get("before", {}).get("assignee", assignee)
                continue
            if event.kind == EventKind.CLOSED:
                assert not closed
                closed = True
            elif event.kind == EventKind.REOPENED:
                assert closed
                closed = False
            elif event.kind == EventKind.CLAIMED:
                assignee = event.actor_id
            elif event.kind == EventKind.ASSIGNED:
                assignee = event.data["assignee"]
            elif event.kind == EventKind.TRANSFERRED:
                department = event.data["department"]
                assignee = row.assignee_id if row.department_id == department else None
            elif event.kind == EventKind.PRIORITY_CHANGED:
                assert event.data["from"] == priority
                priority = event.data["to"]
        assert closed == row.is_closed
        assert (department, priority) == (row.department_id, row.priority)
        if row.department_id == self.portal.department.pk:
            assert assignee == row.assignee_id
        assert messages - {None} == set(Message.objects.filter(ticket=self.ticket).values_list("pk", flat=True))


def test_any_sequence_of_doors_leaves_a_ticket_that_agrees_with_its_events(db):
    portal = make_portal("life")

    class Life(TicketLife):
        pass

    Life.portal = portal
    from hypothesis.stateful import run_state_machine_as_test

    with tenant_scope(portal.tenant):
        set_earlier_days(actor=None, days=0)  # one life does not decide where the next one begins
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=25,
                stateful_step_count=12,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )


def test_notes_are_kept_apart_from_replies(in_scope, ticket):
    note = add_note(actor=in_scope.agent, ticket=ticket, body="Secret")

    assert note.kind == MessageKind.NOTE
