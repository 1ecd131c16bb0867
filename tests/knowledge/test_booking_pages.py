"""What customers can book: the list, one occasion, their own place."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from accounts.holdings import parts_about
from accounts.scoping import tenant_scope
from knowledge.actions.booking import book
from knowledge.actions.occasions import cancel_occasion
from knowledge.actions.subscribing import subscribe
from knowledge.models import Activity, ActivityOrganisation, Booking, Occasion
from tests.factories import UserFactory
from tests.knowledge.booking import make_occasion, states
from tests.pages import Page


@pytest.fixture
def occasion(in_scope) -> Occasion:
    return make_occasion(seats=1, link="https://meet.example/secret", minutes=90)


def take_all(occasion: Occasion) -> Booking:
    other = UserFactory(name="Somebody Else")
    return book(actor=other, occasion=occasion, user=other)


def test_book_and_leave(in_scope, occasion, browse):
    client, address = browse(in_scope, in_scope.customer), f"/booking/{occasion.pk}/"

    assert f"{address}" in Page(client.get("/booking/")).links()
    page = Page(client.get(address))
    assert "1 seat left" in page.text
    assert "meet.example" not in page.text
    answer = client.post(f"{address}place/", {"message": "About\nreports"}, follow=True)
    assert "You have a place." in Page(answer).text
    assert "https://meet.example/secret" in Page(answer).links()
    assert Booking.objects.get().message == "About reports"

    assert "Cancel the booking?" in Page(client.get(f"{address}leaving/")).text
    assert states(occasion) == {in_scope.customer.pk: "booked"}  # asked, not done
    answer = client.post(f"{address}leaving/", follow=True)
    assert "Your booking is cancelled." in Page(answer).text
    assert states(occasion) == {in_scope.customer.pk: "cancelled"}


def test_who_leaves_a_second_time_is_led_back_to_the_occasion(in_scope, occasion, browse):
    client, address = browse(in_scope, in_scope.customer), f"/booking/{occasion.pk}/"
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)
    client.post(f"{address}leaving/")

    for ask in (client.get, client.post):
        answer = ask(f"{address}leaving/", follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert "There is nothing to cancel: you have no place there" in Page(answer).text
    assert states(occasion) == {in_scope.customer.pk: "cancelled"}
    Activity.objects.update(audience="staff")
    assert client.get(f"{address}leaving/").status_code == 404


def test_who_can_leave_no_more_is_not_asked_whether_to(in_scope, occasion, browse):
    client, address = browse(in_scope, in_scope.customer), f"/booking/{occasion.pk}/"
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)
    Occasion.objects.update(starts_at=timezone.now() - timedelta(hours=2))

    answer = client.get(f"{address}leaving/", follow=True)

    assert answer.redirect_chain == [(address, 302)]
    assert "It has begun." in Page(answer).text


def test_what_was_written_with_a_booking_is_shown_to_who_wrote_it(in_scope, occasion, browse):
    other, words = take_all(occasion).user, "About <b>reports</b>"
    client, address = browse(in_scope, in_scope.customer), f"/booking/{occasion.pk}/"
    client.post(f"{address}place/", {"message": words})

    assert f"What you wrote {words}" in Page(client.get(address)).text
    assert f"You wrote: {words}" in Page(client.get("/booking/")).text
    for page in (address, "/booking/"):
        theirs = Page(browse(in_scope, other).get(page)).text
        assert words not in theirs
        assert "ou wrote" not in theirs  # who wrote nothing is not told that


def test_who_keeps_a_booking_is_not_told_to_keep_an_account(in_scope, occasion, browse):
    reader = take_all(occasion).user
    reader.language = "sv"
    reader.save()

    page = Page(browse(in_scope, reader).get(f"/booking/{occasion.pk}/leaving/"))

    assert "Behåll" in page.text
    assert "kontot" not in page.text


def test_the_waiting_list_says_which_number_and_nothing_of_others(in_scope, occasion, browse):
    take_all(occasion)
    client, address = browse(in_scope, in_scope.customer), f"/booking/{occasion.pk}/"

    page = Page(client.get(address))
    assert "Join the waiting list" in page.text
    answer = client.post(f"{address}place/", {}, follow=True)
    page = Page(answer)
    assert [one["data-line"] for one in page.marked("data-line")] == ["1"]
    for seen in (page, Page(client.get("/booking/"))):
        assert "Somebody Else" not in seen.text
        assert "meet.example" not in seen.text
    answer = client.get(f"{address}calendar.ics", follow=True)  # no place, no file
    assert answer.redirect_chain == [(address, 302)]
    assert "is for those who have a place" in Page(answer).text


def test_a_guest_reads_what_everybody_may_and_signs_in_to_book(in_scope, occasion, browse):
    client, address = browse(in_scope), f"/booking/{occasion.pk}/"

    assert Page(client.get("/booking/")).main["data-total"] == "0"
    closed = client.get(address)
    assert closed.status_code == 404
    assert f"/sign-in/?next={address}" in Page(closed).links()  # whoever came from a mail has been invited
    Activity.objects.update(audience="everybody")
    assert Page(client.get("/booking/")).main["data-total"] == "1"
    assert f"/sign-in/?next={address}" in Page(client.get(address)).links()
    answer = client.post(f"{address}place/", {})
    assert answer.status_code == 302
    assert "/sign-in/" in answer.url
    assert not Booking.objects.exists()


def test_who_was_signed_out_while_writing_comes_back_to_what_they_wrote(in_scope, occasion, browse):
    client, address = browse(in_scope), f"/booking/{occasion.pk}/"

    answer = client.post(f"{address}place/", {"message": "About reports"})
    assert answer.url == f"/sign-in/?next={address}"
    assert "What you wrote is kept." in Page(client.get(answer.url)).text
    client.force_login(in_scope.customer, backend="accounts.backends.TenantBackend")
    page = Page(client.get(address))

    assert page.form("/place/")["message"] == "About reports"
    assert "Nothing has been sent yet." in page.text
    assert not Booking.objects.exists()
    nothing_written = browse(in_scope)
    assert "is kept" not in Page(nothing_written.post(f"{address}place/", {"message": ""}, follow=True)).text


def test_nothing_is_said_to_be_back_in_a_form_that_is_not_shown_any_more(in_scope, occasion, browse):
    client, address = browse(in_scope), f"/booking/{occasion.pk}/"
    client.post(f"{address}place/", {"message": "About reports"})
    cancel_occasion(actor=in_scope.agent, occasion=occasion)

    client.force_login(in_scope.customer, backend="accounts.backends.TenantBackend")

    assert "back in the form" not in Page(client.get(address)).text


def test_a_guest_who_finds_nothing_to_book_is_asked_to_sign_in(in_scope, browse):
    make_occasion()
    ways = Page(browse(in_scope).get("/booking/")).links()
    assert "/sign-in/?next=/booking/" in ways
    assert Page(browse(in_scope, in_scope.customer).get("/booking/")).main["data-total"] == "1"


def test_what_is_for_certain_organisations_does_not_exist_for_others(in_scope, other_portal, occasion, browse):
    Activity.objects.update(audience="organisations")
    ActivityOrganisation.objects.create(activity=occasion.activity, organisation=in_scope.organisation)
    stranger = UserFactory()
    allowed, other = browse(in_scope, in_scope.customer), browse(in_scope, stranger)
    with tenant_scope(other_portal.tenant):
        elsewhere = browse(other_portal, other_portal.administrator)

    assert Page(allowed.get("/booking/")).main["data-total"] == "1"
    assert Page(other.get("/booking/")).main["data-total"] == "0"
    for client in (other, elsewhere):
        assert client.get(f"/booking/?activity={occasion.activity.slug}").status_code == 404
        for method, end in (("get", ""), ("post", "place/"), ("post", "leaving/"), ("get", "calendar.ics")):
            assert getattr(client, method)(f"/booking/{occasion.pk}/{end}").status_code == 404
    assert not Booking.objects.exists()


def test_the_header_names_booking_only_where_there_is_something(in_scope, browse):
    client = browse(in_scope, in_scope.customer)
    assert "/booking/" not in Page(client.get("/tickets/")).links()

    over = make_occasion(starts_at=timezone.now() - timedelta(days=2))
    assert "/booking/" not in Page(client.get("/tickets/")).links()
    make_occasion(activity=over.activity)
    assert "/booking/" in Page(client.get("/tickets/")).links()
    assert "/booking/" not in Page(browse(in_scope).get("/")).links()


def test_what_is_cancelled_over_or_closed_says_so_and_takes_no_booking(in_scope, occasion, browse):
    client = browse(in_scope, in_scope.customer)
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)
    cancel_occasion(actor=in_scope.agent, occasion=occasion, reason="The room is flooded")
    closed = make_occasion(book_until=timezone.now() - timedelta(minutes=1))
    over = make_occasion(starts_at=timezone.now() - timedelta(minutes=1))

    page = Page(client.get(f"/booking/{occasion.pk}/"))
    assert "It has been cancelled. The room is flooded" in page.text
    assert "https://meet.example/secret" not in page.links()
    assert "Cancelled by us" in Page(client.get("/booking/")).text
    for one, words in ((closed, "It can be booked no more."), (over, "It has begun"), (occasion, "cancelled")):
        answer = client.post(f"/booking/{one.pk}/place/", {}, follow=True)
        assert words in Page(answer).text
    assert Booking.objects.count() == 1


def test_two_at_once_are_warned_of(in_scope, occasion, browse):
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)
    meanwhile = make_occasion(starts_at=occasion.starts_at + timedelta(minutes=30))

    page = Page(browse(in_scope, in_scope.customer).get(f"/booking/{meanwhile.pk}/"))

    assert "You have booked something else at the same time" in page.text


def test_times_are_the_readers_and_those_of_the_place(in_scope, occasion, browse):
    in_scope.customer.time_zone = "Europe/London"
    in_scope.customer.save()

    page = Page(browse(in_scope, in_scope.customer).get(f"/booking/{occasion.pk}/"))

    assert "(in Stockholm:" in page.text
    assert "(in Stockholm:" not in Page(browse(in_scope, in_scope.agent).get(f"/booking/{occasion.pk}/")).text


def test_the_calendar_file(in_scope, occasion, browse):
    Activity.objects.update(title_en="Steps; one, two\nBEGIN:VALARM")
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)

    answer = browse(in_scope, in_scope.customer).get(f"/booking/{occasion.pk}/calendar.ics")

    read = Calendar.from_ical(answer.content)
    (event,) = read.walk("VEVENT")
    assert read["method"] == "PUBLISH"
    assert str(event["summary"]) == "Steps; one, two\nBEGIN:VALARM"
    assert not read.walk("VALARM")
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)
    assert str(event["uid"]).startswith(str(occasion.uid))
    assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 0)
    assert "https://meet.example/secret" in str(event["description"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="booking.ics"'


def test_as_many_questions_for_many_as_for_few(in_scope, browse):
    client, activity = browse(in_scope, in_scope.customer), make_occasion().activity
    counts = []
    for _ in range(2):
        for number in range(10):
            one = make_occasion(activity=activity, starts_at=timezone.now() + timedelta(days=2, hours=number))
            book(actor=in_scope.customer, occasion=one, user=in_scope.customer)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/booking/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_whoever_takes_their_data_home_finds_what_they_booked_and_nobody_else(in_scope, occasion):
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer, message="About reports")
    take_all(occasion)

    (part,) = [one for one in parts_about(in_scope.customer) if one.key == "bookings"]
    (row,) = part.rows(in_scope.customer)

    assert (row["activity"], row["message"], row["state"].value) == ("First steps", "About reports", "booked")
    assert "Somebody Else" not in str(row)


def test_whoever_takes_their_data_home_finds_that_they_are_mailed_service_messages(in_scope):
    (part,) = [one for one in parts_about(in_scope.customer) if one.key == "service_messages"]
    assert not list(part.rows(in_scope.customer))

    subscribe(actor=in_scope.customer, user=in_scope.customer)

    assert len(list(part.rows(in_scope.customer))) == 1
    assert not list(part.rows(in_scope.agent))
