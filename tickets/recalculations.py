"""What working times out again reads: whose turn it is, which tickets a change of promises touches, which it moves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.scoping import every_tenant
from routing.promised import Promised
from routing.promises import Promises
from tickets.enums import STILL_OPEN, RecalculationKind, TrialState
from tickets.models import Recalculation, Ticket
from tickets.standing import Standing
from tickets.timing import clocks_of, due_of, stories

AT_WORK = (TrialState.WAITING, TrialState.RUNNING)
MADE = (RecalculationKind.CHANGE, RecalculationKind.DAILY)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
READ_AT_ONCE = 2_000


class LatestPromises:
    """The portal's promises for somebody who keeps the time of many tickets: read again once they were changed."""

    def __init__(self) -> None:
        self._mark: int | None = None
        self._promises = Promises()

    def now(self) -> Promises:
        """Asked with the ticket's row locked, they are not older than the ticket's last recalculation."""
        mark = Recalculation.objects.filter(kind__in=MADE).aggregate(last=Max("pk"))["last"]
        if mark != self._mark:
            self._mark, self._promises = mark, Promises()
        return self._promises


@dataclass
class Touched:
    """Open tickets of which a change of promises says something else. `passed` is the last that was looked at, `seen`
    how many were."""

    tickets: list[int] = field(default_factory=list)
    passed: int = 0
    seen: int = 0
    is_all: bool = True


def trials_seen_by(actor: User) -> QuerySet[Recalculation]:
    """What somebody may ask about: an administrator, all of the portal; others, none."""
    found: QuerySet[Recalculation] = Recalculation.objects.filter(kind=RecalculationKind.TRIAL)
    return found if actor.is_administrator else found.none()


def waiting_recalculations(now: datetime) -> QuerySet[Recalculation]:
    """Those a worker can take up now: nobody has them, or whoever had them has died."""
    found: QuerySet[Recalculation] = Recalculation.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=now), state__in=AT_WORK
    )
    return found


def tenants_with_times_to_keep() -> list[Tenant]:
    """The tenants for which a worker can do something now, those first that had no turn for longest."""
    with every_tenant():
        keys = set(waiting_recalculations(timezone.now()).order_by().values_list("tenant_id", flat=True).distinct())
        theirs = Recalculation.objects.filter(tenant__in=keys).order_by().values_list("tenant_id")
        last = dict(theirs.annotate(last=Max("worked_at"))) if keys else {}
    active = Tenant.objects.filter(pk__in=keys, is_active=True) if keys else Tenant.objects.none()
    return sorted(active, key=lambda tenant: (last.get(tenant.pk) or LONG_AGO, tenant.pk))


def open_tickets() -> QuerySet[Ticket]:
    found: QuerySet[Ticket] = Ticket.objects.filter(waiting_on__in=STILL_OPEN)
    return found


def touched_by(before: Promised, after: Promised, *, day: date, since: int = 0, enough: int = 0) -> Touched:
    """The open tickets after `since` that are promised something else after a change; with `enough`, no more than
    that. Asks only where each ticket stands, so that it is quick for very many."""
    found = Touched(passed=since)
    differs: dict[tuple[int | None, int, str], bool] = {}
    for pk, key in _places(since):
        found.passed, found.seen = pk, found.seen + 1
        if key not in differs:
            differs[key] = before.promise(*key, day) != after.promise(*key, day)
        if differs[key]:
            found.tickets.append(pk)
            if len(found.tickets) == enough:
                found.is_all = False
                break
    return found


def moved_by(
    before: Promised,
    after: Promised,
    tickets: Iterable[Ticket],
    *,
    day: date,
    now: datetime,
    told: Mapping[int, list[Standing]] | None = None,
) -> set[int]:
    """Those of the tickets that are due at another moment after a change of promises. `told`: their stories, where the
    caller has them."""
    tickets = list(tickets)
    told = stories(dict.fromkeys(ticket.pk for ticket in tickets)) if told is None else told
    return {
        ticket.pk
        for ticket in tickets
        if _due(before, ticket, told[ticket.pk], day, now) != _due(after, ticket, told[ticket.pk], day, now)
    }


def _due(
    promised: Promised, ticket: Ticket, told: list[Standing], day: date, now: datetime
) -> dict[str, datetime | None]:
    promise = promised.promise(ticket.organisation_id, ticket.department_id, ticket.priority, day)
    return due_of(clocks_of(told, promise, now))


def _places(since: int) -> Iterator[tuple[int, tuple[int | None, int, str]]]:
    rows = open_tickets().order_by("pk").values_list("pk", "organisation", "department", "priority")
    while found := list(rows.filter(pk__gt=since)[:READ_AT_ONCE]):
        yield from ((pk, (organisation, department, priority)) for pk, organisation, department, priority in found)
        since = found[-1][0]
