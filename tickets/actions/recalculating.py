"""A change of promised times: what it would do to open tickets, and that it does so once it is made.

`weigh` tries a change and takes it back; `change_times` makes it, and a worker follows (`following_changes`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.poking import poke_recalculation
from accounts.queries.portals import portals_today
from accounts.rules import require_administrator
from accounts.scoping import current_tenant
from routing.promised import Promised, mark_of_change
from routing.promises import Promises
from tickets.enums import RecalculationKind, TimesChange, TrialState
from tickets.models import Recalculation, Ticket
from tickets.recalculations import AT_WORK, moved_by, open_tickets, touched_by

AT_ONCE = 200  # tickets whose times a page works out while somebody waits for it
COUNTS_FOR = timedelta(minutes=15)  # a trial that is done
KEPT_FOR = timedelta(days=7)
T = TypeVar("T")


@dataclass(frozen=True)
class Weighed:
    """What a change would do: `moved` of `total` open tickets would be due at another moment. While a worker is still
    counting, `moved` is None, and `trial` says how far it is. `mark` names the change."""

    mark: str
    total: int
    moved: int | None
    trial: Recalculation | None = None


def weigh(*, actor: User, change: Callable[[], object]) -> Weighed:
    """What a change of calendars, levels or agreements would do to open tickets: it is made, looked at and taken back.
    Where it touches many, a worker counts, and asked again the same change is answered from that.

    Raises what the change raises, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        before = Promises().promised()
        change()
        after = Promises().promised()
        transaction.set_rollback(True)
    mark = mark_of_change(before, after)
    total = open_tickets().count()
    if before == after:
        return Weighed(mark, total, 0)
    day, now = portals_today(), timezone.now()
    touched = touched_by(before, after, day=day, enough=AT_ONCE + 1)
    if touched.is_all:
        tickets = Ticket.objects.filter(pk__in=touched.tickets)
        return Weighed(mark, total, len(moved_by(before, after, tickets, day=day, now=now)))
    trial = _trial(actor, before, after, mark, total)
    return Weighed(mark, total, trial.moved if trial.state == TrialState.DONE else None, trial)


def change_times(*, actor: User | None, why: TimesChange, change: Callable[[], T]) -> tuple[T, Recalculation | None]:
    """Make a change of calendars, levels or agreements, and have open tickets get their times from it, with an event
    for each that is due at another moment. Returns what the change returns, and what the worker follows; None where
    nothing is promised differently.

    Raises what the change raises; then nothing is changed. `actor` None: an operator's command.
    """
    with transaction.atomic():
        # One change after the other, so that each begins where the last one ended.
        Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
        before = Promises().promised()
        made = change()
        after = Promises().promised()
        if before == after:
            return made, None
        row = _begin(RecalculationKind.CHANGE, actor, before, after, why=why, mark=mark_of_change(before, after))
    return made, row


def begin_daily(*, actor: None = None) -> Recalculation | None:
    """Once a day of the portal's: work out all open tickets' times. Agreements begin and end, and holidays and
    calendars may have been changed by what follows no change: an import, a command, a newer list of holidays. None
    where it was begun today already. `actor` is the machine."""
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
        midnight = datetime.combine(portals_today(), time(), ZoneInfo(current_tenant().time_zone))
        if Recalculation.objects.filter(kind=RecalculationKind.DAILY, created_at__gte=midnight).exists():
            return None
        return _begin(RecalculationKind.DAILY, actor, None, None)


def forget_recalculations() -> int:
    """Delete this tenant's of a week ago and before. Returns how many."""
    deleted, _each = Recalculation.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def _trial(actor: User, before: Promised, after: Promised, mark: str, total: int) -> Recalculation:
    """The trial of this change: the one that is there, else a new one in place of the actor's last."""
    trials = Recalculation.objects.filter(kind=RecalculationKind.TRIAL)
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
        fresh = trials.filter(mark=mark, created_at__gt=timezone.now() - COUNTS_FOR)
        found: Recalculation | None = fresh.exclude(state=TrialState.FAILED).order_by("-pk").first()
        if found is None:
            trials.filter(created_by=actor, state__in=AT_WORK).delete()
            found = _begin(RecalculationKind.TRIAL, actor, before, after, mark=mark, total=total)
    return found


def _begin(
    kind: RecalculationKind, actor: User | None, before: Promised | None, after: Promised | None, **more: Any
) -> Recalculation:
    row: Recalculation = Recalculation.objects.create(
        kind=kind,
        before=before.as_data() if before else None,
        after=after.as_data() if after else None,
        created_by=actor,
        created_at=timezone.now(),
        **{"total": open_tickets().count(), **more},
    )
    poke_recalculation()
    return row
