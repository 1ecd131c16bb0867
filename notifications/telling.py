"""Who is told about an event, and with which mail. Nobody is told what they did themselves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Event, User
from notifications.enums import DESK_KINDS, MailKind
from notifications.queries import agent_with_id, people_answering_for
from tickets.enums import EventKind
from tickets.models import TicketEvent


@dataclass(frozen=True)
class Telling:
    person: User
    kind: MailKind


def tellings(event: Event) -> list[Telling]:
    """One mail for each person who is told; for somebody on both sides, the customer's.

    Left out: whoever did it (except that filing is confirmed), closed accounts, and from the desk's mails everybody
    who does not work there. Notes, status and priority changes tell nobody.
    """
    kind = event.kind  # type: ignore[attr-defined]
    rules: dict[str, Callable[..., Iterator[Telling]]] = _TICKET if isinstance(event, TicketEvent) else _ACCOUNT
    chosen: dict[int, Telling] = {}
    for telling in rules[kind](event) if kind in rules else ():
        if _is_told(telling, event):
            chosen.setdefault(telling.person.pk, telling)
    return list(chosen.values())


def _is_told(telling: Telling, event: Event) -> bool:
    person = telling.person
    if not person.is_active or (telling.kind in DESK_KINDS and not person.is_agent):
        return False
    receipt = telling.kind in (MailKind.CONFIRMATION, MailKind.PASSWORD)
    return receipt or person.pk != event.actor_id


def _opened(event: TicketEvent) -> Iterator[Telling]:
    yield Telling(event.ticket.requester, MailKind.CONFIRMATION)
    yield from _to_department(event, MailKind.NEW_TICKET)


def _replied(event: TicketEvent) -> Iterator[Telling]:
    yield from _to_other_side(event, MailKind.REPLY, MailKind.CUSTOMER_REPLY)


def _closed(event: TicketEvent) -> Iterator[Telling]:
    if not event.data.get("with_reply"):  # then the reply's own mail says it
        yield from _to_other_side(event, MailKind.CLOSED, MailKind.CLOSED_BY_CUSTOMER)


def _reopened(event: TicketEvent) -> Iterator[Telling]:
    if not event.data.get("with_reply"):
        yield from _to_other_side(event, MailKind.REOPENED, MailKind.REOPENED_BY_CUSTOMER)


def _assigned(event: TicketEvent) -> Iterator[Telling]:
    assignee = agent_with_id(event.data.get("assignee"))
    if assignee is not None:
        yield Telling(assignee, MailKind.ASSIGNED)


def _transferred(event: TicketEvent) -> Iterator[Telling]:
    yield from (Telling(person, MailKind.TRANSFERRED) for person in people_answering_for(event.data.get("department")))


def _password_requested(event: AccountEvent) -> Iterator[Telling]:
    yield Telling(event.user, MailKind.PASSWORD)


def _to_other_side(event: TicketEvent, to_customer: MailKind, to_desk: MailKind) -> Iterator[Telling]:
    if event.data.get("by") == "staff":
        yield Telling(event.ticket.requester, to_customer)
        return
    if event.ticket.assignee is not None:
        yield Telling(event.ticket.assignee, to_desk)
    yield from _to_department(event, to_desk)


def _to_department(event: TicketEvent, kind: MailKind) -> Iterator[Telling]:
    yield from (Telling(person, kind) for person in people_answering_for(event.ticket.department_id))


_TICKET: dict[str, Callable[..., Iterator[Telling]]] = {
    EventKind.OPENED: _opened,
    EventKind.REPLIED: _replied,
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: _reopened,
    EventKind.ASSIGNED: _assigned,
    EventKind.TRANSFERRED: _transferred,
}
_ACCOUNT: dict[str, Callable[..., Iterator[Telling]]] = {
    AccountEventKind.PASSWORD_REQUESTED: _password_requested,
}
