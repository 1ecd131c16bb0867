"""Customers ask for news, once a working day; and are told when to expect the first answer."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Agreement
from accounts.scoping import tenant_scope
from routing.models import AgreementLevel, AlertSettings, Calendar, CalendarSpan, ServiceLevel
from tests.factories import UserFactory, make_ticket
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.nudging import nudge, nudge_assignee
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.snoozing import snooze
from tickets.actions.withdrawing import withdraw_reply
from tickets.enums import Channel, EventKind
from tickets.expected import FEWEST, expected_answer, in_round_words
from tickets.links import ticket_link
from tickets.models import Ticket, TicketEvent


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def ticket(in_scope) -> Ticket:
    calendar = Calendar.objects.create(name="Office", zone="Europe/Stockholm", is_default=True)
    for weekday in range(5):
        CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=9 * 60, closes=17 * 60)
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


def at(day: int, clock: str) -> datetime:
    """In the week of Monday, 12 January 2026."""
    return datetime.fromisoformat(f"2026-01-{day:02} {clock}").replace(tzinfo=ZoneInfo("Europe/Stockholm"))


def row(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def answer(portal, ticket, **more):
    return reply_to_ticket(
        actor=portal.agent, ticket=ticket, body="We look.", channel=Channel.PORTAL, as_staff=True, **more
    )


def test_news_are_asked_once_a_working_day(in_scope, ticket):
    moments = [
        (at(16, "10:00"), True),  # Friday
        (at(16, "16:00"), False),
        (at(17, "12:00"), False),  # Saturday
        (at(19, "08:59"), False),
        (at(19, "09:00"), True),  # Monday
        (at(20, "09:30"), True),
    ]
    for moment, expected in moments:
        with mock.patch.object(timezone, "now", return_value=moment):
            assert nudge(actor=in_scope.customer, ticket=ticket) is expected, moment
    assert row(ticket).nudged_at == at(20, "09:30")
    assert TicketEvent.objects.filter(kind=EventKind.NUDGED).count() == 3


def test_an_answer_is_the_news_and_a_note_is_none(in_scope, ticket):
    nudge(actor=in_scope.customer, ticket=ticket)
    add_note(actor=in_scope.agent, ticket=ticket, body="Ask Bo")
    assert row(ticket).nudged_at is not None
    message = answer(in_scope, ticket, undo_seconds=60)
    assert row(ticket).nudged_at is None
    withdraw_reply(actor=in_scope.agent, message=message)
    assert row(ticket).nudged_at is not None
    answer(in_scope, ticket, and_status="in_progress")
    assert row(ticket).nudged_at is None
    assert not nudge(actor=in_scope.customer, ticket=ticket), "today they have asked already"


def test_only_what_waits_for_us_is_asked_about(in_scope, ticket):
    answer(in_scope, ticket)
    assert not nudge(actor=in_scope.customer, ticket=ticket)
    close_ticket(actor=in_scope.customer, ticket=ticket)
    assert not nudge(actor=in_scope.customer, ticket=ticket)


def test_who_asks_wakes_what_was_put_off_and_changes_nothing_else(in_scope, ticket):
    snooze(actor=in_scope.agent, ticket=ticket, until=timezone.now() + timedelta(days=3))
    before = row(ticket)
    nudge(actor=in_scope.customer, ticket=ticket)
    now = row(ticket)
    assert now.snoozed_until is None
    assert (now.waiting_since, now.status, now.last_activity_at) == (
        before.waiting_since,
        before.status,
        before.last_activity_at,
    )


def test_a_portal_may_not_want_it(in_scope, ticket, browse):
    AlertSettings.objects.create(asks_for_news=False)
    assert not nudge(actor=in_scope.customer, ticket=ticket)
    page = browse(in_scope, in_scope.customer).get(f"/tickets/{ticket.number}/")
    assert "Any news?" not in page.content.decode()


def test_strangers_do_not_ask(in_scope, ticket):
    with pytest.raises(PermissionError):
        nudge(actor=UserFactory(), ticket=ticket)


@pytest.mark.parametrize("by_link", [False, True])
def test_a_customer_asks_on_the_page_and_the_desk_sees_it(in_scope, ticket, browse, by_link):
    url = ticket_link(ticket, in_scope.customer) if by_link else f"/tickets/{ticket.number}/"
    client = browse(in_scope, None if by_link else in_scope.customer)
    page = Page(client.get(url))
    assert "Any news?" in page.text
    form = next(form for form in page.forms if form["action"].endswith("/nudge/"))
    after = Page(client.post(form["action"], form["fields"], follow=True))
    assert "We have been told that you wait for news" in after.text
    assert "Any news?" not in after.text
    assert "asked whether there is any news" in after.text

    desk = browse(in_scope, in_scope.agent)
    assert "asks for news" in Page(desk.get("/desk/")).text
    assert Page(desk.get("/desk/?view=nudged")).main["data-total"] == "1"
    assert "asks for news" in Page(desk.get(f"/desk/tickets/{ticket.number}/")).text


def test_pressed_twice_it_is_said_once(in_scope, ticket, browse):
    client = browse(in_scope, in_scope.customer)
    for _press in range(2):
        page = Page(client.post(f"/tickets/{ticket.number}/nudge/", follow=True))
    assert "once a working day" in page.text
    assert TicketEvent.objects.filter(kind=EventKind.NUDGED).count() == 1


# -- when to expect an answer -----------------------------------------------------------------------------------------


def answered(portal, minutes: list[int], level: ServiceLevel | None = None, days_ago: int = 1) -> None:
    for number in minutes:
        made = make_ticket(requester=portal.lead, topic=portal.topic)
        moment = timezone.now() - timedelta(days=days_ago)
        Ticket.objects.filter(pk=made.pk).update(first_answered_at=moment, first_answer_minutes=number, level=level)


def test_the_median_of_the_last_thirty_days_is_told(in_scope, other_portal, ticket, browse):
    answered(in_scope, [10, 20, 30, 40, 50, 110, 120, 300, 400, 500])
    answered(in_scope, [9999] * 12, days_ago=31)
    with tenant_scope(other_portal.tenant):
        answered(other_portal, [1] * FEWEST)

    words = "the first answer has usually come within 2 h of working time"
    client = browse(in_scope, in_scope.customer)
    assert words in Page(client.get("/tickets/new/fault/")).text
    assert words in Page(client.get(f"/tickets/{ticket.number}/")).text
    assert words in Page(client.get(f"/tickets/{ticket.number}/thanks/")).text
    assert words in Page(browse(in_scope).get("/tickets/new/fault/")).text
    answer(in_scope, ticket)
    Ticket.objects.filter(pk=ticket.pk).update(first_answered_at=timezone.now())
    assert words not in Page(client.get(f"/tickets/{ticket.number}/")).text


def test_too_few_answers_say_nothing_and_a_portal_may_not_want_it(in_scope):
    answered(in_scope, [10] * (FEWEST - 1))
    assert expected_answer(None) is None
    cache.clear()
    answered(in_scope, [10])
    assert expected_answer(None) == timedelta(minutes=10)
    AlertSettings.objects.create(shows_expected=False)
    assert expected_answer(None) is None


def test_each_level_has_its_own_and_nobody_elses_is_told(in_scope):
    gold: ServiceLevel = ServiceLevel.objects.create(name="Gold")
    agreement = Agreement.objects.create(name="Enterprise")
    AgreementLevel.objects.create(agreement=agreement, level=gold)
    in_scope.organisation.agreement = agreement
    in_scope.organisation.save()
    in_scope.customer.refresh_from_db()
    answered(in_scope, [20] * FEWEST, level=gold)
    assert expected_answer(in_scope.customer) == timedelta(minutes=20)
    assert expected_answer(None) is None


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, 10), (1, 10), (10, 10), (11, 20), (60, 60), (61, 90), (110, 120), (240, 240), (241, 300), (600, 600)],
)
def test_it_is_rounded_up(minutes, said):
    assert in_round_words(minutes) == timedelta(minutes=said)


# -- from a list ------------------------------------------------------------------------------------------------------


def test_a_colleague_is_asked_how_it_goes_and_the_customer_hears_nothing_of_it(in_scope, ticket, browse):
    assert nudge_assignee(actor=in_scope.lead, ticket=ticket)
    assert not nudge_assignee(actor=in_scope.lead, ticket=ticket), "within the hour"
    assert row(ticket).nudged_at is None
    page = Page(browse(in_scope, in_scope.customer).get(f"/tickets/{ticket.number}/"))
    assert "asked whether there is any news" not in page.text
    assert "Any news?" in page.text
    assert nudge(actor=in_scope.customer, ticket=ticket)


def test_from_a_list_one_acts_and_is_back_on_the_list(in_scope, ticket, browse):
    client = browse(in_scope, in_scope.lead)
    here = "/desk/?view=waiting&sort=due"
    link = next(
        given["href"] for given in Page(client.get(here)).all("a") if "row__act" in given.get("class", "").split()
    )
    page = Page(client.get(link))
    forms = {form["action"].split("/")[-2]: form for form in page.forms if "/desk/tickets/" in form["action"]}
    assert set(forms) == {"assignment", "department", "nudge", "snooze", "reply"}
    given = {
        "assignment": {"assignee": in_scope.agent.pk},
        "nudge": {},
        "reply": {"body": "Look at this"},
        "snooze": {"when": "week"},
        "department": {"department": in_scope.other_department.pk},
    }
    for name, values in given.items():
        response = client.post(forms[name]["action"], {**forms[name]["fields"], **values})
        assert (response.status_code, response.headers["location"]) == (302, here), name
    now = row(ticket)
    assert now.department == in_scope.other_department
    assert now.snoozed_until is not None
    assert now.messages.filter(kind="note", body="Look at this").exists()
    assert set(now.events.values_list("kind", flat=True)) >= {"assigned", "nudged", "noted", "snoozed", "transferred"}


def test_nobody_is_sent_elsewhere(in_scope, ticket, browse):
    client = browse(in_scope, in_scope.agent)
    for address in ("https://evil.example/", "//evil.example"):
        page = Page(client.get(f"/desk/tickets/{ticket.number}/acts/", {"next": address}))
        assert not [given for _tag, given in page.elements if address in (given.get("href"), given.get("value"))]
        answered = client.post(f"/desk/tickets/{ticket.number}/nudge/", {"next": address})
        assert "evil" not in answered.headers["location"]
