"""Service levels kept in a ticket's row: what its clocks show, worked out from its events by the worker."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Agreement, Organisation
from notifications.actions.draining import always, fan_out_pending
from routing.enums import Measure
from routing.models import AgreementLevel, Calendar, CalendarDay, CalendarSpan, ServiceLevel, ServiceTarget
from tests.factories import make_ticket
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.actions.waiting import wait_for_third_party, wait_for_us
from tickets.enums import Channel, Priority, Status
from tickets.models import Ticket

ZONE = ZoneInfo("Europe/Stockholm")


def at(day: int, clock: str) -> datetime:
    """In the week of Monday, 12 January 2026."""
    return datetime.fromisoformat(f"2026-01-{day:02} {clock}").replace(tzinfo=ZONE)


def then(moment: datetime, door=None):
    """Do something at a moment, and let the worker follow."""
    with mock.patch.object(timezone, "now", return_value=moment):
        made = door() if door is not None else None
        fan_out_pending(always)
    return made


@pytest.fixture
def level(in_scope) -> ServiceLevel:
    calendar = Calendar.objects.create(name="Office", zone="Europe/Stockholm", country="SE", is_default=True)
    for weekday in range(5):
        CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=9 * 60, closes=17 * 60)
    level: ServiceLevel = ServiceLevel.objects.create(name="Standard", is_default=True)
    for priority, hours in (("medium", 4), ("high", 2)):
        ServiceTarget.objects.create(level=level, priority=priority, measure=Measure.FIRST_ANSWER, minutes=hours * 60)
    ServiceTarget.objects.create(level=level, priority="medium", measure=Measure.NEXT_ANSWER, minutes=480)
    ServiceTarget.objects.create(level=level, priority="medium", measure=Measure.SOLUTION, minutes=5 * 480)
    return level


@pytest.fixture
def ticket(in_scope, level) -> Ticket:
    return then(at(12, "15:00"), lambda: make_ticket(requester=in_scope.customer, topic=in_scope.topic))


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def answer(portal, ticket, **more):
    return reply_to_ticket(
        actor=portal.agent, ticket=ticket, body="We look.", channel=Channel.PORTAL, as_staff=True, **more
    )


def ask(portal, ticket):
    return reply_to_ticket(actor=portal.customer, ticket=ticket, body="And?", channel=Channel.PORTAL)


def test_a_new_ticket_has_the_portals_level_and_is_due_in_working_time(in_scope, level, ticket):
    row = now(ticket)
    assert row.level == level
    assert (row.first_due_at, row.next_due_at) == (at(13, "11:00"), None)
    assert row.solution_due_at == at(19, "15:00")
    assert row.due_at == row.first_due_at


def test_an_answer_stops_the_first_clock_and_the_next_question_starts_another(in_scope, ticket):
    then(at(12, "16:00"), lambda: add_note(actor=in_scope.agent, ticket=ticket, body="No answer"))
    assert now(ticket).first_due_at == at(13, "11:00")

    then(at(13, "09:30"), lambda: answer(in_scope, ticket))
    row = now(ticket)
    assert (row.first_answered_at, row.first_answer_minutes) == (at(13, "09:30"), 150)
    assert (row.first_due_at, row.solution_due_at, row.due_at) == (None, None, None), "it waits for the customer"

    then(at(14, "10:00"), lambda: ask(in_scope, ticket))
    row = now(ticket)
    assert row.next_due_at == row.due_at == at(15, "10:00")
    assert row.next_asked_at == at(14, "10:00")
    then(at(14, "11:00"), lambda: ask(in_scope, ticket))
    assert now(ticket).next_asked_at == at(14, "10:00"), "it is the first question that waits"
    then(at(14, "11:10"), lambda: wait_for_third_party(actor=in_scope.agent, ticket=ticket, whom="Acme"))
    then(at(14, "11:20"), lambda: wait_for_us(actor=in_scope.agent, ticket=ticket))
    assert now(ticket).next_asked_at == at(14, "10:00"), "a pause is no new question"
    then(at(14, "12:00"), lambda: answer(in_scope, ticket))
    row = now(ticket)
    assert (row.next_asked_at, row.next_due_at) == (None, None)
    assert row.first_answer_minutes == 150


def test_what_waits_for_a_third_party_is_not_due(in_scope, ticket):
    then(at(12, "16:00"), lambda: wait_for_third_party(actor=in_scope.agent, ticket=ticket, whom="Acme"))
    assert now(ticket).due_at is None
    then(at(14, "09:00"), lambda: wait_for_us(actor=in_scope.agent, ticket=ticket))
    assert now(ticket).first_due_at == at(14, "12:00"), "an hour of the four was gone"


def test_another_priority_has_other_targets_and_loses_no_time(in_scope, ticket):
    then(at(12, "16:00"), lambda: set_priority(actor=in_scope.agent, ticket=ticket, priority=Priority.HIGH))
    assert now(ticket).first_due_at == at(12, "17:00")
    assert now(ticket).solution_due_at is None


def test_an_answer_that_is_taken_back_never_was_one(in_scope, ticket):
    from tickets.actions.withdrawing import withdraw_reply

    message = then(at(12, "16:00"), lambda: answer(in_scope, ticket, undo_seconds=60))
    assert now(ticket).first_answered_at is None
    then(at(12, "16:00") + timedelta(seconds=30), lambda: withdraw_reply(actor=in_scope.agent, message=message))
    row = now(ticket)
    assert (row.first_answered_at, row.first_due_at) == (None, at(13, "11:00"))


def test_closing_and_reopening_are_counted(in_scope, ticket):
    then(at(13, "09:00"), lambda: answer(in_scope, ticket, and_status=Status.CLOSED))
    assert now(ticket).due_at is None
    then(at(13, "10:00"), lambda: reopen_ticket(actor=in_scope.customer, ticket=ticket))
    then(at(13, "11:00"), lambda: close_ticket(actor=in_scope.customer, ticket=ticket))
    assert now(ticket).times_reopened == 1


def test_the_agreement_says_the_level_while_it_holds(in_scope, level):
    gold: ServiceLevel = ServiceLevel.objects.create(name="Gold")
    ServiceTarget.objects.create(level=gold, priority="medium", measure=Measure.FIRST_ANSWER, minutes=60)
    agreement = Agreement.objects.create(name="Enterprise")
    AgreementLevel.objects.create(agreement=agreement, level=gold)
    organisation = Organisation.objects.create(name="Kund", agreement=agreement)
    in_scope.customer.organisation = organisation
    in_scope.customer.save()
    ticket = then(at(12, "10:00"), lambda: make_ticket(requester=in_scope.customer, topic=in_scope.topic))
    assert (now(ticket).level, now(ticket).due_at) == (gold, at(12, "11:00"))


def test_the_departments_calendar_comes_before_the_portals_and_own_days_before_the_week(in_scope, level):
    early = Calendar.objects.create(name="Early", zone="Europe/Stockholm")
    CalendarSpan.objects.create(calendar=early, weekday=0, opens=6 * 60, closes=10 * 60)
    CalendarDay.objects.create(calendar=early, day=at(13, "00:00").date(), opens=12 * 60, closes=13 * 60)
    in_scope.department.calendar = early
    in_scope.department.save()
    ticket = then(at(12, "07:00"), lambda: make_ticket(requester=in_scope.customer, topic=in_scope.topic))
    assert now(ticket).first_due_at == at(13, "13:00")


def test_without_levels_nothing_is_due_but_answers_are_counted(in_scope):
    ticket = then(at(12, "10:00"), lambda: make_ticket(requester=in_scope.customer, topic=in_scope.topic))
    then(at(12, "11:30"), lambda: answer(in_scope, ticket))
    row = now(ticket)
    assert (row.level, row.due_at, row.first_answer_minutes) == (None, None, 90)
