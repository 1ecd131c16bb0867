"""What the desk shows of a ticket's times, and what one does about them there: wait for others, put off, undo."""

from datetime import date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.enums import Measure
from routing.models import Calendar, CalendarSpan, ServiceLevel, ServiceTarget
from routing.public_holidays import public_holidays
from routing.working_time import Hours, Span
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.replying import reply_to_ticket
from tickets.actions.snoozing import snooze
from tickets.actions.waiting import wait_for_third_party
from tickets.dashboard.asking import Board
from tickets.dashboard.figures import figures_of
from tickets.dashboard.reasons import reasons
from tickets.enums import Channel, EventKind, WaitingOn
from tickets.events import record_event
from tickets.models import Ticket, TicketEvent
from tickets.putting_off import morning_of, next_morning, next_week

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = Hours("Europe/Stockholm", tuple((Span(540, 1020),) if day < 5 else () for day in range(7)), country="SE")


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture
def ticket(portal, other_portal) -> Ticket:
    """Four working hours are promised around the clock, so that no test depends on when it runs."""
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            always_open = Calendar.objects.create(name="Always", zone="Europe/Stockholm", is_default=True)
            for weekday in range(7):
                CalendarSpan.objects.create(calendar=always_open, weekday=weekday, opens=0, closes=24 * 60)
            level = ServiceLevel.objects.create(name="Standard", is_default=True)
            for priority, minutes in (("medium", 240), ("high", 60)):
                ServiceTarget.objects.create(
                    level=level, priority=priority, measure=Measure.FIRST_ANSWER, minutes=minutes
                )
            made = make_ticket(requester=place.customer, topic=place.topic)
    return made


def row(portal, ticket) -> Ticket:
    with tenant_scope(portal.tenant):
        return Ticket.objects.get(pk=ticket.pk)


def post(client, ticket, what: str, **values):
    return client.post(f"/desk/tickets/{ticket.number}/{what}/", values)


def test_the_page_says_what_is_promised_and_explains_it(portal, ticket, browse):
    client = browse(portal, portal.agent)
    begun = row(portal, ticket).created_at
    with mock.patch.object(timezone, "now", return_value=begun + timedelta(minutes=70)):
        page = Page(client.get(f"/desk/tickets/{ticket.number}/"))

    assert "First answer 2 h 50 min left" in page.text
    assert "How is the time counted?" in page.text
    assert "Altogether 1 h 10 min of 4 h" in page.text
    assert "as the service level “Standard” promises" in page.text
    with tenant_scope(portal.tenant):
        opened = ticket.messages.get()
    assert any(given.get("href") == f"#message-{opened.pk}" for given in page.all("a"))
    assert "Low: nothing is promised" in page.text


@pytest.mark.parametrize(("minutes", "is_over"), [(-1, False), (1, True), (600, True)])
def test_a_promise_until_closing_time_is_over_everywhere_at_once(portal, ticket, browse, minutes, is_over):
    with tenant_scope(portal.tenant):
        CalendarSpan.objects.all().delete()
        for day in range(5):
            CalendarSpan.objects.create(calendar=Calendar.objects.get(), weekday=day, opens=9 * 60, closes=17 * 60)
        ServiceTarget.objects.filter(priority="medium").update(minutes=8 * 60)
        with mock.patch.object(timezone, "now", return_value=at("2026-01-11T23:00")):
            filed = make_ticket(requester=portal.customer, topic=portal.topic)
            fan_out_pending(always)
        assert Ticket.objects.get(pk=filed.pk).due_at == at("2026-01-12T17:00")
    client = browse(portal, portal.lead)
    now = at("2026-01-12T17:00") + timedelta(minutes=minutes)
    with mock.patch.object(timezone, "now", return_value=now):
        page = Page(client.get(f"/desk/tickets/{filed.number}/"))
        listed = {
            key: f"/desk/tickets/{filed.number}/" in client.get(f"/desk/?view={key}").content.decode()
            for key in ("over", "due_today")
        }
        with tenant_scope(portal.tenant):
            board = Board(portal.lead, QueryDict(), now)
            counted = figures_of(board).tiles["over"]
            words = reasons(Ticket.objects.get(pk=filed.pk), now)
    assert ("over the promised time" in page.text) == is_over
    assert listed == {"over": is_over, "due_today": not is_over}
    assert counted == is_over
    assert ("over the promised time" in words) == is_over


