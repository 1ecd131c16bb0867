"""A department ends: another one takes over all that points at it, at once, and its open tickets, by and by."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.rules import require_administrator
from routing.actions.arranging import DepartmentClosed
from routing.actions.departments import hand_on_default, lock_departments
from routing.models import Department, DepartmentMember, OrganisationDepartment, RoutingRule, RoutingTableRow
from routing.queries import open_successor
from tickets.actions.handing_over import hand_on_if_closed
from tickets.enums import STILL_OPEN, Status
from tickets.locking import lock_ticket
from tickets.models import HelpTopic, OrganisationException, Ticket

POINTING = (HelpTopic, RoutingRule, RoutingTableRow, OrganisationDepartment, OrganisationException)
A_PORTION = 200  # tickets
SECONDS_A_ROUND = 10.0
SECONDS_A_ROUND_EMBEDDED = 1.0  # mails come in between


class OwnSuccessor(ValueError):
    """A department cannot take over from itself."""


class TakesTheRest(ValueError):
    """The department takes what nothing else decides, and nobody has said that its successor does so from now on."""


@dataclass(frozen=True)
class Closure:
    """What goes to a department's successor, and what stays."""

    open_tickets: int
    closed_tickets: int
    topics: int
    rules: int
    table_rows: int
    organisations: int
    exceptions: int
    children: int
    members: int


def plan_closure(department: Department) -> Closure:
    """What `close_department` would move now. Changes nothing."""
    tickets = Ticket.objects.filter(department=department).aggregate(
        closed=Count("pk", filter=Q(status=Status.CLOSED)), open=Count("pk", filter=~Q(status=Status.CLOSED))
    )
    return Closure(
        open_tickets=tickets["open"],
        closed_tickets=tickets["closed"],
        topics=HelpTopic.objects.filter(department=department).count(),
        rules=RoutingRule.objects.filter(department=department).count(),
        table_rows=RoutingTableRow.objects.filter(department=department).count(),
        organisations=OrganisationDepartment.objects.filter(department=department).count(),
        exceptions=OrganisationException.objects.filter(department=department).count(),
        children=Department.objects.filter(parent=department).count(),
        members=DepartmentMember.objects.filter(department=department).count(),
    )


def close_department(
    *,
    actor: User | None,
    department: Department,
    successor: Department,
    with_members: bool = False,
    with_default: bool = False,
) -> Department:
    """Close a department: it gets no tickets any more. Its topics, rules, rows of tables, organisations, exceptions and
    the departments below it are the successor's at once; its open tickets follow in portions (`move_open_tickets`).
    Closed ones stay, and whoever sees the successor's tickets sees them. Its members keep their memberships, so that it
    can be opened again; `with_members` lets them work in the successor as well. `with_default`: the successor takes
    what nothing else decides, if the department did.

    Nothing happens to a closed one. Raises OwnSuccessor, DepartmentClosed when the successor is closed, TakesTheRest,
    PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        rows = lock_departments()
        locked, target = rows[department.pk], rows[successor.pk]
        if not locked.is_active:
            return locked
        if locked.pk == target.pk:
            raise OwnSuccessor
        if not target.is_active:
            raise DepartmentClosed
        if locked.is_default and not with_default:
            raise TakesTheRest
        _hand_on(locked, target, rows)
        if with_members:
            _take_along(locked, target)
        locked.is_active, locked.successor, locked.closed_at = False, target, timezone.now()
        locked.save(update_fields=["is_active", "successor", "closed_at"])
    return locked


def move_open_tickets() -> int:
    """Let the successors have the open tickets of this tenant's closed departments, as many as one round's time allows;
    each in its own transaction, so that nobody waits for all of them. Also what was filed, handed over or assigned in
    the moment of closing. Returns how many. Done again, nothing happens."""
    seconds = SECONDS_A_ROUND if settings.CELERY_BROKER_URL else SECONDS_A_ROUND_EMBEDDED
    closed = [row for row in Department.objects.filter(is_active=False) if open_successor(row) is not None]
    end, moved = time.monotonic() + seconds, 0
    for ticket in left_to_move(closed).order_by("pk")[:A_PORTION] if closed else ():
        if time.monotonic() > end:
            break
        with transaction.atomic():
            locked = lock_ticket(ticket)
            moved += not locked.is_closed and hand_on_if_closed(locked)
    return moved


def left_to_move(departments: Iterable[Department]) -> QuerySet[Ticket]:
    """The open tickets of departments."""
    return Ticket.objects.filter(department__in=departments, waiting_on__in=STILL_OPEN)


def _hand_on(department: Department, successor: Department, rows: dict[int, Department]) -> None:
    """Everything that points at the department points at the successor."""
    if department.is_default:
        hand_on_default(successor)
        department.is_default = False
    for model in POINTING:
        model.objects.filter(department=department).update(department=successor)
    _know_earlier(department, successor)
    if department.pk in _above(successor, rows):  # else it would stand below itself
        successor.parent = department.parent
        successor.save(update_fields=["parent"])
    Department.objects.filter(parent=department).exclude(pk=successor.pk).update(parent=successor)


def _know_earlier(department: Department, successor: Department) -> None:
    """Rules that ask which department had somebody's earlier tickets mean its successor as well."""
    old, new = str(department.pk), str(successor.pk)
    for rule in RoutingRule.objects.select_for_update().order_by("pk"):
        about = [one for one in rule.conditions if one.get("fact") == "earlier" and old in one.get("values", ())]
        lacking = [one for one in about if new not in one["values"]]
        for one in lacking:
            one["values"] = [*one["values"], new]
        if lacking:
            rule.save(update_fields=["conditions"])


def _take_along(department: Department, successor: Department) -> None:
    """The members work in the successor too. Who leads there stays its lead."""
    there = set(DepartmentMember.objects.filter(department=successor).values_list("user_id", flat=True))
    members = DepartmentMember.objects.filter(department=department).exclude(user__in=there)
    DepartmentMember.objects.bulk_create(
        DepartmentMember(department=successor, user_id=user) for user in members.values_list("user_id", flat=True)
    )


def _above(department: Department, rows: dict[int, Department]) -> set[int]:
    found: set[int] = set()
    place = department.parent_id
    while place is not None and place not in found:
        found.add(place)
        place = rows[place].parent_id
    return found
