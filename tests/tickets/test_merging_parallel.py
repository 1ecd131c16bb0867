"""Merging, taking apart and taking back, while others do the same or write: some order of them is what happened."""

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.scoping import tenant_scope
from notifications.actions.fanning_out import fan_out
from notifications.models import Delivery
from tests.conftest import Portal
from tests.factories import UserFactory, make_ticket
from tests.tickets.test_parallel import THREADS, at_once
from tickets.actions.merging import CannotMerge, merge_tickets, unmerge_ticket
from tickets.actions.replying import reply_to_ticket
from tickets.actions.withdrawing import TooLate, withdraw_reply
from tickets.enums import Channel, EventKind, Status
from tickets.models import Collaborator, Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tickets(portal: Portal, other_portal: Portal) -> list[Ticket]:
    """Three, of colleagues who may read each other's; and one on the other portal, which nobody here touches."""
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    with tenant_scope(portal.tenant):
        return [make_ticket(requester=colleague(portal), topic=portal.topic) for _each in range(3)]


def colleague(portal: Portal) -> User:
    person: User = UserFactory(organisation=portal.organisation, verified_at=timezone.now(), password=None)
    return person


def reply(ticket: Ticket, words: str) -> Message:
    return reply_to_ticket(actor=ticket.requester, ticket=ticket, body=words, channel=Channel.PORTAL)


def history(ticket: Ticket) -> list[TicketEvent]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("pk"))


def test_two_merged_into_each_other_at_once_are_no_circle(portal: Portal, tickets: list[Ticket]):
    pair = tickets[:2]

    def work(number: int) -> bool:
        try:
            merge_tickets(actor=portal.agent, ticket=pair[number % 2], into=pair[1 - number % 2])
        except CannotMerge:
            return False
        return True

    merged = at_once(portal, work)

    with tenant_scope(portal.tenant):
        (row,) = Ticket.objects.exclude(merged_into=None)
        assert row in pair
        assert merged == [number % 2 == pair.index(row) for number in range(THREADS)]
        for ticket in pair:
            assert [event.kind for event in history(ticket)].count(EventKind.MERGED) == 1


def test_three_merged_in_a_ring_at_once_leave_one_that_is_answered(portal: Portal, tickets: list[Ticket]):
    def work(number: int) -> None:
        with suppress(CannotMerge):
            merge_tickets(actor=portal.agent, ticket=tickets[number], into=tickets[(number + 1) % 3])

    at_once(portal, work, times=3)

    with tenant_scope(portal.tenant):
        (alone,) = Ticket.objects.filter(merged_into=None)
        assert not alone.is_closed


def test_many_merged_into_one_at_once_bring_each_person_along_once(portal: Portal, tickets: list[Ticket]):
    leading = tickets[0]
    with tenant_scope(portal.tenant):
        people = [tickets[1].requester, tickets[2].requester]
        others = [make_ticket(requester=people[number % 2], topic=portal.topic) for number in range(THREADS)]

    at_once(portal, lambda number: merge_tickets(actor=portal.agent, ticket=others[number], into=leading))

    with tenant_scope(portal.tenant):
        assert Ticket.objects.filter(merged_into=leading).count() == THREADS
        assert sorted(Collaborator.objects.values_list("user", flat=True)) == sorted(person.pk for person in people)
        assert TicketEvent.objects.filter(kind=EventKind.COLLABORATOR_ADDED).count() == 2


def test_what_is_written_while_tickets_are_merged_neither_is_lost_nor_takes_them_apart(
    portal: Portal, tickets: list[Ticket]
):
    merged, leading = tickets[:2]

    def work(number: int) -> int:
        if number == 0:
            return merge_tickets(actor=portal.agent, ticket=merged, into=leading).pk
        return reply(merged, f"Words {number}").ticket_id

    places = at_once(portal, work)

    with tenant_scope(portal.tenant):
        row = Ticket.objects.get(pk=merged.pk)
        assert (row.merged_into_id, row.is_closed) == (leading.pk, True)
        kinds = [event.kind for event in history(merged)]
        assert kinds[-1] == EventKind.MERGED, "nothing is written on it afterwards"
        assert kinds.count(EventKind.MERGED) == 1
        assert kinds.count(EventKind.REPLIED) == places[1:].count(merged.pk)
        assert Message.objects.filter(ticket__in=(merged, leading)).count() == 2 + THREADS - 1


