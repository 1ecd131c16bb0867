from typing import Literal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from routing.models import Department
from routing.queries import agents_of, open_successor
from tickets.enums import EventKind, Status, WaitingOn
from tickets.events import record_event
from tickets.locking import lock_ticket, same_person
from tickets.models import Ticket
from tickets.rules import STATUS_FIELDS, move_to, require_agent

HAND_OVER_FIELDS = ("assignee", "department", *STATUS_FIELDS)


class NotAssignable(ValueError):
    """The person is no active member of the ticket's department, so the ticket would wait for a stranger to it."""


class TakenMeanwhile(Exception):
    """Somebody else took the ticket after the actor last saw it."""

    def __init__(self, by: User | None) -> None:
        super().__init__(by)
        self.by = by


def claim(*, actor: User, ticket: Ticket, seen_with: int | Literal["nobody", ""] = "") -> Ticket:
    """Take a ticket, also from a colleague. An open one is then in progress.

    `seen_with` is whom the actor's page showed as its assignee (an id, or "nobody"); then TakenMeanwhile is raised when
    it is somebody else by now, so that nobody takes from a colleague unknowingly. Empty: taken from whoever has it.
    Records `claimed`. Nothing happens when the actor has it. Raises PermissionError unless actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if same_person(locked.assignee, actor):
            return locked
        if seen_with and seen_with != (locked.assignee_id or "nobody"):
            raise TakenMeanwhile(locked.assignee)
        _hand_to(locked, actor)
        record_event(EventKind.CLAIMED, locked, actor=actor)
    return locked


def assign(*, actor: User, ticket: Ticket, assignee: User | None) -> Ticket:
    """Give a ticket to a member of its department, or (None) back to the whole department.

    Records `assigned`. Raises NotAssignable for anybody who is neither an active member nor the actor themselves,
    PermissionError unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if same_person(locked.assignee, assignee) or (assignee is None and locked.assignee is None):
            return locked
        if (
            assignee is not None
            and not same_person(assignee, actor)
            and assignee not in agents_of(locked.department_id)
        ):
            raise NotAssignable
        _hand_to(locked, assignee)
        record_event(
            EventKind.ASSIGNED,
            locked,
            actor=actor,
            data={"assignee": assignee.pk if assignee else None, "name": str(assignee) if assignee else ""},
        )
    return locked


def transfer(*, actor: User, ticket: Ticket, department: Department, by_rules: bool = False) -> Ticket:
    """Hand a ticket over to another department. Its assignee keeps it only as a member there too.

    Records `transferred`, with `by_rules` where the actor only let the rules choose again. Nothing
    happens when it is there already. Raises NotAssignable for a closed department, PermissionError unless the actor is
    an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.department_id == department.pk:
            return locked
        # As it is now, not when the page was opened: it may be about to close.
        if not Department.objects.filter(pk=department.pk, is_active=True).exists():
            raise NotAssignable
        before = locked.department
        locked.department = department
        members = agents_of(department.pk)
        _hand_to(locked, locked.assignee if locked.assignee in members else None)
        record_event(
            EventKind.TRANSFERRED,
            locked,
            actor=actor,
            data={
                "department": department.pk,
                "from_department": before.pk,
                "from": before.name,
                "to": department.name,
                **({"by_rules": True} if by_rules else {}),
            },
        )
    return locked


def release_tickets(*, actor: User | None, user: User) -> int:
    """Give every open ticket somebody has back to its department, because they no longer work here. Returns how many.

    Records `assigned` (to nobody) for each. Closed tickets keep the name of who had them. Done again, nothing happens.
    """
    released = 0
    with transaction.atomic():
        for ticket in Ticket.objects.filter(assignee=user).exclude(status=Status.CLOSED).order_by("pk"):
            locked = lock_ticket(ticket)
            if same_person(locked.assignee, user) and not locked.is_closed:
                _hand_to(locked, None)
                _record_release(locked, actor, user)
                released += 1
    return released


def release_if_departed(ticket: Ticket) -> None:
    """Take a ticket that comes to life again from an assignee who no longer works here; for doors that hold its lock
    and save its assignee. Records `assigned` (to nobody)."""
    had = ticket.assignee
    if had is not None and not (had.is_active and had.is_agent):
        ticket.assignee = None
        _record_release(ticket, None, had)


def hand_on_if_closed(ticket: Ticket) -> bool:
    """Let the successor of a closed department have its ticket; for doors that hold the ticket's lock. An assignee who
    does not work there loses it; when it was last active stays as it was, for nobody has done anything about it.

    Saves the ticket and records `transferred` with `closing`, of which nobody is mailed: hundreds may go at once.
    Returns whether it went anywhere.
    """
    before = ticket.department
    successor = None if before.is_active else open_successor(before)
    if successor is None:
        return False
    last_activity, ticket.department = ticket.last_activity_at, successor
    if ticket.assignee is not None and ticket.assignee not in agents_of(successor.pk):
        ticket.assignee = None
        if ticket.status == Status.IN_PROGRESS:
            move_to(ticket, Status.OPEN, timezone.now(), WaitingOn(ticket.waiting_on))
    ticket.last_activity_at = last_activity
    ticket.save(update_fields=HAND_OVER_FIELDS)
    record_event(
        EventKind.TRANSFERRED,
        ticket,
        actor=None,
        data={
            "department": successor.pk,
            "from_department": before.pk,
            "from": before.name,
            "to": successor.name,
            "closing": True,
        },
    )
    return True


def _record_release(ticket: Ticket, actor: User | None, had: User) -> None:
    record_event(EventKind.ASSIGNED, ticket, actor=actor, data={"assignee": None, "name": "", "from": str(had)})


def _hand_to(ticket: Ticket, assignee: User | None) -> None:
    now = timezone.now()
    ticket.assignee, ticket.last_activity_at = assignee, now
    if assignee is not None and ticket.status == Status.OPEN:
        move_to(ticket, Status.IN_PROGRESS, now, WaitingOn(ticket.waiting_on))
    elif assignee is None and ticket.status == Status.IN_PROGRESS:
        move_to(ticket, Status.OPEN, now, WaitingOn(ticket.waiting_on))
    ticket.save(update_fields=HAND_OVER_FIELDS)
