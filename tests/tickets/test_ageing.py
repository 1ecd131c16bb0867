"""The ageing round: what went stale, by examples worked out by hand. Office hours 9 to 17, Monday to Friday."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.actions.arranging import add_department
from routing.actions.usual_policies import add_usual_policies
from routing.enums import Ageing, Measure, Rung
from routing.models import AgeingPolicy, AlertSettings, Calendar, CalendarSpan, ServiceLevel, ServiceTarget
from tests.factories import make_ticket
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.escalating import escalate_stale
from tickets.actions.handing_over import claim
from tickets.actions.reminding import follow_up_with_customers
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.snoozing import snooze
from tickets.actions.waiting import wait_for_third_party, wait_for_us
from tickets.enums import Channel, EventKind, Priority, Status, WaitingOn
from tickets.models import Escalation, Ticket, TicketEvent

ZONE = ZoneInfo("Europe/Stockholm")
A, L, S = Rung.ASSIGNEE, Rung.LEAD, Rung.SUPPORT_LEAD
DAY = 480  # minutes of working time


def at(day: int, clock: str = "12:00") -> datetime:
    """In January 2026, whose 12th is a Monday."""
    return datetime.fromisoformat(f"2026-01-{day:02} {clock}").replace(tzinfo=ZONE)


def then(moment: datetime, door=None):
    """Do something at a moment, and let the worker follow."""
    with mock.patch.object(timezone, "now", return_value=moment):
        made = door() if door is not None else None
        fan_out_pending(always)
    return made


def round_at(moment: datetime) -> int:
    return then(moment, lambda: escalate_stale() + follow_up_with_customers())


@pytest.fixture(autouse=True)
def office(in_scope, other_portal) -> Calendar:
    """The same on both portals; the second one's tickets are never told of."""
    with tenant_scope(other_portal.tenant):
        policy(Ageing.UNASSIGNED, minutes=60)
    calendar: Calendar = Calendar.objects.create(name="Office", zone="Europe/Stockholm", is_default=True)
    for weekday in range(5):
        CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=9 * 60, closes=17 * 60)
    return calendar


def policy(condition: Ageing, **values) -> AgeingPolicy:
    row: AgeingPolicy = AgeingPolicy.objects.create(condition=condition, **values)
    return row


def level(**minutes: int) -> ServiceLevel:
    row: ServiceLevel = ServiceLevel.objects.create(name="Standard", is_default=True)
    for measure, amount in minutes.items():
        ServiceTarget.objects.create(level=row, priority="medium", measure=measure, minutes=amount)
    return row


def filed(portal, moment: datetime, **values) -> Ticket:
    return then(moment, lambda: make_ticket(requester=portal.customer, topic=portal.topic, **values))


def rungs(ticket: Ticket | None = None) -> list[str]:
    found = Escalation.objects.filter(ticket=ticket) if ticket else Escalation.objects.all()
    return [row.rung for row in found.order_by("pk")]


def answer(portal, ticket, **more):
    return reply_to_ticket(
        actor=portal.agent, ticket=ticket, body="We look.", channel=Channel.PORTAL, as_staff=True, **more
    )


def ask(portal, ticket):
    return reply_to_ticket(actor=portal.customer, ticket=ticket, body="And?", channel=Channel.PORTAL)


def test_a_target_is_told_at_three_quarters_at_its_end_and_at_one_and_a_half(in_scope):
    level(first_answer=240)
    ticket = filed(in_scope, at(12, "15:00"))  # due on Tuesday at 11:00

    assert (round_at(at(13, "09:59")), round_at(at(13, "10:00")), round_at(at(13, "10:01"))) == (0, 1, 0)
    assert (round_at(at(13, "10:59")), round_at(at(13, "11:00"))) == (0, 1)
    assert (round_at(at(13, "12:59")), round_at(at(13, "13:00")), round_at(at(30))) == (0, 1, 0)
    assert rungs(ticket) == [A, L, S]
    told = TicketEvent.objects.filter(kind=EventKind.ESCALATED).order_by("pk")
    assert [row.data["rung"] for row in told] == [A, L, S]
    first = Escalation.objects.get(rung=A)
    assert (first.measure, first.since, first.reached_at) == (Measure.FIRST_ANSWER, ticket.created_at, at(13, "10:00"))
    assert told[0].data == {
        "rung": "assignee",
        "measure": "first_answer",
        "since": first.since.isoformat(),
        "reached_at": first.reached_at.isoformat(),
        "late": False,
    }


def test_other_percentages(in_scope):
    AlertSettings.objects.create(assignee_at=50, lead_at=50, support_lead_at=300)
    level(first_answer=60)
    filed(in_scope, at(12, "09:00"))

    assert (round_at(at(12, "09:29")), round_at(at(12, "09:30")), round_at(at(12, "11:59"))) == (0, 2, 0)
    assert round_at(at(12, "12:00")) == 1


