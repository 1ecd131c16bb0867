"""Many at once, in real threads, each with its own connection: nothing is lost, nothing is doubled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.actions.limiting import spend_allowance
from accounts.actions.registering import register_person
from accounts.models import Allowance, User
from accounts.scoping import tenant_scope
from routing.actions.departments import BelowItself, move_department
from routing.models import Department
from tests.conftest import Portal
from tests.factories import UserFactory, make_ticket
from tickets.actions.closing import close_ticket
from tickets.actions.closing_departments import close_department, move_open_tickets
from tickets.actions.handing_over import claim
from tickets.actions.opening import open_ticket
from tickets.actions.reading import mark_read
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind, Status
from tickets.links import ticket_link
from tickets.models import Message, Reading, Ticket, TicketCounter, TicketEvent, TicketLink

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(portal: Portal, work: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    """Run `work(0)`, `work(1)`, … in as many threads, begun together; their results in order."""
    barrier = Barrier(times)

    def run(number: int) -> Any:
        try:
            with tenant_scope(portal.tenant):
                connection.ensure_connection()
                barrier.wait(30)
                return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def file(portal: Portal, person: User, subject: str, key: Any = None):
    return open_ticket(
        actor=person,
        requester=person,
        topic=portal.topic,
        subject=subject,
        body="It beeps",
        channel=Channel.PORTAL,
        filing_key=key or uuid4(),
    )


def test_parallel_tickets_get_numbers_of_their_own(portal, other_portal):
    with tenant_scope(portal.tenant):
        people = UserFactory.create_batch(THREADS, password=None)
        assert TicketCounter.objects.count() == 0, "the counter's own row is fought for as well"

    opened = at_once(portal, lambda n: [file(portal, people[n], f"Ticket {n} {m}").ticket.number for m in range(5)])

    numbers = sorted(number for mine in opened for number in mine)
    assert len(set(numbers)) == THREADS * 5
    assert numbers[0] > 1000
    with tenant_scope(portal.tenant):
        assert TicketCounter.objects.get().last_number == max(numbers)
        assert TicketEvent.objects.filter(kind=EventKind.OPENED).count() == THREADS * 5
    with tenant_scope(other_portal.tenant):
        assert file(other_portal, other_portal.customer, "First here").ticket.number == numbers[0]


def test_no_ticket_is_left_in_a_department_that_closes_while_people_file(portal, other_portal):
    with tenant_scope(portal.tenant):
        people = UserFactory.create_batch(THREADS, password=None)

    def work(number: int) -> Any:
        if number:
            return [file(portal, people[number], f"Ticket {number} {m}").ticket.pk for m in range(4)]
        return close_department(
            actor=None, department=portal.department, successor=portal.other_department, with_default=True
        )

    at_once(portal, work)

    with tenant_scope(portal.tenant):
        while move_open_tickets():
            pass
        assert set(Ticket.objects.values_list("department", flat=True)) == {portal.other_department.pk}
        assert Ticket.objects.count() == (THREADS - 1) * 4


def test_a_ticket_is_moved_from_a_closed_department_once(portal, other_portal):
    with tenant_scope(portal.tenant):
        for _each in range(3):
            make_ticket(topic=portal.topic)
        close_department(actor=None, department=portal.department, successor=portal.other_department, with_default=True)

    assert sum(at_once(portal, lambda n: move_open_tickets())) == 3

    with tenant_scope(portal.tenant):
        assert TicketEvent.objects.filter(kind=EventKind.TRANSFERRED).count() == 3


def test_two_departments_moved_below_each_other_at_once_stay_a_tree(portal, other_portal):
    pair = (portal.department, portal.other_department)

    def work(number: int) -> bool:
        try:
            move_department(actor=None, department=pair[number % 2], parent=pair[1 - number % 2])
        except BelowItself:
            return False
        return True

    moved = at_once(portal, work)

    assert True in moved
    with tenant_scope(portal.tenant):
        assert Department.objects.exclude(parent=None).count() == 1


def test_one_form_sent_many_times_at_once_makes_one_ticket(portal):
    key = uuid4()

    opened = at_once(portal, lambda n: file(portal, portal.customer, "Double click", key))

    assert len({one.ticket.pk for one in opened}) == 1
    assert sorted(one.outcome for one in opened) == ["new"] + ["repeated"] * (THREADS - 1)
    with tenant_scope(portal.tenant):
        assert Message.objects.count() == 1


def test_one_guest_unknown_to_everybody_is_registered_once(portal):
    people = at_once(portal, lambda n: register_person(actor=None, email="New@Kund.example", name=f"Name {n}"))

    assert len({person.pk for person, _new in people}) == 1
    assert sum(new for _person, new in people) == 1
    with tenant_scope(portal.tenant):
        assert User.objects.filter(email_key="new@kund.example").count() == 1


def test_an_allowance_is_exact_under_parallel_use(portal, other_portal):
    waits = at_once(portal, lambda n: [spend_allowance(kind="test", key="k", limit=10) for _time in range(3)])

    flat = [wait for mine in waits for wait in mine]
    assert sum(wait == 0 for wait in flat) == 10
    assert all(1 <= wait <= 60 for wait in flat if wait)
    with tenant_scope(portal.tenant):
        assert Allowance.objects.get().spent == 10
    with tenant_scope(other_portal.tenant):
        assert spend_allowance(kind="test", key="k", limit=1) == 0


def test_one_reply_sent_many_times_at_once_is_one(portal):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
    key = uuid4()

    made = at_once(
        portal,
        lambda n: (
            reply_to_ticket(actor=portal.customer, ticket=ticket, body="Once", channel=Channel.PORTAL, form_key=key).pk
        ),
    )

    assert len(set(made)) == 1
    with tenant_scope(portal.tenant):
        assert TicketEvent.objects.filter(kind=EventKind.REPLIED).count() == 1


def test_closing_and_replying_at_once_end_in_one_of_the_two_orders(portal):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)

    def work(number):
        if number % 2:
            close_ticket(actor=portal.agent, ticket=ticket, as_staff=True)
        else:
            reply_to_ticket(actor=portal.customer, ticket=ticket, body=f"{number}", channel=Channel.PORTAL)

    at_once(portal, work)

    with tenant_scope(portal.tenant):
        row = Ticket.objects.get()
        turns = [
            kind
            for kind in TicketEvent.objects.values_list("kind", flat=True)
            if kind in (EventKind.CLOSED, EventKind.REOPENED)
        ]
        assert turns == [EventKind.CLOSED, EventKind.REOPENED] * (len(turns) // 2) + [EventKind.CLOSED] * (
            len(turns) % 2
        )
        assert (row.status == Status.CLOSED) == (turns[-1] == EventKind.CLOSED)
        assert Message.objects.count() == 1 + THREADS // 2


def test_a_ticket_claimed_by_many_at_once_has_one_of_them(portal):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
    agents = [portal.agent, portal.lead, portal.administrator]

    at_once(portal, lambda n: claim(actor=agents[n % 3], ticket=ticket))

    with tenant_scope(portal.tenant):
        last = TicketEvent.objects.filter(kind=EventKind.CLAIMED).last()
        assert Ticket.objects.get().assignee_id == last.actor_id


def test_links_and_reading_marks_are_made_once(portal):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        message = Message.objects.get()

    def work(number):
        mark_read(actor=portal.customer, ticket=ticket, message=message)
        return ticket_link(ticket, portal.customer)

    assert len(set(at_once(portal, work))) == 1
    with tenant_scope(portal.tenant):
        assert TicketLink.objects.count() == Reading.objects.count() == 1


def test_guests_limits_hold_under_parallel_forms(portal, browse):
    portal.tenant.guest_limit_per_network = 4
    portal.tenant.save()
    form = {"name": "Gun", "body": "It beeps"}

    def post(number):
        data = {**form, "email": f"g{number}@kund.example", "subject": f"T {number}", "filing_key": str(uuid4())}
        return browse(portal).post("/tickets/new/fault/", data).status_code

    statuses = at_once(portal, post)

    assert sorted(statuses) == [302] * 4 + [429] * (THREADS - 4)
    with tenant_scope(portal.tenant):
        assert Ticket.objects.count() == 4


def test_of_two_agents_who_take_a_ticket_at_once_one_learns_that_the_other_has_it(portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
    claim_url, shown = f"/desk/tickets/{ticket.number}/claim/", {"seen_with": "nobody"}
    first, second = browse(portal, portal.agent), browse(portal, portal.lead)

    first.post(claim_url, shown)
    answer = second.post(claim_url, shown, follow=True)

    assert f"{portal.agent} took this ticket a moment ago." in answer.content.decode()
    with tenant_scope(portal.tenant):
        assert Ticket.objects.get(pk=ticket.pk).assignee == portal.agent
    second.post(claim_url, {"seen_with": str(portal.agent.pk)})  # now knowingly
    with tenant_scope(portal.tenant):
        assert Ticket.objects.get(pk=ticket.pk).assignee == portal.lead
