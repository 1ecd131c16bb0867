"""The ageing round: every minute, who has to know is told what went stale, each step of the ladder once."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from routing.promises import Promises
from tickets.ageing import Step, stale, steps, unread
from tickets.enums import EventKind
from tickets.events import new_event, record_events
from tickets.models import Escalation, Ticket, TicketEvent

A_PORTION = 500  # tickets: so many are locked, and held in memory, at a time
A_TURN = 10.0  # seconds


def escalate_stale() -> int:
    """Let every ticket of this tenant that has gone stale take the steps that it has reached by now. Returns how many.
    Done again, nothing happens; whoever dies in between leaves the rest to the next round."""
    now = timezone.now()
    return sum(escalate(actor=None, step=step, portion=portion, now=now) for step, portion in _portions(now))


def escalate_for_a_turn() -> bool:
    """The same, for some seconds: after an outage tens of thousands of steps may be due at once, and other tenants and
    mails wait for their turn. Returns whether something may be left."""
    now, end, taken = timezone.now(), time.monotonic() + A_TURN, 0
    for step, portion in _portions(now):
        taken += escalate(actor=None, step=step, portion=portion, now=now)
        if time.monotonic() >= end:
            return taken > 0  # else they all wait for somebody else, and a minute is soon enough
    return False


def _portions(now: datetime) -> Iterator[tuple[Step, list[int]]]:
    for step in steps(Promises()):
        found = sorted(stale(step, now).values_list("pk", flat=True))  # by pk, a database might read all tickets
        for first in range(0, len(found), A_PORTION):
            yield step, found[first : first + A_PORTION]


def escalate(*, actor: None, step: Step, portion: list[int], now: datetime) -> int:
    """Let those of a portion of tickets (their ids) that have reached a step at `now` take it. Records `escalated` for
    each, by which the people on that rung are told. Returns how many.

    `actor` is the machine. In one transaction the tickets are locked, and asked again: of two rounds at once the other
    one passes them by, and what somebody has answered meanwhile is not stale. The rows' unique constraint says the same
    where no lock holds. Tickets that somebody is changing just now wait for the next round.
    """
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