def test_an_answer_ends_it_and_the_next_question_begins_anew(in_scope):
    level(first_answer=60, next_answer=60)
    ticket = filed(in_scope, at(12, "09:00"))
    assert round_at(at(12, "10:00")) == 2
    then(at(12, "10:10"), lambda: answer(in_scope, ticket))
    assert round_at(at(13)) == 0
    then(at(13, "13:00"), lambda: ask(in_scope, ticket))
    assert (round_at(at(13, "13:44")), round_at(at(13, "13:45"))) == (0, 1)
    then(at(13, "13:50"), lambda: ask(in_scope, ticket))
    assert round_at(at(13, "13:59")) == 0, "asking again is no other breach"
    then(at(13, "14:00"), lambda: answer(in_scope, ticket))
    then(at(14, "09:00"), lambda: ask(in_scope, ticket))
    assert round_at(at(14, "09:45")) == 1


def test_a_pause_holds_the_ladder_up_and_begins_no_other_one(in_scope):
    level(solution=240)
    ticket = filed(in_scope, at(12, "09:00"))
    assert round_at(at(12, "12:00")) == 1
    then(at(12, "12:30"), lambda: wait_for_third_party(actor=in_scope.agent, ticket=ticket, whom="Acme"))
    assert round_at(at(14)) == 0
    then(at(14, "12:00"), lambda: wait_for_us(actor=in_scope.agent, ticket=ticket))
    assert (round_at(at(14, "12:29")), round_at(at(14, "12:30"))) == (0, 1)
    assert rungs(ticket) == [A, L]


def test_what_the_worker_has_not_read_yet_is_left_alone_for_an_hour(in_scope):
    level(first_answer=60)
    ticket = filed(in_scope, at(12, "09:00"))
    with mock.patch.object(timezone, "now", return_value=at(12, "09:50")):
        answer(in_scope, ticket, and_status=Status.IN_PROGRESS)
        assert escalate_stale() == 0
    with mock.patch.object(timezone, "now", return_value=at(12, "10:51")):
        assert escalate_stale() == 3, "but not for ever"


def test_targets_of_nothing_and_of_ten_thousand_hours(in_scope):
    level(first_answer=0, solution=10_000 * 60)
    filed(in_scope, at(17))  # a Saturday
    assert round_at(at(17)) == 3
    assert round_at(at(30)) == 0


def test_nobody_is_told_at_night_or_at_the_weekend(in_scope):
    policy(Ageing.WAITING_ON_US, minutes=60)
    filed(in_scope, at(16, "16:30"))  # a Friday
    assert round_at(at(16, "17:00")) == round_at(at(18, "23:00")) == round_at(at(19, "09:14")) == 0
    assert round_at(at(19, "09:15")) == 1


@pytest.mark.parametrize(
    ("condition", "ends"),
    [
        (Ageing.UNTOUCHED, lambda portal, ticket: claim(actor=portal.agent, ticket=ticket)),
        (Ageing.UNTOUCHED, lambda portal, ticket: answer(portal, ticket, and_status=Status.OPEN)),
        (Ageing.UNASSIGNED, lambda portal, ticket: claim(actor=portal.agent, ticket=ticket)),
        (Ageing.WAITING_ON_US, answer),
        (Ageing.NO_ACTIVITY, lambda portal, ticket: add_note(actor=portal.agent, ticket=ticket, body="On it")),
        (Ageing.NO_ACTIVITY, lambda portal, ticket: close_ticket(actor=portal.customer, ticket=ticket)),
    ],
)
def test_a_condition_counts_until_somebody_does_something(in_scope, condition, ends):
    policy(condition, minutes=DAY)
    ticket = filed(in_scope, at(12, "09:00"))
    assert (round_at(at(12, "14:59")), round_at(at(12, "15:00"))) == (0, 1)
    assert Escalation.objects.get().policy.condition == condition
    then(at(12, "16:00"), lambda: ends(in_scope, ticket))
    assert round_at(at(13, "10:00")) == 0


def test_a_note_or_an_owner_is_no_answer(in_scope):
    policy(Ageing.WAITING_ON_US, minutes=DAY)
    ticket = filed(in_scope, at(12, "09:00"))
    then(at(12, "10:00"), lambda: claim(actor=in_scope.agent, ticket=ticket))
    then(at(12, "10:00"), lambda: add_note(actor=in_scope.agent, ticket=ticket, body="Hm"))
    assert round_at(at(13, "09:00")) == 2