def test_a_pause_is_explained_with_a_link_to_its_event(portal, ticket, browse):
    with tenant_scope(portal.tenant):
        wait_for_third_party(actor=portal.agent, ticket=ticket, whom="Acme <b>AB</b>")
        event = TicketEvent.objects.get(kind=EventKind.WAITING_CHANGED)
    response = browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")
    page = Page(response)

    assert "rests, 0 min of 4 h used" in page.text
    assert any(given.get("href") == f"#event-{event.pk}" for given in page.all("a"))
    assert f'id="event-{event.pk}"' in response.content.decode()
    assert "Acme <b>" not in response.content.decode()


def test_an_answer_stops_the_clock_and_the_page_says_how_long_it_took(portal, ticket, browse):
    with tenant_scope(portal.tenant):
        reply_to_ticket(actor=portal.agent, ticket=ticket, body="Yes", channel=Channel.PORTAL, as_staff=True)
    page = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/"))

    assert "First answer after 0 min" in page.text
    assert "nothing is promised" not in page.text


@pytest.mark.parametrize(
    ("seconds", "words"), [(59, "First answer after 4 h"), (60, "after 4 h 1 min, 1 min over the promised time")]
)
def test_an_answer_within_the_last_promised_minute_is_in_time(portal, ticket, browse, seconds, words):
    answered = row(portal, ticket).created_at + timedelta(hours=4, seconds=seconds)
    with tenant_scope(portal.tenant), mock.patch.object(timezone, "now", return_value=answered):
        reply_to_ticket(actor=portal.agent, ticket=ticket, body="Yes", channel=Channel.PORTAL, as_staff=True)
    text = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")).text

    assert words in text
    assert ("over the promised time" in text) == (seconds == 60)


def test_steps_up_the_ladder_of_one_round_are_one_line(portal, ticket, browse):
    with tenant_scope(portal.tenant):
        for rung in ("assignee", "lead"):
            for measure in ("first_answer", "solution"):
                record_event(EventKind.ESCALATED, ticket, actor=None, data={"rung": rung, "measure": measure})
        later = timezone.now() + timedelta(minutes=5)
        record_event(
            EventKind.ESCALATED, ticket, actor=None, data={"rung": "lead", "condition": "unassigned"}, at=later
        )
    text = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")).text

    told = "Told of it: Who has it, or its department; The department's lead"
    assert text.count("It goes stale") == 2
    assert f"It goes stale (First answer; Solution). {told}" in text
    assert "It goes stale (Nobody has it). Told of it: The department's lead" in text


def test_a_ticket_waits_for_others_and_for_us_again(portal, ticket, browse):
    client = browse(portal, portal.agent)
    post(client, ticket, "waiting", whom="Acme")
    now = row(portal, ticket)
    assert (now.waiting_on, now.waits_for) == (WaitingOn.THIRD_PARTY, "Acme")

    page = Page(client.get(f"/desk/tickets/{ticket.number}/"))
    assert "waits for Acme" in page.text
    undo = next(form for form in page.forms if "next" in form["fields"] and form["action"].endswith("/waiting/"))
    client.post(undo["action"], {**undo["fields"], "undo": "1"})
    assert row(portal, ticket).waiting_on == WaitingOn.US


def test_what_waits_for_the_customer_cannot_wait_for_others(portal, ticket, browse):
    with tenant_scope(portal.tenant):
        reply_to_ticket(actor=portal.agent, ticket=ticket, body="So?", channel=Channel.PORTAL, as_staff=True)
    client = browse(portal, portal.agent)
    post(client, ticket, "waiting", whom="Acme")

    assert row(portal, ticket).waiting_on == WaitingOn.CUSTOMER
    assert "no longer waits for us" in Page(client.get(f"/desk/tickets/{ticket.number}/")).text


def test_too_long_a_name_is_refused_and_not_lost(portal, ticket, browse):
    response = post(browse(portal, portal.agent), ticket, "waiting", whom="x" * 121)

    assert response.status_code == 422
    assert "x" * 121 in response.content.decode()
    assert row(portal, ticket).waiting_on == WaitingOn.US


