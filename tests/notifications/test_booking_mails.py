"""Mails about bookings: each once, whoever dies between two steps, and with a file for the calendar."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.actions.closing_accounts import close_account
from accounts.models import AccountEvent
from accounts.scoping import tenant_scope
from knowledge.actions import occasions
from knowledge.actions.booking import book, cancel_booking
from knowledge.actions.occasions import OccasionWords, cancel_occasion, change_occasion, remind_booked
from knowledge.models import Booking, Occasion
from knowledge.times_in_words import span_in_words
from notifications.composing import as_bytes, as_message, compose
from notifications.enums import MailKind
from notifications.facts import Refused
from notifications.models import Delivery
from tests.factories import UserFactory
from tests.knowledge.booking import make_occasion, states
from tests.notifications.conftest import told
from tests.notifications.test_writing import read


@pytest.fixture
def occasion(in_scope, other_portal) -> Occasion:
    return make_occasion(seats=1, link="https://meet.example/secret")


def mails(tenant) -> list[tuple[str, str]]:
    told(tenant)
    return list(Delivery.objects.order_by("pk").values_list("recipient__email", "template"))


def letter(kind: MailKind, person):
    return compose(Delivery.objects.with_story().filter(template=kind, recipient=person).latest("pk"))


def as_read(occasion: Occasion) -> str:
    with timezone.override(ZoneInfo("Europe/Stockholm")):
        return span_in_words(occasion.starts_at, occasion.ends_at)


def test_who_books_and_who_waits_and_who_moves_up(in_scope, occasion):
    first, second = UserFactory(), UserFactory()
    booking = book(actor=first, occasion=occasion, user=first)
    book(actor=in_scope.agent, occasion=occasion, user=second)
    told(in_scope.tenant)

    mine, waits = letter(MailKind.BOOKED, first), letter(MailKind.WAITLISTED, second)
    assert "https://meet.example/secret" in mine.text
    assert "meet.example" not in waits.text + waits.html
    assert "number 1 on the waiting list" in waits.text
    assert (len(mine.files), waits.files) == (1, ())

    cancel_booking(actor=first, booking=booking)
    assert mails(in_scope.tenant)[2:] == [(first.email, "booking_cancelled"), (second.email, "place_given")]
    gone, given = letter(MailKind.BOOKING_CANCELLED, first), letter(MailKind.PLACE_GIVEN, second)
    assert "You have cancelled your booking" in gone.text
    assert "STATUS:CANCELLED" in gone.files[0].content.decode()
    assert "STATUS:CONFIRMED" in given.files[0].content.decode()
    with pytest.raises(Refused):  # a mail that waited so long tells nobody of a place they no longer have
        letter(MailKind.BOOKED, first)


def test_a_change_is_told_as_it_is_now_and_the_calendar_takes_the_later_one(in_scope, occasion):
    person = in_scope.customer
    book(actor=person, occasion=occasion, user=person)
    for days in (1, 2):
        words = OccasionWords(occasion.starts_at + timedelta(days=days), 60, 1, place="Room 9")
        change_occasion(actor=in_scope.agent, occasion=occasion, words=words)
    told(in_scope.tenant)

    first, last = Delivery.objects.with_story().filter(template=MailKind.OCCASION_CHANGED).order_by("pk")
    with pytest.raises(Refused):
        compose(first)
    (event,) = Calendar.from_ical(compose(last).files[0].content).walk("VEVENT")
    assert (int(event["sequence"]), str(event["location"])) == (2, "Room 9")
    assert event.decoded("dtstart") == Occasion.objects.get().starts_at


def test_a_change_of_its_length_says_how_long_it_was_to_be(in_scope, occasion):
    person = UserFactory()
    book(actor=person, occasion=occasion, user=person)
    before = as_read(occasion)
    longer = OccasionWords(occasion.starts_at, occasion.minutes + 45, 1, link=occasion.link)

    change_occasion(actor=in_scope.agent, occasion=occasion, words=longer)
    told(in_scope.tenant)

    said = letter(MailKind.OCCASION_CHANGED, person)
    assert f"It was to be: {before}\n" in said.text
    occasion.refresh_from_db()
    assert f"When: {as_read(occasion)}\n" in said.text


def test_whose_cancelling_it_was_stands_in_the_subject(in_scope, occasion):
    leaves, stays = UserFactory(), UserFactory()
    cancel_booking(actor=leaves, booking=book(actor=leaves, occasion=occasion, user=leaves))
    book(actor=stays, occasion=occasion, user=stays)
    cancel_occasion(actor=in_scope.agent, occasion=occasion)
    told(in_scope.tenant)

    assert letter(MailKind.BOOKING_CANCELLED, leaves).subject.startswith("Booking cancelled: ")
    assert letter(MailKind.BOOKING_CANCELLED, stays).subject.startswith("Cancelled: ")


def test_the_link_to_the_meeting_can_be_pressed(in_scope, occasion):
    person = UserFactory()
    book(actor=person, occasion=occasion, user=person)
    told(in_scope.tenant)

    assert 'href="https://meet.example/secret"' in letter(MailKind.BOOKED, person).html


def test_a_cancelled_occasion_tells_everybody_why(in_scope, occasion):
    people = [UserFactory(), UserFactory()]
    for person in people:
        book(actor=person, occasion=occasion, user=person)
    cancel_occasion(actor=in_scope.agent, occasion=occasion, reason="The trainer is ill")
    told(in_scope.tenant)

    assert [len(letter(MailKind.BOOKING_CANCELLED, person).files) for person in people] == [1, 0]
    assert "The trainer is ill" in letter(MailKind.BOOKING_CANCELLED, people[1]).text
    with pytest.raises(Refused):
        letter(MailKind.BOOKED, people[0])


def test_the_file_goes_along_on_the_wire_and_through_providers(in_scope, occasion):
    person = in_scope.customer
    person.language = "sv"
    person.save()
    book(actor=person, occasion=occasion, user=person)
    told(in_scope.tenant)
    mine = letter(MailKind.BOOKED, person)

    mail = read(as_bytes(mine))
    assert mail.get_content_type() == "multipart/mixed"
    assert "Kom ig" in mail.get_body(("plain",)).get_content()
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("booking.ics", "text/calendar")
    assert file.get_payload(decode=True) == mine.files[0].content
    assert file.get_content_charset() == "utf-8"
    provided = read(as_message(mine).message().as_bytes())
    assert [one.get_filename() for one in provided.iter_attachments()] == ["booking.ics"]


def test_a_worker_that_dies_while_it_reminds_leaves_nobody_out_and_tells_nobody_twice(in_scope, occasion, monkeypatch):
    person = in_scope.customer
    book(actor=person, occasion=occasion, user=person)
    soon = occasion.starts_at - timedelta(minutes=5)

    class Killed(BaseException):
        pass

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    for step in ("tell", "lock_occasion"):
        with monkeypatch.context() as dying:
            dying.setattr(occasions, step, die)
            with pytest.raises(Killed):
                remind_booked(soon)
        assert not Booking.objects.exclude(reminded_at=None).exists()
    assert [remind_booked(soon), remind_booked(soon)] == [1, 0]
    assert mails(in_scope.tenant) == [(person.email, "booked"), (person.email, "booking_reminded")]
    told(in_scope.tenant)
    assert Delivery.objects.count() == 2


def test_whoever_closes_their_account_leaves_their_place_to_the_next(in_scope, occasion):
    people = [UserFactory(), UserFactory()]
    for person in people:
        book(actor=person, occasion=occasion, user=person)
    close_account(actor=people[0], user=people[0])

    told(in_scope.tenant)
    told(in_scope.tenant)

    assert list(states(occasion).values()) == ["cancelled", "booked"]
    assert (people[1].email, "place_given") in mails(in_scope.tenant)
    assert AccountEvent.objects.filter(kind="place_given").count() == 1


def test_another_portal_is_told_nothing(in_scope, other_portal, occasion):
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)

    assert told(other_portal.tenant) == set()
    with tenant_scope(other_portal.tenant):
        assert remind_booked(timezone.now() + timedelta(days=6)) == 0
