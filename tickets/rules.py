"""What a ticket may become. Changes fields in memory; the doors lock before and save after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from tickets.enums import WAITING_ON, Status, WaitingOn
from tickets.models import FormField, Ticket
from tickets.queries import missing_to_close, takes_part

STATUS_FIELDS = (
    "status",
    "waiting_on",
    "waiting_since",
    "waits_for",
    "snoozed_until",
    "nudged_at",
    "reminded_at",
    "closed_at",
    "last_activity_at",
)


class AnswersMissing(ValueError):
    """Staff cannot close the ticket before these questions are answered."""

    def __init__(self, questions: list[FormField]) -> None:
        super().__init__(", ".join(question.key for question in questions))
        self.questions = questions


def move_to(ticket: Ticket, status: Status, at: datetime, waiting_on: WaitingOn | None = None) -> None:
    """Give a ticket a status. Whom it waits for follows from it, unless it is said, and since when only if that
    changes. What is closed sleeps no longer."""
    wait_for(ticket, waiting_on or WAITING_ON[status], at)
    ticket.closed_at = (ticket.closed_at or at) if status == Status.CLOSED else None
    ticket.status = status
    ticket.last_activity_at = at


def wait_for(ticket: Ticket, waiting_on: WaitingOn, at: datetime) -> None:
    """Let a ticket wait for somebody else than before, from now on."""
    if ticket.waiting_on != waiting_on:
        ticket.waiting_on, ticket.waiting_since, ticket.waits_for = waiting_on, at, ""
        ticket.reminded_at = ticket.nudged_at = None
    if waiting_on == WaitingOn.NOBODY:
        ticket.snoozed_until = None


def status_when_ours(ticket: Ticket) -> Status:
    """The status of a ticket that waits for us: in progress when somebody has it, else open."""
    return Status.IN_PROGRESS if ticket.assignee_id else Status.OPEN


def standing(ticket: Ticket) -> dict[str, Any]:
    """How a ticket stands, as an event can keep it."""
    return {
        "status": str(ticket.status),
        "assignee": ticket.assignee_id,
        "waiting_on": str(ticket.waiting_on),
        "waits_for": ticket.waits_for,
        "waiting_since": ticket.waiting_since.isoformat(),
        "nudged_at": _kept(ticket.nudged_at),
        "reminded_at": _kept(ticket.reminded_at),
        "closed_at": _kept(ticket.closed_at),
        "last_activity_at": ticket.last_activity_at.isoformat(),
    }


def stand_again(ticket: Ticket, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Let a ticket stand as it did `before` something that is taken back had left it as `after`. What somebody has
    changed since stays as they wanted it."""
    now = standing(ticket)
    if all(now[name] == after[name] for name in ("status", "waiting_since", "closed_at")):
        ticket.status = Status(before["status"])
        ticket.waiting_on = WaitingOn(before.get("waiting_on") or WAITING_ON[Status(before["status"])])
        ticket.waits_for = before.get("waits_for", "")
        ticket.waiting_since = datetime.fromisoformat(before["waiting_since"])
        ticket.nudged_at = _moment(before.get("nudged_at"))
        ticket.reminded_at = _moment(before.get("reminded_at"))
        ticket.closed_at = _moment(before["closed_at"])
    if now["assignee"] == after["assignee"]:
        ticket.assignee_id = before["assignee"]
    if now["last_activity_at"] == after["last_activity_at"]:
        ticket.last_activity_at = datetime.fromisoformat(before["last_activity_at"])


def _kept(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None


def require_agent(actor: User) -> None:
    """Raise PermissionError unless `actor` works on the desk. Which tickets, the queries decided."""
    if not actor.is_agent or not actor.is_active:
        raise PermissionError("Only agents do this")


def require_part(actor: User, ticket: Ticket) -> None:
    """Raise PermissionError unless `actor` takes part in the ticket, as requester or collaborator, as it is now."""
    if not takes_part(actor, ticket):
        raise PermissionError("Only who takes part in a ticket does this")


def require_answers_to_close(ticket: Ticket) -> None:
    """Raise AnswersMissing unless everything is answered that has to be before staff close the ticket. Customers close
    their tickets whatever is missing."""
    missing = missing_to_close(ticket)
    if missing:
        raise AnswersMissing(missing)
