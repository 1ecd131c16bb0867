"""Which open tickets have gone stale far enough for a rung of the ladder. Reads; changes nothing.

No ticket's time is worked out by itself: for all that count alike (same level, measure and priority, or same policy,
and same working hours) there is one moment, before which whatever began, or is due, has gone far enough. So each step
is one question that an index answers (docs/decisions/0022-one-moment-for-all.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from routing.ageing import Reach, percentages, reaches
from routing.enums import Ageing, Measure, Rung
from routing.models import AgeingPolicy, Department, ServiceTarget
from routing.promises import Promises
from routing.working_time import Hours, OutOfReach, earlier, later, worked
from tickets.enums import Priority, WaitingOn
from tickets.models import Escalation, Ticket, TicketEvent
from tickets.timing import DUE, TIMED

LATE = timedelta(hours=1)  # of working time
# So long a ticket is left alone while the worker has not read its latest events: what they change is not in its row.
# Events that cannot be read must not silence it for ever.
UNREAD_COUNTS_FOR = timedelta(hours=1)
OPEN = Q(closed_at=None)
_OURS = Q(waiting_on=WaitingOn.US)
_BEGAN = {
    Measure.FIRST_ANSWER: "created_at",
    Measure.NEXT_ANSWER: "next_asked_at",
    Measure.SOLUTION: "created_at",
}
# Of which tickets each condition speaks, and since when its time counts.
CONDITIONS: dict[Ageing, tuple[Q, str]] = {
    Ageing.UNTOUCHED: (_OURS & Q(assignee=None, first_answered_at=None), "waiting_since"),
    Ageing.UNASSIGNED: (_OURS & Q(assignee=None), "waiting_since"),
    Ageing.WAITING_ON_US: (_OURS, "waiting_since"),
    Ageing.NO_ACTIVITY: (OPEN, "last_activity_at"),
    Ageing.REOPENED: (OPEN, "created_at"),
    # Whoever has written or done something since has not forgotten it.
    Ageing.SNOOZED: (OPEN & Q(last_activity_at__lte=F("snoozed_until")), "snoozed_until"),
    Ageing.WAITING_FOR_CUSTOMER: (Q(waiting_on=WaitingOn.CUSTOMER), "waiting_since"),
}


@dataclass(frozen=True)
class Step:
    """A rung that some tickets reach when `share` of working time has passed since the moment in their column `counts`
    (negative: is left until then). `since` is the column that says when the breach began."""

    rung: Rung
    tickets: Q
    counts: str
    since: str
    share: timedelta
    hours: Hours
    measure: str = ""
    policy: AgeingPolicy | None = None

    def reached_at(self, moment: datetime, now: datetime) -> datetime:
        """When a ticket with this moment reached the rung, if it has at `now`."""
        try:
            back = self.share <= timedelta()
            found = earlier(self.hours, moment, -self.share) if back else later(self.hours, moment, self.share)
        except OutOfReach:
            return now
        return min(found, now)

    def is_late(self, moment: datetime, now: datetime) -> bool:
        """Whether the rung was reached much earlier: the installation has stood still, or somebody asks for more than
        before."""
        return worked(self.hours, self.reached_at(moment, now), now) > LATE


def cutoff(hours: Hours, now: datetime, share: timedelta) -> datetime | None:
    """The last moment since which `share` of working time has passed at `now`; for a negative one the last moment until
    which no more than that is left. None where that is beyond any lifetime."""
    try:
        return earlier(hours, now, share) if share > timedelta() else later(hours, now, -share)
    except OutOfReach:
        return None


def steps(promises: Promises) -> Iterator[Step]:
    """All steps of the portal's ladder, the lowest rung first."""
    limits, counting = list(_limits(promises)), reaches(promises, Priority.values)
    for rung, percent in percentages().items():
        for measure, tickets, hours, target in limits:
            share = target * (percent - 100) / 100
            yield Step(rung, tickets, DUE[measure], _BEGAN[measure], share, hours, measure=measure)
        for reach in counting:
            if reach.policy.condition != Ageing.WAITING_FOR_CUSTOMER:
                yield _policy_step(rung, percent, reach)


def stale(step: Step, now: datetime) -> QuerySet[Ticket]:
    """The tickets that have reached a step at `now` and whom nobody has told of it, in no order."""
    told = Escalation.objects.filter(
        ticket=OuterRef("pk"), since=OuterRef(step.since), rung=step.rung, measure=step.measure, policy=step.policy
    )
    reached = since(Ticket.objects.filter(step.tickets), step.counts, step.hours, step.share, now)
    if step.policy is not None:
        reached = reached.filter(awake(now))
    return reached.exclude(Exists(told))


def since(tickets: QuerySet[Ticket], column: str, hours: Hours, share: timedelta, now: datetime) -> QuerySet[Ticket]:
    """Those of the tickets since whose moment in `column` that much working time has passed at `now`; for a negative
    `share` those until whose moment no more than that is left."""
    limit = cutoff(hours, now, share)
    return tickets.none() if limit is None else tickets.filter(**{f"{column}__lte": limit})


def awake(now: datetime) -> Q:
    """Tickets that are not put off until later, of which policies say nothing."""
    return Q(snoozed_until=None) | Q(snoozed_until__lte=now)


def unread(tickets: Collection[int], now: datetime) -> set[int]:
    """Those of the tickets (their ids) to which something happened lately that the worker has not kept in their rows
    yet. A question of its own: joined to others, it is asked for each ticket while many events wait."""
    events = TicketEvent.objects.filter(
        ticket__in=tickets, fanned_out_at=None, kind__in=TIMED, created_at__gt=now - UNREAD_COUNTS_FOR
    )
    return set(events.values_list("ticket_id", flat=True))


def told_of(reach: Reach) -> Q:
    """The tickets that a policy counts for."""
    condition, _ = CONDITIONS[Ageing(reach.policy.condition)]
    return condition & Q(department__in=reach.departments, priority__in=reach.priorities)


def _limits(promises: Promises) -> Iterator[tuple[Measure, Q, Hours, timedelta]]:
    """What service levels promise, and to which tickets, by the hours it is counted in."""
    departments = list(Department.objects.values_list("pk", flat=True))
    for target in ServiceTarget.objects.order_by("level", "priority", "measure"):
        counted: dict[Hours, list[int]] = defaultdict(list)
        for department in departments:
            counted[
                promises.promise(level_id=target.level_id, priority=target.priority, department_id=department).hours
            ].append(department)
        for hours, those in counted.items():
            # Answered since: the worker has not stopped its clock yet.
            tickets = _OURS & Q(level=target.level_id, priority=target.priority)
            if len(those) < len(departments):
                tickets &= Q(department__in=those)
            yield Measure(target.measure), tickets, hours, timedelta(minutes=target.minutes)


def _policy_step(rung: Rung, percent: int, reach: Reach) -> Step:
    policy = reach.policy
    _, since = CONDITIONS[Ageing(policy.condition)]
    share = timedelta(minutes=policy.minutes or 0) * percent / 100
    if policy.condition != Ageing.REOPENED:
        return Step(rung, told_of(reach), since, since, share, reach.hours, policy=policy)
    often = -(-(policy.times or 0) * percent // 100)
    came_back = Q(times_reopened__gte=often)
    return Step(rung, told_of(reach) & came_back, "waiting_since", since, timedelta(), reach.hours, policy=policy)
