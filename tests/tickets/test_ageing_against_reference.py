"""The ageing round's few questions find what a slow reference finds that asks every ticket and counts every minute."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.actions.arranging import add_department
from routing.ageing import percentages
from routing.enums import Ageing, Measure, Rung
from routing.models import (
    AgeingPolicy,
    AlertSettings,
    Calendar,
    CalendarSpan,
    Department,
    ServiceLevel,
    ServiceTarget,
)
from routing.promises import Promises
from routing.working_time import Hours, OutOfReach, later
from tests.routing.test_working_time import MINUTE, ZONES, a_moment, minutes_worked, some_hours
from tickets.ageing import cutoff, stale, steps
from tickets.enums import Channel, Priority, Status, WaitingOn
from tickets.models import Escalation, Ticket

PERCENT = st.integers(1, 300)


@settings(max_examples=80, deadline=None)
@given(some_hours(), a_moment(), st.integers(0, 4000), st.integers(0, 2000), PERCENT)
def test_what_began_before_one_moment_has_aged_enough(
    hours: Hours, began: datetime, length: int, minutes: int, percent: int
) -> None:
    now = began + length * MINUTE
    limit = cutoff(hours, now, minutes * MINUTE * percent / 100)
    expected = minutes_worked(hours, began, now) * 100 >= minutes * percent
    assert (limit is not None and began <= limit) == expected


@settings(max_examples=80, deadline=None)
@given(some_hours(), a_moment(), st.integers(0, 4000), st.integers(0, 2000), PERCENT)
def test_what_is_due_before_one_moment_has_used_enough_of_its_target(
    hours: Hours, began: datetime, length: int, minutes: int, percent: int
) -> None:
    now = began + length * MINUTE
    try:
        due = later(hours, began, minutes * MINUTE)
    except OutOfReach:
        return  # then it is never due
    limit = cutoff(hours, now, minutes * MINUTE * (percent - 100) / 100)
    expected = minutes_worked(hours, began, now) * 100 >= minutes * percent
    assert (limit is not None and due <= limit) == expected


@pytest.fixture
def departments(in_scope) -> list[Department]:
    below = add_department(actor=None, name="Below", parent=in_scope.department)
    deeper = add_department(actor=None, name="Deeper", parent=below)
    return [in_scope.department, in_scope.other_department, below, deeper]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_the_round_finds_what_asking_every_ticket_finds(in_scope, departments, seed: int) -> None:
    world = _World(random.Random(seed), in_scope, departments)
    with transaction.atomic():
        world.make()
        for step in steps(Promises()):
            found = set(stale(step, world.now).values_list("pk", flat=True))
            of = step.measure or step.policy.pk
            told = {pk for pk, what, rung in world.expected if (what, rung) == (of, step.rung)}
            assert found <= told, "nothing that the reference does not find"
            world.expected -= {(pk, of, step.rung) for pk in found}
        assert world.expected == set(), "and all that it finds"
        transaction.set_rollback(True)


class _World:
    """A portal's tickets, policies and targets, by chance, and what a slow reading finds stale."""

    def __init__(self, chance: random.Random, portal: Any, departments: Sequence[Department]) -> None:
        self.chance, self.portal, self.departments = chance, portal, departments
        self.now = datetime(2026, chance.choice([3, 10]), 24, 12, tzinfo=UTC) + chance.randint(0, 9000) * MINUTE
        self.expected: set[tuple[int, Any, str]] = set()

    def make(self) -> None:
        chance = self.chance
        AlertSettings.objects.create(assignee_at=chance.choice([50, 75]), support_lead_at=chance.choice([100, 220]))
        calendars = [self._calendar(number) for number in range(2)]
        for department in self.departments:
            department.calendar = chance.choice([None, *calendars])
            department.save()
        self.policies = [self._policy(condition) for condition in Ageing for _ in range(3)]
        self.policies = [row for row in self.policies if row is not None]
        self.levels = [self._level(number, calendars) for number in range(2)]
        self.tickets = Ticket.objects.bulk_create([self._ticket(number) for number in range(25)])
        for ticket in self.tickets:
            self._expect(ticket)
        for known in self.expected.copy():
            if chance.random() < 0.2:
                self._tell(*known)

    def _calendar(self, number: int) -> Calendar:
        calendar: Calendar = Calendar.objects.create(
            name=f"{number}", zone=self.chance.choice(ZONES), is_default=number == 0
        )
        for weekday in self.chance.sample(range(7), self.chance.randint(1, 7)):
            opens = self.chance.randint(0, 1439)
            span = {"opens": opens, "closes": opens + self.chance.randint(1, 1440)}
            CalendarSpan.objects.create(calendar=calendar, weekday=weekday, **span)
        return calendar

    def _policy(self, condition: Ageing) -> AgeingPolicy | None:
        where = {
            "department": self.chance.choice([None, *self.departments]),
            "priority": self.chance.choice(["", "low", "high"]),
            "condition": condition,
        }
        if AgeingPolicy.objects.filter(**where).exists():
            return None
        when = {"times": self.chance.randint(1, 3)} if condition == Ageing.REOPENED else {"minutes": self._minutes()}
        row: AgeingPolicy = AgeingPolicy.objects.create(**where, **when, is_active=self.chance.random() < 0.8)
        return row

    def _minutes(self) -> int:
        return self.chance.choice([0, 1, 30, 240, 600, 1001])

    def _level(self, number: int, calendars: list[Calendar]) -> ServiceLevel:
        level: ServiceLevel = ServiceLevel.objects.create(
            name=f"{number}", calendar=self.chance.choice([None, *calendars])
        )
        for measure in Measure:
            for priority in self.chance.sample(Priority.values, 3):
                ServiceTarget.objects.create(level=level, measure=measure, priority=priority, minutes=self._minutes())
        return level

    def _ago(self) -> datetime:
        return self.now - self.chance.randint(0, self.chance.choice([0, 1, 10, 100, 700, 3000, 4500])) * MINUTE

    def _ticket(self, number: int) -> Ticket:
        chance = self.chance
        created, since, active = sorted(self._ago() for _ in range(3))
        waiting_on = chance.choice([*WaitingOn, WaitingOn.US, WaitingOn.US])
        status = {
            WaitingOn.US: Status.OPEN,
            WaitingOn.THIRD_PARTY: Status.OPEN,
            WaitingOn.CUSTOMER: Status.WAITING_FOR_CUSTOMER,
            WaitingOn.NOBODY: Status.CLOSED,
        }[waiting_on]
        ticket = Ticket(
            number=number,
            requester=self.portal.customer,
            department=chance.choice(self.departments),
            assignee=chance.choice([None, self.portal.agent]),
            channel=Channel.PORTAL,
            priority=chance.choice(Priority.values),
            status=status,
            waiting_on=waiting_on,
            waiting_since=since,
            last_activity_at=active,
            created_at=created,
            closed_at=since if status == Status.CLOSED else None,
            first_answered_at=chance.choice([None, since]),
            times_reopened=chance.randint(0, 4),
            snoozed_until=chance.choice([None, None, self.now + MINUTE, self._ago()]),
            level=chance.choice([None, *self.levels]),
        )
        if waiting_on == WaitingOn.US:
            self._due(ticket)
        return ticket

    def _due(self, ticket: Ticket) -> None:
        """As the worker keeps it; the first answer's and the solution's clock began with the ticket."""
        ticket.next_asked_at = ticket.waiting_since
        for measure, column, began in (
            ("first_answer", "first_due_at", ticket.created_at),
            ("next_answer", "next_due_at", ticket.waiting_since),
            ("solution", "solution_due_at", ticket.created_at),
        ):
            target = self._target(ticket, measure)
            if target is not None:
                setattr(
                    ticket, column, later(self._hours(ticket, target.level.calendar), began, target.minutes * MINUTE)
                )

    def _target(self, ticket: Ticket, measure: str) -> ServiceTarget | None:
        found: ServiceTarget | None = ServiceTarget.objects.filter(
            level=ticket.level_id, priority=ticket.priority, measure=measure
        ).first()
        return found

    def _hours(self, ticket: Ticket, own: Calendar | None) -> Hours:
        place: Department | None = ticket.department
        while own is None and place is not None:
            own, place = place.calendar, next((row for row in self.departments if row.pk == place.parent_id), None)
        return Promises().hours(own.pk if own else None)

    def _expect(self, ticket: Ticket) -> None:
        for measure, began in (
            ("first_answer", ticket.created_at),
            ("next_answer", ticket.next_asked_at),
            ("solution", ticket.created_at),
        ):
            target = self._target(ticket, measure)
            if target is not None and ticket.waiting_on == WaitingOn.US:
                hours = self._hours(ticket, target.level.calendar)
                self._reach(ticket, measure, minutes_worked(hours, began, self.now), target.minutes)
        asleep = ticket.snoozed_until is not None and ticket.snoozed_until > self.now
        for condition in Ageing if not asleep else ():
            policy = self._policy_of(ticket, condition)
            since = _stale_since(ticket, condition)
            if policy is None or since is None:
                continue
            if condition == Ageing.REOPENED:
                self._reach(ticket, policy.pk, ticket.times_reopened, policy.times or 0)
            else:
                passed = minutes_worked(self._hours(ticket, None), since, self.now)
                self._reach(ticket, policy.pk, passed, policy.minutes or 0)

    def _policy_of(self, ticket: Ticket, condition: Ageing) -> AgeingPolicy | None:
        said = [row for row in self.policies if row.is_active and row.condition == condition]
        said = [row for row in said if row.priority in ("", ticket.priority)]
        place: Department | None = ticket.department
        while place is not None:
            own = [row for row in said if row.department == place]
            if own:
                return max(own, key=lambda row: row.priority)
            place = next((row for row in self.departments if row.pk == place.parent_id), None)
        return max((row for row in said if row.department is None), key=lambda row: row.priority, default=None)

    def _reach(self, ticket: Ticket, what: Any, passed: int, whole: int) -> None:
        for rung, percent in percentages().items():
            if passed * 100 >= whole * percent:
                self.expected.add((ticket.pk, what, rung))

    def _tell(self, ticket: int, what: Any, rung: Rung) -> None:
        """What has been told is not to be found again."""
        row = next(row for row in self.tickets if row.pk == ticket)
        if isinstance(what, str):
            since = row.next_asked_at if what == Measure.NEXT_ANSWER else row.created_at
            about = {"measure": what}
        else:
            policy = next(one for one in self.policies if one.pk == what)
            since = _stale_since(row, Ageing(policy.condition))
            about = {"policy": policy}
        Escalation.objects.create(ticket=row, rung=rung, since=since, reached_at=self.now, **about)
        self.expected.remove((ticket, what, rung))


def _stale_since(ticket: Ticket, condition: Ageing) -> datetime | None:
    """Since when a condition holds, in the plainest words."""
    ours, taken = ticket.waiting_on == WaitingOn.US, ticket.assignee is not None
    if condition == Ageing.UNTOUCHED:
        return ticket.waiting_since if ours and not taken and ticket.first_answered_at is None else None
    if condition == Ageing.UNASSIGNED:
        return ticket.waiting_since if ours and not taken else None
    if condition == Ageing.WAITING_ON_US:
        return ticket.waiting_since if ours else None
    if condition == Ageing.WAITING_FOR_CUSTOMER or ticket.is_closed:
        return None  # nobody on the staff is told
    if condition == Ageing.NO_ACTIVITY:
        return ticket.last_activity_at
    if condition == Ageing.REOPENED:
        return ticket.created_at
    slept = ticket.snoozed_until
    return slept if slept is not None and ticket.last_activity_at <= slept else None
