"""Open tickets get the times that a change of promises gives them. A worker does it in portions.

A portion is one transaction together with the row's `passed`, which is written only while the worker has the lease it
took. So a worker may die at any point, two may be at it, and each ticket gets its times and its event once. Tenants
take turns of one portion each.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.queries.portals import portals_today
from accounts.scoping import tenant_scope
from routing.promised import promised_from
from routing.promises import Promises
from tickets.enums import EventKind, RecalculationKind, TimesChange, TrialState
from tickets.events import new_event, record_events
from tickets.models import Recalculation, Ticket, TicketEvent
from tickets.recalculations import (
    Touched,
    moved_by,
    open_tickets,
    tenants_with_times_to_keep,
    touched_by,
    waiting_recalculations,
)
from tickets.standing import Standing
from tickets.timing import DUE, TIMED, Timing, changed_times, stories

PORTION = 200  # tickets
LEASE = timedelta(seconds=60)
ATTEMPTS = 5  # that came to nothing
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


class _SomebodyElses(Exception):
    """Another worker has gone on with it: what was done since is taken back."""


def always() -> bool:
    return True


def work_on_times(keep_going: KeepGoing = always, seconds: float | None = None) -> bool:
    """Work out times for all tenants for about so long; without `seconds`, until nothing is left.

    Returns whether more could be done at once. Between two portions `keep_going` is asked. Raises database errors only;
    it is then taken up again when the lease has run out.
    """
    end = time.monotonic() + seconds if seconds is not None else None
    while tenants := tenants_with_times_to_keep():
        for tenant in tenants:
            if not keep_going():
                return False
            with tenant_scope(tenant):
                _take_a_turn()
            if end is not None and time.monotonic() >= end:
                return bool(tenants_with_times_to_keep())
    return False


def _take_a_turn() -> None:
    """One portion of the tenant's first."""
    row = waiting_recalculations(timezone.now()).order_by("pk").first()
    if row is None or not _claim(row):
        return
    try:
        _portion(row)
    except _SomebodyElses:
        return
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        # It rests until its lease has run out, and is given up after a few times.
        log.exception("Recalculation %s stopped at an unforeseen place", row.pk)


def _claim(row: Recalculation) -> bool:
    """False when somebody else was faster. Gives up what was begun again and again."""
    now = timezone.now()
    lease = now + LEASE
    mine = waiting_recalculations(now).filter(pk=row.pk)
    if not mine.update(state=TrialState.RUNNING, lease_until=lease, worked_at=now, attempts=F("attempts") + 1):
        return False
    row.refresh_from_db()
    row.lease_until = lease  # what this worker took, whatever became of it
    if row.attempts > ATTEMPTS:
        _ours(row).update(state=TrialState.FAILED, ended_at=now, lease_until=None)
        return False
    return True


def _portion(row: Recalculation) -> None:
    with transaction.atomic():
        touched = _next(row)
        moved = _keep(row, touched)
        ended = {"state": TrialState.DONE, "ended_at": timezone.now()} if touched.is_all else {}
        noted = _ours(row).update(
            passed=touched.passed,
            done=F("done") + touched.seen,
            moved=F("moved") + moved,
            attempts=0,
            lease_until=None,
            **ended,
        )
        if not noted:
            raise _SomebodyElses


def _next(row: Recalculation) -> Touched:
    """The tickets of the next portion."""
    if row.before is not None and row.after is not None:
        before, after = promised_from(row.before), promised_from(row.after)
        return touched_by(before, after, day=portals_today(), since=row.passed, enough=PORTION)
    rows = Ticket.objects.all() if row.kind == RecalculationKind.UPGRADE else open_tickets()
    found = list(rows.filter(pk__gt=row.passed).order_by("pk").values_list("pk", flat=True)[:PORTION])
    return Touched(found, found[-1] if found else row.passed, len(found), is_all=len(found) < PORTION)


def _keep(row: Recalculation, touched: Touched) -> int:
    """Give the tickets of a portion their times; a trial gives none. Returns how many are due at another moment."""
    if row.kind != RecalculationKind.TRIAL:
        # Locked alone, then read, as `lock_ticket` does.
        list(Ticket.objects.select_for_update().filter(pk__in=touched.tickets).order_by("pk").only("pk"))
    tickets = list(Ticket.objects.filter(pk__in=touched.tickets).select_related("organisation").order_by("pk"))
    told = stories(dict.fromkeys(ticket.pk for ticket in tickets))
    moved = _moved_by_change(row, tickets, told)
    if row.kind == RecalculationKind.TRIAL:
        return len(moved or ())
    changed = _write(tickets, told)
    if moved is None:
        waiting = TicketEvent.objects.pending().filter(ticket__in=changed, kind__in=TIMED)
        unread = set(waiting.values_list("ticket", flat=True))
        moved = {pk for pk, times in changed.items() if pk not in unread and not times.keys().isdisjoint(DUE.values())}
    record_events(
        [
            new_event(EventKind.TIMES_CHANGED, ticket, actor=row.created_by, data={"why": _why(row, changed, ticket)})
            for ticket in tickets
            if ticket.pk in moved
        ]
    )
    return len(moved)


def _moved_by_change(row: Recalculation, tickets: list[Ticket], told: dict[int, list[Standing]]) -> set[int] | None:
    """None where no change is followed: then what stands in the rows says what is another than before."""
    if row.before is None or row.after is None:
        return None
    before, after = promised_from(row.before), promised_from(row.after)
    return moved_by(before, after, tickets, told=told, day=portals_today(), now=timezone.now())


def _write(tickets: list[Ticket], told: dict[int, list[Standing]]) -> dict[int, dict[str, Any]]:
    """What was another than before, of each ticket."""
    promises, now = Promises(), timezone.now()
    found: dict[int, dict[str, Any]] = {}
    for ticket in tickets:
        timing = Timing(ticket, promises, now)
        timing.told = told[ticket.pk]
        changed = changed_times(timing)
        if changed:
            Ticket.objects.filter(pk=ticket.pk).update(**changed)
            found[ticket.pk] = changed
    return found


def _why(row: Recalculation, changed: dict[int, dict[str, Any]], ticket: Ticket) -> str:
    if row.why:
        return row.why
    return TimesChange.AGREEMENT if "level_id" in changed.get(ticket.pk, ()) else TimesChange.CALENDAR


def _ours(row: Recalculation) -> QuerySet[Recalculation]:
    """The row while it runs by the lease this worker took; none, once another one has taken it."""
    found: QuerySet[Recalculation] = Recalculation.objects.filter(
        pk=row.pk, state=TrialState.RUNNING, lease_until=row.lease_until, passed=row.passed
    )
    return found
