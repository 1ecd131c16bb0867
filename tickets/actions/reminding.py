"""Tickets that wait for a customer who does not answer: remind them once, then close, where the portal wants it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from routing.ageing import Reach, reaches
from routing.enums import Ageing
from routing.promises import Promises
from routing.working_time import is_open
from tickets.ageing import awake, since, told_of
from tickets.enums import EventKind, Priority, Status, WaitingOn
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.rules import STATUS_FIELDS, move_to

A_ROUND = 200  # tickets of a policy: each is a mail, and a new policy may find thousands


def follow_up_with_customers() -> int:
    """Remind the customers of this tenant whom a ticket has waited for too long, and close the tickets whose reminder
    was not answered either, if a policy says so; in working hours only. Returns how many it did something to. Done
    again, nothing happens."""
    now = timezone.now()
    counting = [
        reach
        for reach in reaches(Promises(), Priority.values)
        if reach.policy.condition == Ageing.WAITING_FOR_CUSTOMER and is_open(reach.hours, now)
    ]
    done = 0
    for reach in counting:
        done += sum(close_unanswered(actor=None, ticket=ticket) for ticket in unanswered(reach, now)[:A_ROUND])
        closes = reach.policy.closes_after is not None
        waiting = to_remind(reach, now)[:A_ROUND]
        done += sum(remind_customer(actor=None, ticket=ticket, closes_after=closes) for ticket in waiting)
    return done


def to_remind(reach: Reach, now: datetime) -> QuerySet[Ticket]:
    """The tickets that have waited so long for their customer that a reminder is due."""
    waited = since(_quiet(reach, now), "waiting_since", reach.hours, _minutes(reach.policy.minutes), now)
    return waited.filter(reminded_at=None)


def unanswered(reach: Reach, now: datetime) -> QuerySet[Ticket]:
    """The tickets whose reminder nobody has answered, and which are closed therefore."""
    after = reach.policy.closes_after
    if after is None:
        return Ticket.objects.none()
    return since(_quiet(reach, now), "reminded_at", reach.hours, _minutes(after), now)


def remind_customer(*, actor: None, ticket: Ticket, closes_after: bool = False) -> bool:
    """Remind a ticket's customer that we wait for their answer: once, for as long as it waits for them. Records
    `reminded`, by which those who take part are told, also that silence closes the ticket (`closes_after`); the
    ticket's own activity it is not. Returns whether it did.

    `actor` is the machine. Nothing happens where the ticket waits for somebody else by now, or has waited anew.
    """
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if not _still_waits(locked, ticket) or locked.reminded_at is not None:
            return False
        locked.reminded_at = now = timezone.now()
        locked.save(update_fields=["reminded_at"])
        data = {"closes_after": True} if closes_after else {}
        record_event(EventKind.REMINDED, locked, actor=actor, data=data, at=now)
    return True


def close_unanswered(*, actor: None, ticket: Ticket) -> bool:
    """Close a ticket whose customer has not answered a reminder. Records `closed`, marked as `unanswered`, by which
    those who take part are told; they may reopen it. Questions that staff have to answer before closing stay open, as
    when customers close. Returns whether it did.

    `actor` is the machine. Nothing happens where the ticket waits for somebody else by now, has waited anew, or nobody
    was reminded.
    """
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if not _still_waits(locked, ticket) or locked.reminded_at is None:
            return False
        now = timezone.now()
        move_to(locked, Status.CLOSED, now)
        locked.save(update_fields=STATUS_FIELDS)
        data = {"by": "staff", "with_reply": False, "unanswered": True}
        record_event(EventKind.CLOSED, locked, actor=actor, data=data, at=now)
    return True


def _quiet(reach: Reach, now: datetime) -> QuerySet[Ticket]:
    return Ticket.objects.filter(told_of(reach), awake(now)).order_by("waiting_since", "pk")


def _still_waits(locked: Ticket, seen: Ticket) -> bool:
    return locked.waiting_on == WaitingOn.CUSTOMER and locked.waiting_since == seen.waiting_since


def _minutes(number: int | None) -> timedelta:
    return timedelta(minutes=number or 0)
