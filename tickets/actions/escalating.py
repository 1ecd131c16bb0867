"""The ageing round: every minute, who has to know is told what went stale, each step of the ladder once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from routing.promises import Promises
from tickets.ageing import Step, stale, steps, unread
from tickets.enums import EventKind
from tickets.events import new_event, record_events
from tickets.models import Escalation, Ticket, TicketEvent

A_PORTION = 500  # tickets: so many are locked, and held in memory, at a time


def escalate_stale() -> int:
    """Let every ticket of this tenant that has gone stale take the steps that it has reached by now. Returns how many.
    Done again, nothing happens; whoever dies in between leaves the rest to the next round."""
    now = timezone.now()
    return sum(escalate(actor=None, step=step, now=now) for step in steps(Promises()))


def escalate(*, actor: None, step: Step, now: datetime) -> int:
    """Let the tickets that have reached a step at `now` take it. Records `escalated` for each, by which the people on
    that rung are told. Returns how many.

    `actor` is the machine. A portion of tickets at a time is locked, and asked again: of two rounds at once the other
    one passes them by, and what somebody has answered meanwhile is not stale. The rows' unique constraint says the same
    where no lock holds. Tickets that somebody is changing just now wait for the next round.
    """
    found = sorted(stale(step, now).values_list("pk", flat=True))  # in order of pk, a database might read all tickets
    portions = (found[first : first + A_PORTION] for first in range(0, len(found), A_PORTION))
    return sum(_take(step, portion, now) for portion in portions)


def _take(step: Step, portion: list[int], now: datetime) -> int:
    with transaction.atomic():
        free = Ticket.objects.select_for_update(skip_locked=True).filter(pk__in=portion).order_by("pk")
        locked = set(free.values_list("pk", flat=True))
        locked -= unread(locked, now)
        # In a question of its own: what the one that locks finds may be older than its locks.
        tickets = list(stale(step, now).filter(pk__in=locked).order_by("pk").only("tenant", step.counts, step.since))
        rows = [_row(step, ticket, now) for ticket in tickets]
        Escalation.objects.bulk_create(rows)
        if rows:
            record_events([_event(step, row) for row in rows])
    return len(rows)


def _row(step: Step, ticket: Ticket, now: datetime) -> Escalation:
    moment = getattr(ticket, step.counts)
    return Escalation(
        ticket=ticket,
        measure=step.measure,
        policy=step.policy,
        rung=step.rung,
        since=getattr(ticket, step.since),
        reached_at=step.reached_at(moment, now),
        is_late=step.is_late(moment, now),
    )


def _event(step: Step, row: Escalation) -> TicketEvent:
    about = {"condition": step.policy.condition, "policy": step.policy.pk} if step.policy else {"measure": step.measure}
    return new_event(
        EventKind.ESCALATED,
        row.ticket,
        actor=None,
        data={
            "rung": str(step.rung),
            **about,
            "since": row.since.isoformat(),
            "reached_at": row.reached_at.isoformat(),
            "late": row.is_late,
        },
    )