@pytest.mark.parametrize("_time", range(4))
def test_what_is_written_while_they_are_taken_apart_is_taken_on_one_of_them(
    portal: Portal, tickets: list[Ticket], _time: int
):
    merged, leading = tickets[:2]
    with tenant_scope(portal.tenant):
        merge_tickets(actor=portal.agent, ticket=merged, into=leading)

    def work(number: int) -> int:
        if number == 0:
            return unmerge_ticket(actor=portal.agent, ticket=merged).pk
        return reply(merged, "Still dead").ticket_id

    place = at_once(portal, work, times=2)[1]

    with tenant_scope(portal.tenant):
        assert Ticket.objects.get(pk=merged.pk).merged_into_id is None
        assert Message.objects.get(body="Still dead").ticket_id == place
        stays = Collaborator.objects.filter(ticket=leading, user=merged.requester).exists()
        assert stays == (place == leading.pk), "who has written there stays there"


def test_merged_and_taken_apart_by_turns_it_ends_as_its_history_says(portal: Portal, tickets: list[Ticket]):
    merged, leading = tickets[:2]
    with tenant_scope(portal.tenant):
        before = Ticket.objects.values_list("status", "waiting_on", "closed_at").get(pk=merged.pk)
    doors: list[Callable[[], Any]] = [
        lambda: merge_tickets(actor=portal.agent, ticket=merged, into=leading),
        lambda: unmerge_ticket(actor=portal.lead, ticket=merged),
    ]

    at_once(portal, lambda number: [doors[turn % 2]() for turn in range(number, number + 3)])

    with tenant_scope(portal.tenant):
        for ticket in (merged, leading):
            undone = [event.data.get("undone", False) for event in history(ticket) if event.kind == EventKind.MERGED]
            assert undone[0] is False
            assert all(one != other for one, other in pairwise(undone))
        row = Ticket.objects.get(pk=merged.pk)
        assert (row.merged_into_id is None) == undone[-1]
        assert Collaborator.objects.filter(ticket=leading).exists() == (not undone[-1])
        if undone[-1]:
            assert (row.status, row.waiting_on, row.closed_at) == before


# -- an answer that is taken back -------------------------------------------------------------------------------------


@pytest.fixture
def answer(portal: Portal, tickets: list[Ticket]) -> Message:
    """Not out yet."""
    with tenant_scope(portal.tenant):
        for event in TicketEvent.objects.all():
            fan_out(event)
        return reply_to_ticket(
            actor=portal.agent,
            ticket=tickets[0],
            body="Try the new key.",
            channel=Channel.PORTAL,
            as_staff=True,
            and_status=Status.CLOSED,
            undo_seconds=60,
        )


def take_back(portal: Portal, message: Message) -> bool:
    try:
        withdraw_reply(actor=portal.agent, message=message)
    except TooLate:
        return False
    return True


def test_taken_back_by_many_windows_at_once_it_is_taken_back_once(portal: Portal, answer: Message):
    assert at_once(portal, lambda number: take_back(portal, answer)) == [True] * THREADS

    with tenant_scope(portal.tenant):
        assert TicketEvent.objects.filter(kind=EventKind.REPLY_WITHDRAWN).count() == 1
        assert Ticket.objects.get(pk=answer.ticket_id).status == Status.OPEN


@pytest.mark.parametrize("_time", range(3))
def test_it_is_either_told_or_taken_back_however_close_the_two_come(portal: Portal, answer: Message, _time: int):
    """Workers whose clocks are ahead of the web process's."""
    with tenant_scope(portal.tenant):
        events = TicketEvent.objects.filter(message=answer)
        super(type(events), events).update(due_at=timezone.now())
        replied = events.get(kind=EventKind.REPLIED)

    def work(number: int) -> Any:
        return take_back(portal, answer) if number % 2 else fan_out(replied)

    results = at_once(portal, work)

    with tenant_scope(portal.tenant):
        told = Delivery.objects.filter(ticket_event__message=answer).count()
        row = Message.objects.get(pk=answer.pk)
        assert sum(results[::2]) == told
        assert set(results[1::2]) == {row.withdrawn_at is not None}
        assert (told, row.withdrawn_at is not None) in ((1, False), (0, True))


def test_what_the_customer_writes_at_that_moment_stays_and_waits_for_us(
    portal: Portal, tickets: list[Ticket], answer: Message
):
    def work(number: int) -> Any:
        return reply(tickets[0], f"Words {number}") if number else take_back(portal, answer)

    at_once(portal, work)

    with tenant_scope(portal.tenant):
        row = Ticket.objects.get(pk=answer.ticket_id)
        assert (row.is_closed, row.waiting_on) == (False, "us")
        assert Message.objects.filter(ticket=row, withdrawn_at=None).count() == THREADS
