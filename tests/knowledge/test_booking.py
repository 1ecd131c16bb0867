"""Places at occasions: who may have one, who comes next, and who is told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.closing_accounts import close_account
from accounts.models import AccountEvent, Organisation
from accounts.scoping import tenant_scope
from knowledge.actions.booking import NotBookable, book, cancel_booking, cancel_bookings_of, put_first
from knowledge.actions.occasions import (
    OccasionRefused,
    OccasionWords,
    add_occasions,
    cancel_occasion,
    change_occasion,
    remind_booked,
)
from knowledge.booking_times import reminding_moment, repeated
from knowledge.enums import Repeat
from knowledge.models import Activity, ActivityOrganisation, Booking, Occasion
from knowledge.queries.bookings import at_the_same_time, coming_bookings, occasions_for, offered_to, place_in_line
from routing.promises import OFFICE_HOURS
from routing.working_time import Hours
from tests.factories import UserFactory
from tests.knowledge.booking import events, make_occasion, ordinary_monday, states

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOURS = Hours("Europe/Stockholm", OFFICE_HOURS, country="SE")


def words_of(occasion: Occasion, **changes: object) -> OccasionWords:
    names = ("starts_at", "minutes", "seats", "place", "link", "host", "language", "book_until")
    return OccasionWords(**{name: getattr(occasion, name) for name in names} | changes)


@pytest.fixture
def people(in_scope):
    return [UserFactory() for _ in range(5)]


def test_seats_are_given_in_order_and_the_rest_waits(in_scope, people):
    occasion = make_occasion(seats=2)

    made = [book(actor=person, occasion=occasion, user=person, message="Hi") for person in people]

    assert [one.state for one in made] == ["booked", "booked", "waiting", "waiting", "waiting"]
    assert [place_in_line(one) for one in made[2:]] == [1, 2, 3]
    assert events() == ["booked", "booked", "waitlisted", "waitlisted", "waitlisted"]
    assert made[0].message == "Hi"


def test_booking_twice_is_booking_once(in_scope, people):
    occasion = make_occasion()
    first = book(actor=people[0], occasion=occasion, user=people[0])

    assert book(actor=people[0], occasion=occasion, user=people[0]) == first
    assert events() == ["booked"]
    with pytest.raises(IntegrityError):
        Booking.objects.create(occasion=occasion, user=people[0], state="waiting")


def test_whoever_waited_longest_gets_the_place_that_is_left(in_scope, people):
    occasion = make_occasion(seats=1)
    made = [book(actor=person, occasion=occasion, user=person) for person in people[:3]]

    cancel_booking(actor=people[0], booking=made[0])

    assert list(states(occasion).values()) == ["cancelled", "booked", "waiting"]
    assert events(people[0]) == ["booked", "booking_cancelled"]
    assert events(people[1]) == ["waitlisted", "place_given"]
    assert events(people[2]) == ["waitlisted"]
    # Whoever left comes back behind the others, and leaving the list gives nobody a place.
    again = book(actor=people[0], occasion=occasion, user=people[0])
    assert place_in_line(again) == 2
    cancel_booking(actor=people[0], booking=again)
    assert cancel_booking(actor=people[0], booking=again).state == "cancelled"
    assert events(people[2]) == ["waitlisted"]


def test_staff_lets_somebody_be_next(in_scope, people):
    occasion = make_occasion(seats=1)
    made = [book(actor=person, occasion=occasion, user=person) for person in people]

    put_first(actor=in_scope.agent, booking=made[4])
    put_first(actor=in_scope.agent, booking=made[0])  # has a place: nothing happens
    cancel_booking(actor=in_scope.agent, booking=made[0])

    assert list(states(occasion).values()) == ["cancelled", "waiting", "waiting", "waiting", "booked"]
    with pytest.raises(PermissionError):
        put_first(actor=people[3], booking=made[3])


def test_new_seats_go_to_those_who_wait(in_scope, people):
    occasion = make_occasion(seats=1)
    for person in people:
        book(actor=person, occasion=occasion, user=person)

    change_occasion(actor=in_scope.agent, occasion=occasion, words=words_of(occasion, seats=3))

    assert list(states(occasion).values()) == ["booked", "booked", "booked", "waiting", "waiting"]
    assert events().count("place_given") == 2
    assert "occasion_changed" not in events()  # more seats concern nobody who has one
    with pytest.raises(OccasionRefused, match="seats"):
        change_occasion(actor=in_scope.agent, occasion=occasion, words=words_of(occasion, seats=2))


def test_a_change_of_time_or_place_is_told_to_everybody(in_scope, people):
    occasion = make_occasion(seats=1)
    for person in people[:2]:
        book(actor=person, occasion=occasion, user=person)
    Booking.objects.update(reminded_at=timezone.now())

    later = occasion.starts_at + timedelta(days=30)
    changed = change_occasion(actor=in_scope.agent, occasion=occasion, words=words_of(occasion, starts_at=later))

    assert changed.sequence == 1
    assert events().count("occasion_changed") == 2
    assert not Booking.objects.exclude(reminded_at=None).exists()  # reminded again, of the new time
    change_occasion(actor=in_scope.agent, occasion=changed, words=words_of(changed, link="https://meet.example/1"))
    assert (events(people[0])[-1], events(people[1])[-1]) == ("occasion_changed", "occasion_changed")
    assert events().count("occasion_changed") == 3  # who waits does not know the link
    change_occasion(actor=in_scope.agent, occasion=changed, words=words_of(Occasion.objects.get(), host=in_scope.lead))
    assert events().count("occasion_changed") == 3


def test_a_cancelled_occasion_is_told_once_and_ends_everything(in_scope, people):
    occasion = make_occasion(seats=1)
    made = [book(actor=person, occasion=occasion, user=person) for person in people[:2]]

    for _ in range(2):
        cancel_occasion(actor=in_scope.agent, occasion=occasion, reason="The trainer is ill")

    assert events().count("booking_cancelled") == 2
    kept = AccountEvent.objects.filter(kind="booking_cancelled").first()
    assert kept.data["by"] == "occasion"
    for act in (
        lambda: book(actor=people[3], occasion=occasion, user=people[3]),
        lambda: cancel_booking(actor=people[0], booking=made[0]),
        lambda: change_occasion(actor=in_scope.agent, occasion=occasion, words=words_of(occasion, seats=9)),
    ):
        with pytest.raises(NotBookable, match="cancelled"):
            act()
    assert [one.occasion for one in coming_bookings(people[0], timezone.now())] == [occasion]  # told on the page too


def test_nothing_moves_once_it_has_begun(in_scope, people):
    occasion = make_occasion(seats=1)
    made = [book(actor=person, occasion=occasion, user=person) for person in people[:2]]
    Occasion.objects.update(starts_at=timezone.now() - timedelta(minutes=1))

    for act in (
        lambda: book(actor=in_scope.agent, occasion=occasion, user=people[3]),
        lambda: cancel_booking(actor=in_scope.agent, booking=made[0]),
        lambda: put_first(actor=in_scope.agent, booking=made[1]),
        lambda: cancel_occasion(actor=in_scope.agent, occasion=occasion),
    ):
        with pytest.raises(NotBookable, match="begun"):
            act()
    assert list(states(occasion).values()) == ["booked", "waiting"]


def test_after_booking_has_ended_staff_still_enters_people(in_scope, people):
    occasion = make_occasion(book_until=timezone.now() - timedelta(hours=1))

    with pytest.raises(NotBookable, match="closed"):
        book(actor=people[0], occasion=occasion, user=people[0])
    assert book(actor=in_scope.agent, occasion=occasion, user=people[0]).state == "booked"


def test_only_whom_it_is_for_books_and_only_for_themselves(in_scope, people):
    occasion = make_occasion()
    Activity.objects.update(audience="organisations")
    mine = in_scope.customer

    with pytest.raises(PermissionError):
        book(actor=mine, occasion=occasion, user=mine)
    with pytest.raises(PermissionError):  # nor does staff let anybody in whom it is not for
        book(actor=in_scope.agent, occasion=occasion, user=mine)
    ActivityOrganisation.objects.create(activity=occasion.activity, organisation=in_scope.organisation)
    booking = book(actor=mine, occasion=occasion, user=mine)
    with pytest.raises(PermissionError):
        book(actor=mine, occasion=occasion, user=people[0])
    with pytest.raises(PermissionError):
        cancel_booking(actor=people[0], booking=booking)
    Activity.objects.update(is_active=False)
    with pytest.raises(PermissionError):
        book(actor=in_scope.agent, occasion=occasion, user=in_scope.lead)


def test_who_may_read_of_an_occasion(in_scope, people):
    now, occasion = timezone.now(), make_occasion()
    Activity.objects.update(audience="organisations")
    ActivityOrganisation.objects.create(
        activity=occasion.activity, organisation=Organisation.objects.create(name="Others")
    )
    person = people[0]

    assert not offered_to(person, now)
    assert [list(occasions_for(one)) for one in (person, None)] == [[], []]
    assert occasion in offered_to(in_scope.agent, now)
    Booking.objects.create(occasion=occasion, user=person, state="booked")
    assert occasion in occasions_for(person)
    assert not offered_to(person, now)
    Activity.objects.update(audience="everybody")
    assert occasion in occasions_for(None)
    cancel_occasion(actor=in_scope.agent, occasion=occasion)
    assert not offered_to(person, now)


def test_another_portals_people_and_occasions_stay_apart(in_scope, other_portal):
    mine = make_occasion()
    with tenant_scope(other_portal.tenant):
        theirs = make_occasion()
        assert list(offered_to(other_portal.agent, timezone.now())) == [theirs]
    assert list(offered_to(in_scope.agent, timezone.now())) == [mine]
    with pytest.raises(Occasion.DoesNotExist):
        book(actor=in_scope.customer, occasion=theirs, user=in_scope.customer)


def test_two_occasions_at_the_same_time(in_scope, people):
    first = make_occasion()
    meanwhile = make_occasion(starts_at=first.starts_at + timedelta(minutes=30))
    afterwards = make_occasion(starts_at=first.ends_at)
    long = make_occasion(starts_at=first.starts_at - timedelta(days=2), minutes=3 * 24 * 60)
    for one in (first, meanwhile, afterwards, long):
        book(actor=people[0], occasion=one, user=people[0])

    assert [one.occasion for one in at_the_same_time(first, people[0])] == [long, meanwhile]
    assert at_the_same_time(first, people[1]) == []


def test_a_closed_account_leaves_its_places(in_scope, people):
    occasion = make_occasion(seats=1)
    over = make_occasion()
    for person in people[:2]:
        book(actor=person, occasion=occasion, user=person)
    book(actor=people[0], occasion=over, user=people[0])
    Occasion.objects.filter(pk=over.pk).update(starts_at=timezone.now() - timedelta(days=1))
    close_account(actor=in_scope.agent, user=people[0])

    assert cancel_bookings_of(actor=None, user=people[0]) == 1
    assert list(states(occasion).values()) == ["cancelled", "booked"]
    assert list(states(over).values()) == ["booked"]
    with pytest.raises(PermissionError):
        book(actor=in_scope.agent, occasion=occasion, user=people[0])


def test_reminded_once_on_the_working_day_before(in_scope, people):
    monday = ordinary_monday()
    occasion = make_occasion(seats=1, starts_at=monday)
    for person in people[:2]:
        book(actor=person, occasion=occasion, user=person)
    friday = (monday - timedelta(days=3)).replace(hour=8)

    assert remind_booked(friday - timedelta(minutes=1)) == 0
    assert [remind_booked(friday), remind_booked(friday + timedelta(hours=1))] == [1, 0]
    assert (events(people[0]), events(people[1])) == (["booked", "booking_reminded"], ["waitlisted"])


def test_nobody_is_reminded_of_what_they_have_just_been_told_or_what_is_off(in_scope, people):
    occasion = make_occasion(starts_at=timezone.now() + timedelta(minutes=10))
    off = make_occasion(starts_at=timezone.now() + timedelta(minutes=10))
    book(actor=people[0], occasion=occasion, user=people[0])
    Booking.objects.create(occasion=off, user=people[1], state="booked")
    cancel_occasion(actor=in_scope.agent, occasion=off)

    assert remind_booked() == 0
    assert remind_booked(timezone.now() + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("held", "reminded"),
    [
        ((2027, 3, 8), (2027, 3, 5)),  # Monday: Friday
        ((2027, 3, 30), (2027, 3, 25)),  # after Easter
        ((2027, 1, 7), (2027, 1, 5)),  # after Epiphany
    ],
)
def test_the_working_day_before(held, reminded):
    found = reminding_moment(datetime(*held, 0, 30, tzinfo=STOCKHOLM), HOURS, "Europe/Stockholm")

    assert found == datetime(*reminded, 8, 0, tzinfo=STOCKHOLM)


def test_where_nobody_works_the_day_before_counts():
    never = Hours("Europe/Stockholm", tuple(() for _ in range(7)))
    found = reminding_moment(datetime(2027, 3, 8, 9, 0, tzinfo=UTC), never, "Europe/Stockholm")

    assert found.date() == datetime(2027, 3, 7, tzinfo=UTC).date()


def test_a_series_keeps_its_time_of_day_and_its_weekday():
    first = datetime(2027, 3, 23, 9, 0, tzinfo=STOCKHOLM)  # before clocks go forward

    assert [f"{one:%m-%d %H:%M %Z}" for one in repeated(first, Repeat.WEEKLY, 2)] == [
        "03-23 09:00 CET",
        "03-30 09:00 CEST",
    ]
    assert [f"{one:%d}" for one in repeated(first, Repeat.FORTNIGHTLY, 2)] == ["23", "06"]
    fifth = datetime(2027, 3, 30, 9, 0, tzinfo=STOCKHOLM)
    assert [f"{one:%m-%d}" for one in repeated(fifth, Repeat.MONTHLY, 3)] == ["03-30", "04-27", "05-25"]
    assert repeated(first, Repeat.NEVER, 5) == [first]


def test_a_series_is_entered_at_once(in_scope):
    activity = make_occasion().activity
    first = timezone.now().astimezone(STOCKHOLM) + timedelta(days=3)
    words = OccasionWords(first, 45, 8, place="Here", host=in_scope.agent, book_until=first - timedelta(days=1))

    made = add_occasions(actor=in_scope.agent, activity=activity, words=words, repeat=Repeat.MONTHLY, times=3)

    assert len(made) == 3
    assert [one.starts_at - one.book_until for one in made] == [timedelta(days=1)] * 3
    assert len({one.uid for one in made}) == 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"starts_at": timezone.now() - timedelta(minutes=1), "book_until": None}, "past"),
        ({"book_until": timezone.now() + timedelta(days=400)}, "book_until"),
    ],
)
def test_what_no_occasion_can_be_like(in_scope, changes, why):
    occasion = make_occasion()
    with pytest.raises(OccasionRefused, match=why):
        add_occasions(actor=in_scope.agent, activity=occasion.activity, words=words_of(occasion, **changes))
    with pytest.raises(OccasionRefused, match="times"):
        add_occasions(
            actor=in_scope.agent,
            activity=occasion.activity,
            words=words_of(occasion),
            repeat=Repeat.WEEKLY,
            times=1000,
        )
    for actor, host in ((in_scope.customer, None), (in_scope.agent, in_scope.customer)):
        with pytest.raises(PermissionError):
            add_occasions(actor=actor, activity=occasion.activity, words=words_of(occasion, host=host))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(["book", "leave", "seat"]), st.integers(0, 4)), max_size=14))
def test_whatever_happens_no_seat_is_empty_while_somebody_waits(in_scope, people, acts):
    occasion, line = make_occasion(seats=1), []
    for act, number in acts:
        person = people[number]
        if act == "book":
            book(actor=person, occasion=occasion, user=person)
            line += [person.pk] if person.pk not in line else []
        elif act == "leave" and person.pk in line:
            mine = occasion.bookings.exclude(state="cancelled").get(user=person)
            cancel_booking(actor=person, booking=mine)
            line.remove(person.pk)
        elif act == "seat":
            occasion = change_occasion(
                actor=in_scope.agent, occasion=occasion, words=words_of(occasion, seats=occasion.seats + 1)
            )
    have = list(occasion.bookings.filter(state="booked").order_by("queued_at").values_list("user_id", flat=True))
    wait = list(occasion.bookings.filter(state="waiting").order_by("queued_at").values_list("user_id", flat=True))

    assert (have, wait) == (line[: occasion.seats], line[occasion.seats :])
