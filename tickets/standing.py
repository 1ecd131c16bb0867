"""Whom a ticket waits for and since when, told by its events alone; and what that means to a service level's clocks.

Pure. The doors keep the same in the ticket's row; here it is worked out again, to explain it and to check the doors.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from routing.clocks import Turn
from tickets.enums import WAITING_ON, EventKind, Status, WaitingOn


class Told(Protocol):
    """An event, as far as it is asked."""

    pk: int
    kind: str
    created_at: datetime
    data: dict[str, Any]
    message_id: int | None


@dataclass(frozen=True)
class Standing:
    """How a ticket stands after an event (`mark`) at `at`: whom it waits for since when, and since when it is closed.
    `answered`: the event is an answer of ours; `asked`: it is the customer's word."""

    at: datetime
    waiting_on: WaitingOn
    since: datetime
    closed_at: datetime | None = None
    answered: bool = False
    asked: bool = False
    mark: int = 0


def standings(events: Iterable[Told], withdrawn: frozenset[int] = frozenset()) -> list[Standing]:
    """How the ticket stood after each of its events, in their order. `withdrawn`: the messages that were taken back,
    which are no answers."""
    told: list[Standing] = []
    before: list[tuple[int, Standing, Standing]] = []  # what can be taken back: where it stands, from what to what
    for event in events:
        if not told:
            told.append(Standing(event.created_at, WaitingOn.US, event.created_at, asked=True, mark=event.pk))
            continue
        now = replace(told[-1], at=event.created_at, mark=event.pk, answered=False, asked=False)
        after = _after(now, event)
        if event.kind == EventKind.REPLIED and event.message_id not in withdrawn:
            by_staff = event.data.get("by") == "staff"
            after = replace(after, answered=by_staff, asked=not by_staff and not event.data.get("thanks"))
        if "before" in event.data:
            before.append((len(told), now, after))
        elif _takes_back(event) and before:
            index, was, left = before.pop()
            after = _as_it_was(now, was) if _stands_as(now, left) else now
            if event.kind == EventKind.REPLY_WITHDRAWN and after is not now:
                # What nobody was told never was: it has stopped no clock meanwhile.
                told[index:] = [_as_it_was(row, was) for row in told[index:]]
        told.append(after)
    return told


def turns(told: Iterable[Standing]) -> list[Turn]:
    """The same as the clocks of a service level are told it."""
    return [
        Turn(
            row.at,
            waits_for_us=row.waiting_on == WaitingOn.US,
            is_open=row.closed_at is None,
            answered=row.answered,
            asked=row.asked,
            mark=row.mark,
        )
        for row in told
    ]


def _stands_as(one: Standing, other: Standing) -> bool:
    return (one.waiting_on, one.since, one.closed_at) == (other.waiting_on, other.since, other.closed_at)


def _as_it_was(row: Standing, was: Standing) -> Standing:
    return replace(row, waiting_on=was.waiting_on, since=was.since, closed_at=was.closed_at)


def _after(now: Standing, event: Told) -> Standing:
    waiting_on = _waiting_on(now, event)
    if waiting_on is None:
        return now
    closed = waiting_on == WaitingOn.NOBODY
    since = now.since if waiting_on == now.waiting_on else event.created_at
    return replace(
        now, waiting_on=waiting_on, since=since, closed_at=(now.closed_at or event.created_at) if closed else None
    )


def _waiting_on(now: Standing, event: Told) -> WaitingOn | None:
    """Whom the ticket waits for from an event on, or None where the event changes nothing about that."""
    data = event.data
    match event.kind:
        case EventKind.REPLIED:
            return None if data.get("thanks") else WAITING_ON[Status(data["status"])]
        case EventKind.STATUS_CHANGED:
            return WAITING_ON[Status(data["to"])]
        case EventKind.WAITING_CHANGED:
            return WaitingOn(data["to"])
        case EventKind.CLOSED:
            return WaitingOn.NOBODY
        case EventKind.MERGED if "into" in data and not data.get("undone"):
            return WaitingOn.NOBODY
        case EventKind.REOPENED if now.closed_at is not None:
            return WaitingOn.US
    return None


def _takes_back(event: Told) -> bool:
    return event.kind == EventKind.REPLY_WITHDRAWN or (event.kind == EventKind.MERGED and "restored" in event.data)