@pytest.mark.parametrize("when", ["tomorrow", "week"])
def test_a_ticket_is_put_off_and_brought_back(portal, ticket, browse, when):
    client = browse(portal, portal.agent)
    response = client.post(f"/desk/tickets/{ticket.number}/snooze/", {"when": when, "next": "/desk/?view=waiting"})
    assert response.url == "/desk/?view=waiting"
    until = row(portal, ticket).snoozed_until
    assert until is not None
    assert timezone.now() < until <= timezone.now() + timedelta(days=8)
    page = Page(client.get("/desk/"))
    assert page.main["data-total"] == "0"
    assert "put off until" in page.text

    undo = next(form for form in page.forms if form["action"].endswith("/snooze/"))
    client.post(undo["action"], {**undo["fields"], "undo": "1"})
    assert row(portal, ticket).snoozed_until is None
    assert Page(client.get("/desk/")).main["data-total"] == "1"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"when": "day", "day": ""}, "Choose the day"),
        ({"when": "day", "day": "2020-01-01"}, "Choose a day after today"),
        ({"when": "day", "day": "9999-12-30"}, "Choose a day after today"),
        ({"when": "day", "day": "0001-01-01"}, "Choose a day after today"),
        ({"when": "day", "day": "soon"}, "Write a date"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(portal, ticket, browse, values, words):
    response = post(browse(portal, portal.agent), ticket, "snooze", **values)

    assert response.status_code == 422
    assert words in Page(response).text
    assert row(portal, ticket).snoozed_until is None


def test_nonsense_beside_the_button_that_was_pressed_does_not_matter(portal, ticket, browse):
    post(browse(portal, portal.agent), ticket, "snooze", when="week", day="soon")

    assert row(portal, ticket).snoozed_until is not None


def test_a_ticket_closed_meanwhile_is_not_put_off(portal, ticket, browse):
    with tenant_scope(portal.tenant):
        close_ticket(actor=portal.customer, ticket=ticket)
    client = browse(portal, portal.agent)
    post(client, ticket, "snooze", when="week")

    assert row(portal, ticket).snoozed_until is None
    assert "was closed" in Page(client.get(f"/desk/tickets/{ticket.number}/")).text


def test_what_is_put_off_is_in_the_queue_again_when_its_moment_has_come_and_when_the_customer_writes(
    portal, ticket, browse
):
    client, soon = browse(portal, portal.agent), timezone.now() + timedelta(minutes=1)
    with tenant_scope(portal.tenant):
        snooze(actor=portal.agent, ticket=ticket, until=soon)
        assert Page(client.get("/desk/")).main["data-total"] == "0"
        Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=timezone.now())
        assert Page(client.get("/desk/")).main["data-total"] == "1"
        snooze(actor=portal.agent, ticket=ticket, until=soon)
        assert Page(client.get("/desk/?view=snoozed")).main["data-total"] == "1"
        reply_to_ticket(actor=portal.customer, ticket=ticket, body="And?", channel=Channel.PORTAL)
    assert Page(client.get("/desk/")).main["data-total"] == "1"


@pytest.mark.parametrize(
    ("now", "tomorrow", "week"),
    [
        ("2026-01-12T15:00", "2026-01-13T09:00", "2026-01-19T09:00"),  # a Monday
        ("2026-01-16T15:00", "2026-01-19T09:00", "2026-01-19T09:00"),  # a Friday
        ("2026-01-18T23:30", "2026-01-19T09:00", "2026-01-19T09:00"),  # a Sunday
        ("2026-03-27T12:00", "2026-03-30T09:00", "2026-03-30T09:00"),  # clocks are set on Sunday
        ("2026-04-02T12:00", "2026-04-07T09:00", "2026-04-07T09:00"),  # before Easter
    ],
)
def test_mornings_are_those_on_which_somebody_works(now, tomorrow, week):
    assert date(2026, 4, 6) in public_holidays("SE", "", 2026, with_eves=False)
    assert next_morning(OFFICE, at(now)) == at(tomorrow)
    assert next_week(OFFICE, at(now)) == at(week)


def test_a_day_of_ones_own_choice_begins_when_work_does_and_at_eight_where_it_does_not():
    assert morning_of(OFFICE, date(2026, 1, 13)) == at("2026-01-13T09:00")
    assert morning_of(OFFICE, date(2026, 1, 17)) == at("2026-01-17T08:00")
    around_the_clock = Hours("Asia/Kathmandu", ((Span(0, 1440),),) * 7)
    assert morning_of(around_the_clock, date(2026, 1, 17)) == at("2026-01-17T08:00", ZoneInfo("Asia/Kathmandu"))
    assert next_morning(around_the_clock, at("2026-01-12T15:00")) == at("2026-01-13T08:00", ZoneInfo("Asia/Kathmandu"))
    by_night = Hours("Asia/Kathmandu", ((Span(1320, 1800),),) * 7)
    assert morning_of(by_night, date(2026, 1, 17)) == at("2026-01-17T00:00", ZoneInfo("Asia/Kathmandu"))
    never = Hours("America/Phoenix", ((),) * 7)
    assert next_morning(never, at("2026-01-12T15:00")) == at("2026-01-13T08:00", ZoneInfo("America/Phoenix"))