def test_a_ticket_that_comes_back_again_and_again(in_scope):
    policy(Ageing.REOPENED, times=2)
    ticket = filed(in_scope, at(12, "09:00"))
    for hour, told in ((10, 0), (11, 2), (12, 1), (13, 0)):
        then(at(12, f"{hour}:00"), lambda: close_ticket(actor=in_scope.customer, ticket=ticket))
        assert round_at(at(12, f"{hour}:10")) == 0, "closed"
        then(at(12, f"{hour}:20"), lambda: reopen_ticket(actor=in_scope.customer, ticket=ticket))
        assert round_at(at(12, f"{hour}:30")) == told


def test_a_ticket_that_sleeps_is_silent_for_policies_but_not_for_service_levels(in_scope):
    policy(Ageing.UNASSIGNED, minutes=60)
    policy(Ageing.SNOOZED, minutes=60)
    level(first_answer=240)
    ticket = filed(in_scope, at(12, "09:00"))
    then(at(12, "09:10"), lambda: snooze(actor=in_scope.agent, ticket=ticket, until=at(13, "13:00")))
    assert round_at(at(12, "12:00")) == 1
    assert Escalation.objects.get().measure == Measure.FIRST_ANSWER
    Escalation.objects.all().delete()
    ServiceLevel.objects.update(is_default=False)
    Ticket.objects.update(level=None, first_due_at=None)
    assert round_at(at(13, "12:59")) == 0
    round_at(at(13, "13:45"))
    assert set(Escalation.objects.values_list("policy__condition", "rung")) == {
        ("snoozed", A),
        *(("unassigned", rung) for rung in (A, L, S)),
    }


def test_whoever_has_looked_after_a_ticket_that_slept_is_not_told_that_its_day_has_passed(in_scope):
    policy(Ageing.SNOOZED, minutes=60)
    ticket = filed(in_scope, at(12, "09:00"))
    then(at(12, "09:10"), lambda: snooze(actor=in_scope.agent, ticket=ticket, until=at(13, "13:00")))
    then(at(13, "13:10"), lambda: add_note(actor=in_scope.agent, ticket=ticket, body="Asked again"))
    assert round_at(at(14)) == 0


def test_the_policy_that_says_most_about_a_ticket_counts(in_scope):
    below = add_department(actor=None, name="Below", parent=in_scope.department)
    policy(Ageing.UNASSIGNED, minutes=10 * DAY)
    policy(Ageing.UNASSIGNED, minutes=5 * DAY, priority=Priority.HIGH)
    policy(Ageing.UNASSIGNED, minutes=2 * DAY, department=in_scope.department)
    policy(Ageing.UNASSIGNED, minutes=DAY, department=in_scope.department, priority=Priority.URGENT)
    paused = policy(Ageing.UNASSIGNED, minutes=1, department=below, is_active=False)
    expected = {}
    for department, days in (
        (in_scope.other_department, (10, 5, 10)),
        (in_scope.department, (2, 2, 1)),
        (below, (2, 2, 1)),
    ):
        for priority, found in zip((Priority.LOW, Priority.HIGH, Priority.URGENT), days, strict=True):
            ticket = filed(in_scope, at(5, "09:00"))
            Ticket.objects.filter(pk=ticket.pk).update(department=department, priority=priority)
            expected[ticket.pk] = found * DAY
    with mock.patch.object(timezone, "now", return_value=at(31)):
        escalate_stale()
    told = Escalation.objects.filter(rung=A).select_related("policy")
    assert {row.ticket_id: row.policy.minutes for row in told} == expected
    assert paused.pk not in {row.policy_id for row in told}


def test_a_department_counts_by_its_own_calendar(in_scope):
    nights = Calendar.objects.create(name="Nights", zone="Europe/Stockholm")
    for weekday in range(7):
        CalendarSpan.objects.create(calendar=nights, weekday=weekday, opens=22 * 60, closes=30 * 60)
    in_scope.department.calendar = nights
    in_scope.department.save()
    policy(Ageing.WAITING_ON_US, minutes=60)
    filed(in_scope, at(12, "09:00"))
    assert (round_at(at(12, "22:44")), round_at(at(12, "22:45"))) == (0, 1)


def test_what_is_noticed_more_than_an_hour_of_work_later_is_late(in_scope):
    policy(Ageing.WAITING_ON_US, minutes=2 * DAY)
    filed(in_scope, at(12, "09:00"))
    assert round_at(at(14, "09:30")) == 2
    rows = {row.rung: (row.reached_at, row.is_late) for row in Escalation.objects.all()}
    assert rows == {A: (at(13, "13:00"), True), L: (at(13, "17:00"), False)}
    assert TicketEvent.objects.filter(data__late=True).count() == 1


