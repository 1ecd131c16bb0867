"""A month of the ladder with everything that can go wrong: each step exactly once, and in the end all of them.

Rounds die before, between and after their portions; two schedulers run into each other; the installation stands still
for days; its clock jumps back and forth; departments work in three zones, in March with its night in spring.
"""

import random
from collections import Counter
from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.enums import Ageing
from routing.models import AgeingPolicy, Calendar, CalendarSpan, Department, ServiceLevel, ServiceTarget
from routing.promises import Promises
from tests.factories import make_ticket
from tickets.actions import escalating
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.escalating import escalate_stale
from tickets.actions.handing_over import transfer
from tickets.actions.reminding import follow_up_with_customers
from tickets.actions.replying import reply_to_ticket
from tickets.actions.waiting import wait_for_third_party, wait_for_us
from tickets.ageing import stale, steps
from tickets.enums import Channel, EventKind, Status, WaitingOn
from tickets.models import Escalation, Ticket, TicketEvent

BEGIN = datetime(2026, 3, 2, 6, tzinfo=ZoneInfo("UTC"))
HOUR = timedelta(hours=1)


class Killed(BaseException):
    """The process has ended at this place: nothing of it runs any further."""


@pytest.fixture
def people(in_scope, other_portal):
    """Departments in Stockholm, Kathmandu and Phoenix; a level and policies, on both portals."""
    with tenant_scope(other_portal.tenant):
        _watch()
    _watch()
    elsewhere = ("Asia/Kathmandu", "America/Phoenix")
    there = [Department.objects.create(name=zone, calendar=_calendar(zone)) for zone in elsewhere]
    return [in_scope.department, *there]


def _calendar(zone: str, **values) -> Calendar:
    calendar: Calendar = Calendar.objects.create(name=zone, zone=zone, **values)
    for weekday in range(5):
        CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=22 * 60, closes=30 * 60)
    return calendar


def _watch() -> None:
    _calendar("Europe/Stockholm", is_default=True)
    level = ServiceLevel.objects.create(name="Standard", is_default=True)
    for measure, hours in (("first_answer", 4), ("next_answer", 8)):
        ServiceTarget.objects.create(level=level, priority="medium", measure=measure, minutes=hours * 60)
    AgeingPolicy.objects.create(condition=Ageing.WAITING_ON_US, minutes=10 * 60)
    AgeingPolicy.objects.create(condition=Ageing.WAITING_FOR_CUSTOMER, minutes=16 * 60, closes_after=16 * 60)


def test_a_month_with_everything_that_can_go_wrong(in_scope, other_portal, people):
    chance = random.Random(2026)
    with tenant_scope(other_portal.tenant):
        theirs = make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    tickets: list[Ticket] = []
    moment, fault = BEGIN, Counter[str]()
    while moment < BEGIN + timedelta(days=30):
        moment += chance.choice([HOUR / 2, 10 * HOUR, 18 * HOUR])
        if chance.random() < 0.05:
            moment += timedelta(days=chance.randint(1, 3))  # nothing runs
            fault["stop"] += 1
        clock = moment
        if chance.random() < 0.1:
            clock += chance.choice([-30, -2, 2]) * HOUR
            fault["jump"] += 1
        with mock.patch.object(timezone, "now", return_value=clock):
            if len(tickets) < 8 and chance.random() < 0.3:
                ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
                tickets.append(transfer(actor=in_scope.agent, ticket=ticket, department=chance.choice(people)))
            elif tickets and chance.random() < 0.4:
                _happens(chance, in_scope, Ticket.objects.get(pk=chance.choice(tickets).pk))
            fan_out_pending(always)
            fault[_round(chance)] += 1
    with mock.patch.object(timezone, "now", return_value=moment + HOUR):
        fan_out_pending(always)
        escalate_stale()
        follow_up_with_customers()
        for step in steps(Promises()):
            assert not stale(step, moment).exists()

    rows = Escalation.objects.order_by("pk")
    kept = Counter((row.ticket_id, row.measure or row.policy_id, row.since, row.rung) for row in rows)
    told = Counter(
        (row.ticket_id, row.data.get("measure") or row.data["policy"], row.data["since"], row.data["rung"])
        for row in TicketEvent.objects.filter(kind=EventKind.ESCALATED)
    )
    assert told == Counter({(who, what, since.isoformat(), rung): n for (who, what, since, rung), n in kept.items()})
    assert set(kept.values()) == {1}
    assert len(kept) > 30, "a month in which nothing happens proves nothing"
    _climbed_in_order(kept)
    for ticket in tickets:
        _followed_up_in_order(ticket)
    assert set(fault) > {"before", "between", "after", "both", "jump"}, "all of it went wrong"
    with tenant_scope(other_portal.tenant):
        assert not theirs.events.filter(kind=EventKind.ESCALATED).exists(), "whose rounds nobody has run"


