"""Calendars in the settings: entered, looked at, changed and removed by administrators."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.actions.calendars import make_portals_calendar, save_calendar, set_department_calendar
from routing.calendar_drafts import CalendarDraft, draft_of
from routing.models import Calendar, Department, ServiceLevel, ServiceTarget
from routing.promises import OFFICE_HOURS
from routing.typed_hours import read_hours
from routing.working_time import Hours, Span
from tests.conftest import Portal
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.following_changes import work_on_times
from tickets.enums import Priority
from tickets.models import Ticket

URL = "/settings/calendars/"
OFFICE = Hours("Europe/Stockholm", OFFICE_HOURS, country="SE")
TYPED = {
    "name": "Nights",
    "zone": "Asia/Kathmandu",
    "country": "DE",
    "region": "BY",
    "with_eves": "on",
    "day_0": "22-06",
    "day_4": "8-12, 13-17",
}
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday, 10:00 in Stockholm


@pytest.fixture
def admin(browse, portal, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client = browse(portal, portal.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with tenant_scope(portal.tenant):
        portal.administrator.language = "en"
        portal.administrator.save(update_fields=["language"])
    return client


def calendar_of(portal: Portal, name: str = "Office", hours: Hours = OFFICE) -> Calendar:
    with tenant_scope(portal.tenant):
        return save_calendar(actor=None, calendar=None, draft=CalendarDraft(name, hours))


def kept(portal: Portal, calendar: Calendar) -> CalendarDraft:
    with tenant_scope(portal.tenant):
        return draft_of(Calendar.objects.get(pk=calendar.pk))


def test_a_calendar_is_added(portal, other_portal, admin):
    assert "Europe/Stockholm" in Page(admin.get(f"{URL}new/")).forms[-1]["fields"]["zone"]

    answer = admin.post(f"{URL}new/", TYPED)

    with tenant_scope(portal.tenant):
        made = Calendar.objects.get()
    assert answer.headers["Location"] == f"{URL}{made.pk}/"
    hours = kept(portal, made).hours
    week = (read_hours("22-06"), (), (), (), read_hours("8-12, 13-17"), (), ())
    assert hours == Hours("Asia/Kathmandu", week, (), "DE", "BY", True)
    with tenant_scope(other_portal.tenant):
        assert not Calendar.objects.exists()


def test_the_list_says_when_each_is_open_and_who_counts_by_it(portal, other_portal, admin):
    calendar_of(other_portal, "Theirs")
    calendar_of(portal)
    shut = calendar_of(portal, "Nights", Hours("Europe/Stockholm", (read_hours("22-06"),) * 7))
    with tenant_scope(portal.tenant):
        set_department_calendar(actor=None, department=portal.department, calendar=shut)
        ServiceLevel.objects.create(name="Gold", calendar=shut)

    page = Page(admin.get(URL))

    assert page.main["data-total"] == "2"
    assert "Monday–Friday 08:00–17:00. Open now, until 17:00." in page.text
    assert "Monday–Sunday 22:00–06:00. Closed now, opens 22:00." in page.text
    assert "Departments: Service desk Service levels: Gold" in page.text
    assert "Theirs" not in page.text


def test_the_list_takes_as_many_queries_for_many(portal, admin, django_assert_num_queries):
    calendar_of(portal)
    with CaptureQueriesContext(
        connection,
    ) as few:
        admin.get(URL)
    for number in range(4):
        calendar_of(portal, f"More {number}")
    with django_assert_num_queries(len(few)):
        admin.get(URL)


def test_what_is_no_calendar_is_said_field_by_field_and_kept_as_typed(portal, admin):
    found = calendar_of(portal)
    before = kept(portal, found)

    for wrong, said in (
        ({"name": " "}, "Write the calendar’s name."),
        ({"day_0": "all day"}, "“all day” are no hours."),
        ({"day_0": "8-12, 11-13"}, "11:00–13:00 begins before the hours before it end."),
        ({"country": "SE"}, "This region is of another country."),
        ({"country": "XX", "region": ""}, "Select a valid choice"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"day_0": "", "day_4": "stängt"}, "With these hours nobody is at work within two years"),
    ):
        answer = admin.post(f"{URL}{found.pk}/", TYPED | wrong)
        page = Page(answer)
        assert answer.status_code == 422
        assert said in page.text
        typed = next(form for form in page.forms if "day_0" in form["fields"])["fields"]
        assert typed["day_0"] == wrong.get("day_0", TYPED["day_0"])
    assert kept(portal, found) == before


def test_two_calendars_cannot_have_one_name(portal, admin):
    calendar_of(portal, "Nights")

    answer = admin.post(f"{URL}new/", TYPED)

    assert answer.status_code == 422
    assert "There is a calendar with this name already." in Page(answer).text


def test_the_holidays_meant_are_shown_without_saving(portal, admin):
    found = calendar_of(portal)
    page = Page(admin.get(f"{URL}{found.pk}/"))
    assert "Christmas Day Fri 25 Dec 2026" in page.text
    assert "Midsummer Eve Fri" not in page.text
    fields = next(form for form in page.forms if "day_0" in form["fields"])["fields"]

    shown = admin.post(f"{URL}{found.pk}/", fields | {"show": "yes", "with_eves": "on", "name": ""})
    german = admin.post(f"{URL}{found.pk}/", fields | {"show": "yes", "country": "DE"})

    assert shown.status_code == german.status_code == 200
    assert "Midsummer Eve Fri 25 Jun 2027" in Page(shown).text
    assert "German Unity Day" in Page(german).text
    assert "Bayern" in Page(german).text
    assert kept(portal, found).hours == OFFICE


def test_days_of_its_own_are_entered_by_the_range_and_taken_out(portal, other_portal, admin):
    found = calendar_of(portal)
    days = f"{URL}{found.pk}/days/"

    admin.post(days, {"since": "2026-12-21", "until": "2027-01-06", "label": "Holidays", "spans": ""})
    admin.post(days, {"since": "2026-12-25", "until": "", "spans": "9-13"})

    draft = kept(portal, found)
    assert len(draft.hours.days) == 17
    assert dict(draft.hours.days)[date(2026, 12, 25)] == (Span(540, 780),)
    page = Page(admin.get(f"{URL}{found.pk}/"))
    assert "Mon 21 Dec 2026 – Thu 24 Dec 2026 closed Holidays" in page.text
    assert "Christmas Day Fri 25 Dec 2026, worked 09:00–13:00" in page.text

    admin.post(f"{days}removal/", {"since": "2026-12-21", "until": "2026-12-24"})

    assert min(dict(kept(portal, found).hours.days)) == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"since": ""}, "Choose the day."),
        ({"since": "2026-12-24", "until": "2026-12-23"}, "The last day is before the first one."),
        ({"since": "2026-12-24", "until": "2028-12-23"}, "These are more than 366 days."),
        ({"since": "1800-01-01"}, "Write a day between 1990 and 2199."),
        ({"since": "2026-12-24", "spans": "noon"}, "“noon” are no hours."),
        ({"since": "2026-12-24", "label": "x" * 81}, "Write at most 80 characters"),
    ],
)
def test_what_are_no_days_is_said(portal, admin, typed: dict[str, str], said: str):
    found = calendar_of(portal)

    answer = admin.post(f"{URL}{found.pk}/days/", typed)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert not kept(portal, found).hours.days


def test_the_last_open_day_cannot_be_taken_out(portal, admin):
    only = ((date(2026, 12, 1), (Span(0, 60),)),)
    found = calendar_of(portal, hours=Hours("Europe/Stockholm", ((),) * 7, only))

    page = Page(admin.post(f"{URL}{found.pk}/days/removal/", {"since": "2026-12-01"}, follow=True))

    assert "With these hours nobody is at work" in page.text
    assert kept(portal, found).hours.days == only


def test_one_is_the_portals_and_unused_ones_go(portal, other_portal, admin):
    first, second = calendar_of(portal, "One"), calendar_of(portal, "Two")
    used = calendar_of(portal, "Three")
    with tenant_scope(portal.tenant):
        set_department_calendar(actor=None, department=portal.department, calendar=used)

    admin.post(f"{URL}{second.pk}/default/")
    told = Page(admin.post(f"{URL}{used.pk}/removal/", follow=True))
    admin.post(f"{URL}{second.pk}/removal/")
    admin.post(f"{URL}{first.pk}/removal/")

    assert "is in use" in told.text
    with tenant_scope(portal.tenant):
        assert list(Calendar.objects.values_list("name", "is_default")) == [("Three", False), ("Two", True)]


def test_a_department_gets_its_calendar(portal, other_portal, admin):
    nights, theirs = calendar_of(portal, "Nights"), calendar_of(other_portal, "Theirs")
    url = f"/settings/departments/{portal.department.pk}/"

    refused = admin.post(f"{url}calendar/", {"calendar": str(theirs.pk)})
    admin.post(f"{url}calendar/", {"calendar": str(nights.pk)})

    assert refused.status_code == 422
    with tenant_scope(portal.tenant):
        portal.department.refresh_from_db()
        assert portal.department.calendar == nights
    form = next(form for form in Page(admin.get(url)).forms if form["action"].endswith("calendar/"))
    assert form["fields"]["calendar"] == str(nights.pk)
    admin.post(f"{url}calendar/", {"calendar": ""})
    with tenant_scope(portal.tenant):
        portal.department.refresh_from_db()
        assert portal.department.calendar is None


def test_other_staff_see_none_of_it(portal, other_portal, browse):
    found = calendar_of(portal)
    for person in (portal.agent, portal.lead, portal.customer):
        client = browse(portal, person)
        assert {client.get(url).status_code for url in (URL, f"{URL}new/", f"{URL}{found.pk}/")} == {404}
    assert browse(other_portal, other_portal.administrator).get(f"{URL}{found.pk}/").status_code == 404
    with tenant_scope(portal.tenant):
        make_portals_calendar(actor=None, calendar=found)


# -- tickets that get other times -----------------------------------------------------------------------------------


@pytest.fixture
def promised(portal, other_portal, admin) -> Calendar:
    """Two tickets are to be answered within four hours of this calendar; on the other portal one is, of another."""
    for one, number in ((portal, 2), (other_portal, 1)):
        office = calendar_of(one)
        with tenant_scope(one.tenant):
            level = ServiceLevel.objects.create(name="Standard", is_default=True)
            for priority in Priority:
                ServiceTarget.objects.create(level=level, priority=priority, measure="first_answer", minutes=240)
            for place in range(number):
                make_ticket(requester=one.customer, topic=one.topic, subject=f"No. {place}")
            fan_out_pending(always)
    with tenant_scope(portal.tenant):
        found: Calendar = Calendar.objects.get()
    assert due(portal) == {NOW + timedelta(hours=4)}
    assert office != found
    return found


def due(portal: Portal) -> set[datetime | None]:
    with tenant_scope(portal.tenant):
        work_on_times()
        return set(Ticket.objects.values_list("due_at", flat=True))


CHANGES = {
    "week": ("", TYPED | {"zone": "Europe/Stockholm", "country": "", "region": "", "day_1": "10-11", "day_2": "8-17"}),
    "days": ("days/", {"since": "2026-11-24", "until": "", "spans": "", "label": "Away"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_says_how_many_tickets_it_moves_and_moves_them(portal, other_portal, admin, promised, change: str):
    noun, sent = CHANGES[change]
    url, before = f"{URL}{promised.pk}/{noun}", kept(portal, promised)

    asked = admin.post(url, sent)

    assert asked.status_code == 200
    page = Page(asked)
    assert "2 of 2 open tickets get other times." in page.text
    assert (kept(portal, promised), due(portal)) == (before, {NOW + timedelta(hours=4)})
    form = next(form for form in page.forms if next(iter(sent)) in form["fields"] and form["method"] == "post")
    marks = [given["value"] for tag, given in page.elements if tag == "button" and given.get("name") == "weighed"]

    done = admin.post(form["action"], form["fields"] | {"weighed": marks[0]}, follow=True)

    assert "2 open tickets get other times now" in Page(done).text
    assert kept(portal, promised) != before
    assert due(portal) not in ({NOW + timedelta(hours=4)}, {None})
    assert due(other_portal) == {NOW + timedelta(hours=4)}


def test_another_calendar_for_the_portal_or_a_department_asks_as_well(portal, other_portal, admin, promised):
    nights = calendar_of(portal, "Nights", Hours("Europe/Stockholm", (read_hours("22-06"),) * 7))
    department = f"/settings/departments/{portal.department.pk}/calendar/"

    for url, sent in (
        (f"{URL}{nights.pk}/default/", {}),
        (department, {"calendar": str(nights.pk)}),
    ):
        page = Page(admin.post(url, sent))
        assert "2 of 2 open tickets get other times." in page.text
        assert "Change nothing" in page.text
        assert page.forms[-1]["fields"].items() >= sent.items()

    with tenant_scope(portal.tenant):
        assert list(Calendar.objects.filter(is_default=True)) == [promised]
        assert not Department.objects.exclude(calendar=None).exists()
    marks = [given["value"] for tag, given in page.elements if tag == "button" and given.get("name") == "weighed"]
    admin.post(department, {"calendar": str(nights.pk), "weighed": marks[0]})
    with tenant_scope(portal.tenant):
        assert Department.objects.get(pk=portal.department.pk).calendar == nights
    assert due(portal) == {NOW.replace(hour=21) + timedelta(hours=4)}


def test_what_moves_nothing_is_saved_at_once(portal, admin, promised):
    page = Page(admin.get(f"{URL}{promised.pk}/"))
    fields = next(form for form in page.forms if "day_0" in form["fields"])["fields"]

    done = Page(admin.post(f"{URL}{promised.pk}/", fields | {"name": "Support hours"}, follow=True))

    assert "“Support hours” is saved." in done.text
    assert "other times" not in done.text


def test_a_department_that_is_moved_takes_the_hours_above_and_asks_as_well(portal, other_portal, admin, promised):
    nights = calendar_of(portal, "Nights", Hours("Europe/Stockholm", (read_hours("22-06"),) * 7))
    with tenant_scope(portal.tenant):
        set_department_calendar(actor=None, department=portal.other_department, calendar=nights)
    url, sent = f"/settings/departments/{portal.department.pk}/place/", {"parent": str(portal.other_department.pk)}

    page = Page(admin.post(url, sent))

    assert "2 of 2 open tickets get other times." in page.text
    with tenant_scope(portal.tenant):
        assert Department.objects.get(pk=portal.department.pk).parent is None
    marks = [given["value"] for tag, given in page.elements if tag == "button" and given.get("name") == "weighed"]
    admin.post(url, sent | {"weighed": marks[0]})
    with tenant_scope(portal.tenant):
        assert Department.objects.get(pk=portal.department.pk).parent == portal.other_department
    assert due(portal) == {NOW.replace(hour=21) + timedelta(hours=4)}
