"""The desk's bookings: dates, who takes part, changes, and what customers reach of it (nothing)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scoping import tenant_scope
from knowledge.actions.booking import book, cancel_booking
from knowledge.actions.occasions import cancel_occasion
from knowledge.models import Activity, Booking, Occasion
from tests.factories import UserFactory
from tests.knowledge.booking import events, make_occasion, states
from tests.pages import Page


@pytest.fixture
def occasion(in_scope) -> Occasion:
    return make_occasion(seats=1)


def local(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_an_activity_and_a_series_of_dates(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.agent)
    assert client.get("/desk/booking/new/").url == "/desk/booking/activities/new/"
    with tenant_scope(other_portal.tenant):
        theirs = make_occasion().activity

    wrong = client.post("/desk/booking/activities/new/", {"kind": "training", "audience": "organisations"})
    assert wrong.status_code == 422
    assert "Title in Swedish (optional)" not in Page(wrong).text
    said = {"kind": "training", "title_sv": "Rapporter på djupet", "audience": "organisations"}
    client.post("/desk/booking/activities/new/", {**said, "organisations": "åby KOMMUN"})
    activity = Activity.objects.get()
    assert (activity.slug, activity.organisations.get().organisation) == ("rapporter-pa-djupet", in_scope.organisation)

    when = timezone.now() + timedelta(days=3)
    dates = {"starts_at": local(when), "minutes": "90", "seats": "8", "repeat": "weekly", "times": "3"}
    foreign = client.post("/desk/booking/new/", {**dates, "activity": theirs.pk})
    assert foreign.status_code == 422
    assert client.post("/desk/booking/new/", {**dates, "activity": activity.pk, "times": "900"}).status_code == 422
    late = client.post("/desk/booking/new/", {**dates, "activity": activity.pk, "starts_at": "2020-01-01T10:00"})
    assert "Choose a time that is still to come." in Page(late).text
    unsafe = {**dates, "activity": activity.pk, "link": "javascript://x/%0Aalert(1)"}
    assert client.post("/desk/booking/new/", unsafe).status_code == 422
    client.post("/desk/booking/new/", {**dates, "activity": activity.pk, "host": in_scope.agent.pk})
    assert Occasion.objects.count() == 3
    assert Page(client.get("/desk/booking/")).main["data-total"] == "3"


def test_enter_somebody_put_first_and_take_off(in_scope, other_portal, occasion, browse):
    people = [UserFactory() for _ in range(3)]
    client, address = browse(in_scope, in_scope.agent), f"/desk/booking/{occasion.pk}/"

    for person in people:
        client.post(f"{address}places/", {"person": person.email})
    for stranger in ("nobody@kund.example", other_portal.agent.email):
        assert client.post(f"{address}places/", {"person": stranger}).status_code == 422
    first, _second, third = Booking.objects.order_by("pk")
    client.post(f"{address}places/{third.pk}/first/")
    client.post(f"{address}places/{first.pk}/removal/")

    assert list(states(occasion).values()) == ["cancelled", "waiting", "booked"]
    elsewhere = make_occasion()
    assert client.post(f"/desk/booking/{elsewhere.pk}/places/{third.pk}/removal/").status_code == 404
    page = Page(client.get(address))
    assert page.main["data-total"] == "1"
    assert people[2].email in page.text


def test_what_is_pressed_on_an_old_page_says_how_it_stands_now(in_scope, occasion, browse):
    people = [UserFactory(name=name) for name in ("Ada", "Bo", "Cy")]
    first, second, third = [book(actor=one, occasion=occasion, user=one) for one in people]
    client, address = browse(in_scope, in_scope.agent), f"/desk/booking/{occasion.pk}/"
    cancel_booking(actor=people[0], booking=first)  # so that the second has a place
    cancel_booking(actor=people[2], booking=third)
    before = events()

    for row, noun, words in (
        (first, "removal", "Ada is on the list no more."),
        (third, "first", "Cy is on the list no more."),
        (second, "first", "Bo has a place."),
    ):
        answer = client.post(f"{address}places/{row.pk}/{noun}/", follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert words in Page(answer).text
    assert events() == before


def test_what_is_cancelled_is_not_cancelled_again(in_scope, occasion, browse):
    client, address = browse(in_scope, in_scope.agent), f"/desk/booking/{occasion.pk}/"
    cancel_occasion(actor=in_scope.agent, occasion=occasion, reason="The room is flooded")

    for ask in (client.get, client.post):
        answer = ask(f"{address}cancellation/", follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert "It has been cancelled." in Page(answer).text
        assert "whoever had booked is told" not in Page(answer).text


def test_change_and_cancel_say_how_many_are_told(in_scope, occasion, browse):
    book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)
    client, address = browse(in_scope, in_scope.agent), f"/desk/booking/{occasion.pk}/"
    page = Page(client.get(f"{address}edit/"))
    fields = page.form("/edit/")
    assert "1 person has booked or waits" in page.text
    unbooked = make_occasion()
    assert "nobody is told of what you change" in Page(client.get(f"/desk/booking/{unbooked.pk}/edit/")).text

    client.post(f"{address}edit/", fields)
    assert "occasion_changed" not in events()  # nothing is different
    client.post(f"{address}edit/", {**fields, "place": "Room 9"})
    assert events(in_scope.customer)[-1] == "occasion_changed"

    asked = Page(client.get(f"{address}cancellation/"))
    assert [one["data-count"] for one in asked.marked("data-count") if one.get("data-count") == "1"]
    assert not Occasion.objects.get(pk=occasion.pk).is_cancelled
    client.post(f"{address}cancellation/", {"reason": "Too few"})
    assert Occasion.objects.get(pk=occasion.pk).cancel_reason == "Too few"
    assert events(in_scope.customer)[-1] == "booking_cancelled"
    assert client.get(f"{address}edit/").status_code == 302
    assert Page(client.get("/desk/booking/?show=past")).main["data-total"] == "1"


def test_participants_as_a_file_run_no_formula(in_scope, occasion, browse):
    person = UserFactory(name="=1+1", organisation=in_scope.organisation)
    book(actor=person, occasion=occasion, user=person, message="@SUM(A1)")

    answer = browse(in_scope, in_scope.agent).get(f"/desk/booking/{occasion.pk}/participants.csv")

    text = answer.getvalue().decode()
    assert "'=1+1" in text
    assert "'@SUM(A1)" in text
    assert "Åby kommun" in text


def test_customers_reach_nothing_of_it(in_scope, occasion, browse):
    client = browse(in_scope, in_scope.customer)
    booking = book(actor=in_scope.customer, occasion=occasion, user=in_scope.customer)

    for end in ("", "edit/", "cancellation/", "participants.csv"):
        assert client.get(f"/desk/booking/{occasion.pk}/{end}").status_code == 404
    for end in ("places/", f"places/{booking.pk}/removal/", "cancellation/"):
        assert client.post(f"/desk/booking/{occasion.pk}/{end}", {"person": in_scope.customer.email}).status_code == 404
    assert states(occasion) == {in_scope.customer.pk: "booked"}


def test_an_activity_that_is_offered_no_more(in_scope, occasion, browse):
    client = browse(in_scope, in_scope.agent)

    client.post(f"/desk/booking/activities/{occasion.activity_id}/state/", {"offered": "no"})

    assert Page(browse(in_scope, in_scope.customer).get("/booking/")).main["data-total"] == "0"
    client.post(f"/desk/booking/activities/{occasion.activity_id}/state/", {"offered": "yes"})
    assert Activity.objects.get().is_active


def test_as_many_questions_for_many_as_for_few(in_scope, browse):
    client, activity = browse(in_scope, in_scope.agent), make_occasion().activity
    crowded = make_occasion(activity=activity, seats=5)
    counts = []
    for _ in range(2):
        for _number in range(6):
            person = UserFactory(organisation=in_scope.organisation)
            book(actor=person, occasion=crowded, user=person)
            make_occasion(activity=activity, host=in_scope.agent)
        for address in ("/desk/booking/", f"/desk/booking/{crowded.pk}/", "/desk/booking/activities/"):
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))

    assert counts[:3] == counts[3:]
