"""Many book and leave at once, in real threads: no seat is given twice, and nobody is passed in the line."""

from datetime import timedelta

import pytest

from accounts.models import AccountEvent, User
from accounts.scoping import tenant_scope
from knowledge.actions.booking import book, cancel_booking
from knowledge.actions.occasions import OccasionWords, change_occasion, remind_booked
from knowledge.models import Booking, Occasion
from tests.conftest import Portal
from tests.factories import UserFactory
from tests.knowledge.booking import events, make_occasion, ordinary_monday
from tests.tickets.test_parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(portal: Portal, other_portal: Portal) -> tuple[Occasion, list[User]]:
    """An occasion with two seats on a Monday, and eight people who want one."""
    with tenant_scope(portal.tenant):
        return make_occasion(seats=2, starts_at=ordinary_monday()), [UserFactory() for _ in range(8)]


def in_line(occasion: Occasion, state: str) -> list[int]:
    rows = Booking.objects.filter(occasion=occasion, state=state).order_by("queued_at", "pk")
    return list(rows.values_list("user_id", flat=True))


def test_of_eight_who_book_at_once_two_have_a_seat(portal, other_portal, stage):
    occasion, people = stage

    made = at_once(portal, lambda n: book(actor=people[n], occasion=occasion, user=people[n]))

    assert sorted(one.state for one in made) == ["booked"] * 2 + ["waiting"] * 6
    with tenant_scope(portal.tenant):
        line = list(Booking.objects.order_by("pk").values_list("user_id", flat=True))
        assert in_line(occasion, "booked") + in_line(occasion, "waiting") == line
        assert sorted(events()) == ["booked"] * 2 + ["waitlisted"] * 6


def test_who_presses_the_button_eight_times_books_once(portal, other_portal, stage):
    occasion, people = stage

    made = at_once(portal, lambda _n: book(actor=people[0], occasion=occasion, user=people[0]))

    assert len({one.pk for one in made}) == 1
    with tenant_scope(portal.tenant):
        assert events() == ["booked"]


def test_while_people_leave_and_come_and_seats_grow_nobody_is_passed(portal, other_portal, stage):
    occasion, people = stage
    with tenant_scope(portal.tenant):
        made = [book(actor=person, occasion=occasion, user=person) for person in people[:6]]
        line = [one.user_id for one in made]
    words = OccasionWords(occasion.starts_at, occasion.minutes, 3, place=occasion.place)

    def work(number: int) -> object:
        if number < 3:  # both who have a seat, and the first who waits
            return cancel_booking(actor=people[number], booking=made[number])
        if number < 5:
            return book(actor=people[number + 3], occasion=occasion, user=people[number + 3])
        return change_occasion(actor=portal.agent, occasion=occasion, words=words)

    at_once(portal, work, times=6)

    with tenant_scope(portal.tenant):
        assert in_line(occasion, "booked") == line[3:6]
        assert sorted(in_line(occasion, "waiting")) == sorted(person.pk for person in people[6:])
        for key in line[3:6]:
            assert AccountEvent.objects.filter(user=key, kind="place_given").count() == 1


def test_of_several_workers_one_reminds(portal, other_portal, stage):
    occasion, people = stage
    with tenant_scope(portal.tenant):
        for person in people:
            book(actor=person, occasion=occasion, user=person)
    friday = occasion.starts_at - timedelta(days=3, hours=2)

    made = at_once(portal, lambda _n: remind_booked(friday), times=4)

    assert sum(made) == 2
    with tenant_scope(portal.tenant):
        assert events().count("booking_reminded") == 2
