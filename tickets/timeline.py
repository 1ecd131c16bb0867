"""A ticket's story as one list: messages and quiet event lines, in the order they happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeGuard

from accounts.models import User
from tickets.department_names import as_customers_read
from tickets.enums import EventKind, MessageKind
from tickets.formatted import formatted
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.origins import add_origins
from tickets.queries import messages_for

A_ROUND = timedelta(minutes=1)
SHOWN_BY_MESSAGES = (EventKind.OPENED, EventKind.REPLIED, EventKind.NOTED)


@dataclass
class Entry:
    kind: str
    message: Message | None = None
    event: TicketEvent | None = None
    is_own: bool = False
    is_new: bool = False


def timeline(
    ticket: Ticket, reader: User, *, staff: bool, events: Iterable[TicketEvent], file_url: Callable[[Attachment], str]
) -> list[Entry]:
    """The story as `reader` may know it. `is_own`: their side wrote it; `is_new`: not read before (`read_until`).

    `events` are those of `events_for`; the ones that a message already shows make no line, except that staff are told
    of a reply that reopened nothing because it looked like mere thanks. Each message gets `files`,
    its attachments with the `url` under which this reader reaches them, and where it was formatted `formatted`, in
    which its pictures stand in place.
    """
    events = events if staff else as_customers_read(events)
    seen = getattr(ticket, "read_until", 0)
    entries: list[tuple[Any, Entry]] = []
    messages = list(messages_for(ticket, staff=staff))
    add_origins(messages, staff=staff)
    for message in messages:
        _add_contents(message, file_url)
        own = not _is_customers(message, ticket) if staff else message.author_id == reader.pk
        new = message.pk > seen and message.author_id != reader.pk
        entries.append(((message.created_at, 0, message.pk), Entry("message", message=message, is_own=own, is_new=new)))
    entries.extend(
        ((event.created_at, 1, event.pk), Entry("event", event=event))
        for event in events
        if event.kind not in SHOWN_BY_MESSAGES or (staff and event.data.get("thanks"))
    )
    return _steps_together(entry for _key, entry in sorted(entries, key=lambda pair: pair[0]))


def _steps_together(entries: Iterable[Entry]) -> list[Entry]:
    """With the steps up the ladder that were taken in one round as one line: who was told, and of what."""
    found: list[Entry] = []
    for entry in entries:
        before = found[-1].event if found else None
        if _is_step(entry.event) and _is_step(before) and entry.event.created_at - before.created_at < A_ROUND:
            before.data = {"steps": [*before.data.get("steps", [before.data]), entry.event.data]}
        else:
            found.append(entry)
    return found


def _is_step(event: TicketEvent | None) -> TypeGuard[TicketEvent]:
    return event is not None and event.kind == EventKind.ESCALATED


def _add_contents(message: Message, file_url: Callable[[Attachment], str]) -> None:
    """Its formatted words with their pictures in place, and its other files."""
    files: list[Any] = list(message.attachments.all())
    for file in files:
        file.url = file_url(file)
    message.formatted = formatted(message.html, files) if message.html else None
    placed = message.formatted.placed if message.formatted else ()
    message.files = [file for file in files if file.pk not in placed]


def _is_customers(message: Message, ticket: Ticket) -> bool:
    """Whether the customer's side said it: the requester, or a collaborator."""
    return message.author_id == ticket.requester_id or not (message.is_from_staff or message.kind == MessageKind.NOTE)


def last_message(entries: list[Entry]) -> Message | None:
    """The newest message of a story, as far as its reader sees it."""
    return next((entry.message for entry in reversed(entries) if entry.message is not None), None)