def test_the_other_portal_is_told_of_its_own_tickets_only(in_scope, other_portal):
    policy(Ageing.WAITING_ON_US, minutes=60)
    ticket = filed(in_scope, at(12, "09:00"))
    with tenant_scope(other_portal.tenant):
        theirs = filed(other_portal, at(12, "09:00"))
        assert round_at(at(12, "12:00")) == 3
        assert rungs(theirs) == [A, L, S]
    assert rungs() == []
    assert round_at(at(12, "12:00")) == 3
    assert rungs() == rungs(ticket)


@pytest.fixture
def unanswered(in_scope) -> Ticket:
    """Waits for its customer since Monday at 10."""
    ticket = filed(in_scope, at(12, "09:00"))
    then(at(12, "10:00"), lambda: answer(in_scope, ticket))
    return Ticket.objects.get(pk=ticket.pk)


def kinds(ticket: Ticket) -> list[str]:
    return [row.kind for row in ticket.events.order_by("pk")][-2:]


def test_a_customer_is_reminded_once_and_the_ticket_closed_where_the_portal_wants_that(in_scope, unanswered):
    policy(Ageing.WAITING_FOR_CUSTOMER, minutes=DAY, closes_after=2 * DAY)
    assert (round_at(at(13, "09:59")), round_at(at(13, "10:00")), round_at(at(13, "10:01"))) == (0, 1, 0)
    row = Ticket.objects.get(pk=unanswered.pk)
    assert (row.reminded_at, row.last_activity_at) == (at(13, "10:00"), unanswered.last_activity_at)
    assert (round_at(at(15, "09:59")), round_at(at(15, "10:00")), round_at(at(16))) == (0, 1, 0)
    row = Ticket.objects.get(pk=unanswered.pk)
    assert (row.status, row.waiting_on, row.closed_at) == (Status.CLOSED, WaitingOn.NOBODY, at(15, "10:00"))
    assert kinds(row) == [EventKind.REMINDED, EventKind.CLOSED]
    assert row.events.last().data["unanswered"] is True
    assert Escalation.objects.count() == 0, "staff need not be told"


def test_nothing_is_closed_where_no_policy_says_so(in_scope, unanswered):
    policy(Ageing.WAITING_FOR_CUSTOMER, minutes=DAY)
    assert (round_at(at(13, "10:00")), round_at(at(30))) == (1, 0)


def test_after_a_long_stop_the_customer_still_has_time_after_the_reminder(in_scope, unanswered):
    policy(Ageing.WAITING_FOR_CUSTOMER, minutes=DAY, closes_after=2 * DAY)
    assert (round_at(at(24)), round_at(at(25))) == (0, 0), "a weekend"
    assert (round_at(at(26, "09:00")), round_at(at(28, "08:59")), round_at(at(28, "09:00"))) == (1, 0, 1)


def test_who_answers_the_reminder_may_be_reminded_again_another_time(in_scope, unanswered):
    policy(Ageing.WAITING_FOR_CUSTOMER, minutes=DAY, closes_after=2 * DAY)
    assert round_at(at(13, "10:00")) == 1
    then(at(14, "10:00"), lambda: ask(in_scope, unanswered))
    then(at(14, "11:00"), lambda: answer(in_scope, unanswered))
    assert (round_at(at(15, "10:59")), round_at(at(15, "11:00")), round_at(at(16, "12:00"))) == (0, 1, 0)


def test_writing_to_the_customer_again_gives_them_no_second_reminder(in_scope, unanswered):
    policy(Ageing.WAITING_FOR_CUSTOMER, minutes=DAY)
    assert round_at(at(13, "10:00")) == 1
    then(at(13, "11:00"), lambda: answer(in_scope, unanswered))
    assert round_at(at(30)) == 0


def test_a_clock_set_back_reminds_nobody_twice(in_scope, unanswered):
    policy(Ageing.WAITING_FOR_CUSTOMER, minutes=DAY, closes_after=2 * DAY)
    assert round_at(at(13, "10:00") + timedelta(days=365)) == 1
    assert (round_at(at(13, "10:00")), round_at(at(30))) == (0, 0)


def test_a_new_portal_is_watched_over_from_its_first_day(in_scope, other_portal):
    add_usual_policies(actor=None)
    add_usual_policies(actor=None)
    assert sorted(AgeingPolicy.objects.values_list("condition", flat=True)) == sorted(set(Ageing) - {Ageing.UNTOUCHED})
    ticket = filed(in_scope, at(12, "09:00"))
    assert (round_at(at(12, "12:00")), round_at(at(12, "13:00"))) == (1, 1)
    then(at(13, "10:00"), lambda: answer(in_scope, ticket))
    assert (round_at(at(20, "10:00")), round_at(at(22))) == (1, 0), "reminded, never closed"
    with tenant_scope(other_portal.tenant):
        add_usual_policies(actor=None)
        assert AgeingPolicy.objects.count() == 1, "there is one already"
