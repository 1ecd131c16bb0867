"""Calendars are kept, tried before they are kept, and go only where nothing counts by them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from routing.actions.calendars import (
    CalendarInUse,
    CalendarNameTaken,
    CalendarRefused,
    add_office_hours,
    make_portals_calendar,
    remove_calendar,
    save_calendar,
    set_department_calendar,
)
from routing.calendar_drafts import CalendarDraft, day_ranges, draft_of, opens_at_all
from routing.models import Calendar, CalendarDay, CalendarSpan, ServiceLevel
from routing.promises import OFFICE_HOURS, Promises, hours_of
from routing.typed_hours import read_hours
from routing.working_time import Hours, Span, worked
from tests.databases import bring_back

NIGHTS = tuple(read_hours("22-06") for _ in range(7))
OFFICE = Hours("Europe/Stockholm", OFFICE_HOURS, country="SE")
SHUT = replace(OFFICE, week=((),) * 7)
XMAS, AFTER = date(2026, 12, 24), date(2026, 12, 27)


def draft(name: str = "Office", hours: Hours = OFFICE) -> CalendarDraft:
    return CalendarDraft(name, hours)


def test_a_calendar_is_kept_as_it_was_tried(in_scope, portal):
    wanted = draft(hours=Hours("Asia/Kathmandu", NIGHTS, country="DE", region="BY", with_eves=True))
    wanted = wanted.with_days(XMAS, AFTER, (), "Christmas").with_days(date(2027, 1, 9), date(2027, 1, 9), (Span(0, 9),))

    made = save_calendar(actor=portal.administrator, calendar=None, draft=wanted)

    kept = draft_of(Calendar.objects.get(pk=made.pk))
    assert (kept.name, kept.hours, kept.labels) == (wanted.name, wanted.hours, wanted.labels)
    assert made.is_default  # the first one


def test_a_calendar_says_something_else_from_now_on(in_scope, portal):
    made = save_calendar(actor=None, calendar=None, draft=draft().with_days(XMAS, AFTER, ()))
    other = replace(draft("Nights", replace(OFFICE, week=NIGHTS)))

    save_calendar(actor=None, calendar=made, draft=other)

    assert hours_of(Calendar.objects.get()) == other.hours
    assert (CalendarSpan.objects.count(), CalendarDay.objects.count()) == (7, 0)


def test_own_days_are_entered_and_taken_back_by_the_range():
    start = draft().with_days(XMAS, AFTER, (), "Christmas").with_days(date(2026, 12, 28), date(2026, 12, 28), ())

    worked_one = start.with_days(date(2026, 12, 25), date(2026, 12, 25), (Span(600, 660),))
    without = start.without_days(XMAS, date(2026, 12, 25))

    assert [(row.since, row.until, row.label) for row in day_ranges(start)] == [
        (XMAS, AFTER, "Christmas"),
        (date(2026, 12, 28), date(2026, 12, 28), ""),
    ]
    assert [(row.since.day, row.until.day, row.spans) for row in day_ranges(worked_one)] == [
        (24, 24, ()),
        (25, 25, (Span(600, 660),)),
        (26, 27, ()),
        (28, 28, ()),
    ]
    assert [row.since.day for row in day_ranges(without)] == [26, 28]
    assert set(without.labels) == {date(2026, 12, 26), AFTER}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (draft(name="  "), "name"),
        (draft(name="x" * 81), "name"),
        (draft(hours=replace(OFFICE, zone="Mars/Olympus")), "zone"),
        (draft(hours=replace(OFFICE, zone="../etc/passwd")), "zone"),
        (draft(hours=replace(OFFICE, country="XX")), "country"),
        (draft(hours=replace(OFFICE, region="BY")), "country"),
        (draft(hours=replace(OFFICE, country="", region="BY")), "country"),
        (draft(hours=replace(OFFICE, week=OFFICE_HOURS[:6])), "spans"),
        (draft(hours=replace(OFFICE, week=((Span(480, 720), Span(700, 800)),) * 7)), "spans"),
        (draft().with_days(date(1900, 1, 1), date(1900, 1, 1), ()), "days"),
        (draft().with_days(XMAS, XMAS + timedelta(2_000), ()), "days"),
        (draft().with_days(XMAS, XMAS, (), "x" * 81), "labels"),
        (draft(hours=SHUT), "never_open"),
        (draft(hours=SHUT).with_days(date(2020, 1, 1), date(2020, 1, 1), (Span(0, 9),)), "never_open"),
    ],
)
def test_what_no_calendar_can_be_is_refused(in_scope, portal, wrong: CalendarDraft, why: str):
    with pytest.raises(CalendarRefused) as refused:
        save_calendar(actor=None, calendar=None, draft=wrong)

    assert refused.value.why == why
    assert not Calendar.objects.exists()


def test_one_that_opens_on_few_days_or_never_closes_is_no_trouble():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    seldom = replace(SHUT, days=((date(2027, 5, 1), (Span(0, 60),)),))

    assert opens_at_all(seldom, now)
    assert opens_at_all(replace(OFFICE, week=((Span(0, 1440),),) * 7, country=""), now)
    assert not opens_at_all(seldom, datetime(2027, 6, 1, tzinfo=UTC))


def test_two_calendars_have_two_names_and_one_is_the_portals(in_scope, portal):
    first, second = (save_calendar(actor=None, calendar=None, draft=draft(name)) for name in ("One", "Two"))
    with pytest.raises(CalendarNameTaken):
        save_calendar(actor=None, calendar=second, draft=draft("One"))

    make_portals_calendar(actor=portal.administrator, calendar=second)

    assert list(Calendar.objects.filter(is_default=True)) == [second]
    assert CalendarSpan.objects.filter(calendar=first).count() == 5


def test_what_something_counts_by_stays(in_scope, portal):
    default, office, nights = (save_calendar(actor=None, calendar=None, draft=draft(name)) for name in "ABC")
    set_department_calendar(actor=portal.administrator, department=portal.department, calendar=office)
    ServiceLevel.objects.create(name="Gold", calendar=office)

    with pytest.raises(CalendarInUse) as refused:
        remove_calendar(actor=portal.administrator, calendar=office)
    with pytest.raises(CalendarInUse):
        remove_calendar(actor=portal.administrator, calendar=default)
    assert remove_calendar(actor=portal.administrator, calendar=nights)
    assert not remove_calendar(actor=portal.administrator, calendar=nights)

    assert (refused.value.departments, refused.value.levels) == (["Service desk"], ["Gold"])
    assert set(Calendar.objects.all()) == {default, office}


def test_a_department_works_by_its_own_or_as_the_one_above(in_scope, portal):
    portals = save_calendar(actor=None, calendar=None, draft=draft("Portal"))
    nights = save_calendar(actor=None, calendar=None, draft=draft("Nights", replace(OFFICE, week=NIGHTS)))
    set_department_calendar(actor=None, department=portal.department, calendar=nights)
    assert Promises().hours(None, portal.department.pk) == hours_of(nights)

    set_department_calendar(actor=None, department=portal.department, calendar=None)

    assert Promises().hours(None, portal.department.pk) == hours_of(portals)


def test_only_administrators_do_any_of_it(in_scope, portal):
    made = save_calendar(actor=None, calendar=None, draft=draft())
    for person in (portal.agent, portal.lead, portal.customer):
        for refused in (
            lambda actor: save_calendar(actor=actor, calendar=None, draft=draft("More")),
            lambda actor: make_portals_calendar(actor=actor, calendar=made),
            lambda actor: remove_calendar(actor=actor, calendar=made),
            lambda actor: set_department_calendar(actor=actor, department=portal.department, calendar=made),
        ):
            with pytest.raises(PermissionError):
                refused(person)


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Stockholm", "SE"), ("Europe/Lisbon", "PT"), ("Asia/Kathmandu", "NP"), ("America/Phoenix", "US")],
)
def test_a_new_portal_has_office_hours_where_it_works(portal, zone: str, country: str):
    call_command(
        "create_tenant", "west", "--name", "West", "--host", "west.example", "--admin", "b@west.example",
        "--time-zone", zone, stdout=StringIO(),
    )  # fmt: skip

    with tenant_scope(Tenant.objects.get(slug="west")):
        made = Calendar.objects.get()
        hours = Promises().hours(None)
    assert (made.zone, made.country, made.is_default) == (zone, country, True)
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert worked(hours, monday - timedelta(7), monday) == timedelta(hours=45)
    with tenant_scope(portal.tenant):
        assert not Calendar.objects.exists()


def test_a_portal_is_founded_in_a_time_zone_that_is_one(portal):
    with pytest.raises(CommandError, match="Mars/Olympus"):
        call_command(
            "create_tenant", "west", "--name", "West", "--host", "west.example", "--admin", "b@west.example",
            "--time-zone", "Mars/Olympus", stdout=StringIO(),
        )  # fmt: skip

    assert not Tenant.objects.filter(slug="west").exists()


def test_a_portal_that_is_there_already_keeps_counting_as_it_did(portal, other_portal):
    with tenant_scope(portal.tenant):
        add_office_hours(actor=None)
    bring_back("accounts_tenant", "entry_contact", "phone_hours")
    name = "0005_calendar_for_each_portal"
    apps = MigrationExecutor(connection).loader.project_state(("routing", name)).apps

    import_module(f"routing.migrations.{name}").fill(apps, connection.schema_editor())

    with tenant_scope(other_portal.tenant):
        assert hours_of(Calendar.objects.get(is_default=True)) == Hours("Europe/Stockholm", OFFICE_HOURS)
    with tenant_scope(portal.tenant):
        assert Calendar.objects.get().country == "SE"
