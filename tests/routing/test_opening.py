"""Customers read when somebody is at work, and whether it is open now (M5)."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest
from django.utils import timezone, translation

from accounts.scoping import tenant_scope
from routing.actions.calendars import save_calendar, set_department_calendar
from routing.calendar_drafts import CalendarDraft
from routing.opening import opening_for
from routing.promises import OFFICE_HOURS
from routing.typed_hours import read_hours
from routing.working_time import Hours
from tests.pages import Page

OFFICE = Hours("Europe/Stockholm", OFFICE_HOURS, country="SE")
ALWAYS = Hours("Europe/Stockholm", (read_hours("0-24"),) * 7)


@pytest.fixture(autouse=True)
def _reader_in_stockholm():
    with timezone.override("Europe/Stockholm"):
        yield


def at(*moment: int):
    return mock.patch.object(timezone, "now", return_value=datetime(*moment, tzinfo=UTC))


def office(hours: Hours = OFFICE, name: str = "Office"):
    return save_calendar(actor=None, calendar=None, draft=CalendarDraft(name, hours))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ((2026, 11, 24, 9), "Open now, until 17:00."),
        ((2026, 11, 24, 6), "Closed now, opens 08:00."),
        ((2026, 11, 24, 18), "Closed now, opens tomorrow 08:00."),
        ((2026, 11, 27, 18), "Closed now, opens Monday 08:00."),
        ((2026, 12, 30, 18), "Closed now, opens tomorrow 08:00."),
        ((2026, 12, 31, 18), "Closed now, opens Monday 08:00."),
    ],
)
def test_it_says_whether_it_is_open_and_what_is_next(in_scope, moment: tuple[int, ...], said: str):
    office()
    with at(*moment), translation.override("en"):
        opening = opening_for()

    assert opening is not None
    assert (opening.now, opening.week, opening.city) == (said, "Monday–Friday 08:00–17:00", "")


def test_a_week_with_many_hours_and_one_that_never_ends(in_scope):
    nights = (*(read_hours("22-06"),) * 4, (), read_hours("9-12, 13-15"), ())
    with at(2026, 11, 24, 22), translation.override("en"):
        office(Hours("Europe/Stockholm", nights))
        found = opening_for()
        portals = opening_for(in_scope.department.pk)
        set_department_calendar(actor=None, department=in_scope.department, calendar=office(ALWAYS, "Always"))
        always = opening_for(in_scope.department.pk)

    assert found is not None
    assert found == portals
    assert found.now == "Open now, until tomorrow 06:00."
    assert found.week == "Monday–Thursday 22:00–06:00; Saturday 09:00–12:00, 13:00–15:00"
    assert always is not None
    assert (always.now, always.week) == ("Always open.", "Monday–Sunday around the clock")


def test_what_differs_within_two_weeks_is_said(in_scope):
    draft = CalendarDraft("Office", OFFICE)
    draft = draft.with_days(date(2026, 12, 23), date(2026, 12, 24), (), "Staff <b>days</b>")
    draft = draft.with_days(date(2026, 12, 25), date(2026, 12, 25), read_hours("9-12"))
    save_calendar(actor=None, calendar=None, draft=draft)
    with at(2026, 12, 14, 9), translation.override("en"):
        opening = opening_for()

    assert opening is not None
    assert opening.differs == [
        "Wed 23 Dec–Thu 24 Dec, Staff <b>days</b>: closed",
        "Fri 25 Dec: 09:00–12:00",
        "Sat 26 Dec, Second Day of Christmas: closed",
    ]


@pytest.mark.parametrize(
    ("zone", "city", "said"),
    [
        ("Europe/Stockholm", "", "Open now, until 17:00."),
        ("Europe/Lisbon", "Lisbon", "Open now, until 17:00."),
        ("Asia/Kathmandu", "Kathmandu", "Open now, until 17:00."),
        ("America/Phoenix", "Phoenix", "Closed now, opens 08:00."),
    ],
)
def test_it_is_said_by_the_clocks_where_they_work(in_scope, zone: str, city: str, said: str):
    office(Hours(zone, OFFICE_HOURS))
    with at(2026, 11, 24, 9), translation.override("en"):
        opening = opening_for()

    assert opening is not None
    assert (opening.now, opening.city) == (said, city)


def test_customers_read_it_where_they_turn_to(portal, other_portal, browse):
    guest = browse(portal)
    urls = ("/", "/whom-to-ask/", f"/tickets/new/{portal.topic.slug}/")
    with tenant_scope(other_portal.tenant):
        office(ALWAYS)
    with at(2026, 11, 24, 9):
        before = [Page(guest.get(url, headers={"accept-language": "en"})).text for url in urls]
        with tenant_scope(portal.tenant):
            office()
            nights = office(Hours("Europe/Stockholm", (read_hours("22-06"),) * 7), "Nights")
            set_department_calendar(actor=None, department=portal.topic.department, calendar=nights)
        after = [Page(guest.get(url, headers={"accept-language": "en"})).text for url in urls]

    assert not any("pen now" in text or "Always open" in text for text in before)
    assert ["Open now, until 17:00. Monday–Friday 08:00–17:00" in text for text in after] == [True, True, False]
    assert "Closed now, opens 22:00. Monday–Sunday 22:00–06:00" in after[2]