def _climbed_in_order(kept: Counter) -> None:
    """Nobody is told before those below them: the support lead's steps are the lead's, those the assignee's."""
    by_rung = {rung: {key[:3] for key in kept if key[3] == rung} for rung in ("assignee", "lead", "support_lead")}
    assert by_rung["support_lead"] <= by_rung["lead"] <= by_rung["assignee"]


def _followed_up_in_order(ticket: Ticket) -> None:
    """One reminder at most for each wait, and nothing closed for silence without one."""
    reminded = 0
    for event in ticket.events.order_by("pk"):
        if event.kind == EventKind.REMINDED:
            reminded += 1
            assert reminded == 1
        elif event.kind == EventKind.CLOSED and event.data.get("unanswered"):
            assert reminded == 1
        elif event.kind == EventKind.REPLIED or event.kind == EventKind.REOPENED:
            reminded = 0


def _happens(chance: random.Random, portal, ticket: Ticket) -> None:
    """People do what makes sense with the ticket."""
    if ticket.is_closed:
        reopen_ticket(actor=portal.customer, ticket=ticket)
    elif ticket.waiting_on == WaitingOn.CUSTOMER:
        reply_to_ticket(actor=portal.customer, ticket=ticket, body="And now?", channel=Channel.PORTAL)
    elif ticket.waiting_on == WaitingOn.THIRD_PARTY:
        wait_for_us(actor=portal.agent, ticket=ticket)
    elif chance.random() < 0.4:
        wait_for_third_party(actor=portal.agent, ticket=ticket, whom="Acme")
    elif chance.random() < 0.3:
        close_ticket(actor=portal.customer, ticket=ticket)
    else:
        status = chance.choice([Status.WAITING_FOR_CUSTOMER, Status.IN_PROGRESS])
        reply_to_ticket(
            actor=portal.agent, ticket=ticket, body="We look.", channel=Channel.PORTAL, as_staff=True, and_status=status
        )


def _round(chance: random.Random) -> str:
    """A round that goes well, or dies somewhere, or has another scheduler's whole round come in between. Returns
    what went wrong as far as it did."""
    fault = chance.choice(["", "", "before", "between", "after", "both"])
    take, record = escalating.escalate, escalating.record_events
    met: list[str] = []

    def taking(**arguments):
        if fault == "before" and not met:
            met.append(fault)
            raise Killed
        if fault == "both" and not met:
            met.append(fault)
            escalate_stale()
        found = take(**arguments)
        if fault == "after" and found:
            met.append(fault)
            raise Killed
        return found

    def recording(events):
        if fault == "between":
            met.append(fault)
            raise Killed
        record(events)

    with (
        mock.patch.object(escalating, "escalate", taking),
        mock.patch.object(escalating, "record_events", recording),
    ):
        try:
            escalate_stale()
            follow_up_with_customers()
        except Killed:
            return met[0]
    return met[0] if met else ""
