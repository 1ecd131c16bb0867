from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.actions.attaching import attach_uploads
from tickets.actions.handing_over import hand_on_if_closed, release_if_departed
from tickets.actions.merging import come_apart
from tickets.enums import Channel, EventKind, MessageKind, Status
from tickets.events import record_event
from tickets.facts import ByMail
from tickets.locking import lock_ticket, same_person
from tickets.models import Message, Ticket
from tickets.queries import takes_part, where_it_leads, works_on
from tickets.rules import (
    STATUS_FIELDS,
    move_to,
    require_agent,
    require_answers_to_close,
    require_part,
    standing,
    status_when_ours,
)


def reply_to_ticket(
    *,
    actor: User,
    ticket: Ticket,
    body: str,
    channel: Channel,
    as_staff: bool = False,
    and_status: Status = Status.WAITING_FOR_CUSTOMER,
    form_key: UUID | None = None,
    files_of: UUID | None = None,
    by_mail: ByMail | None = None,
    keeps_closed: bool = False,
    vouched_by: User | None = None,
    undo_seconds: int | None = None,
) -> Message:
    """Add a public reply. A customer's makes the ticket wait for us, wakes a sleeping one and reopens a closed
    one (T7); an agent's gives it
    `and_status`, and makes the agent its assignee where nobody has it.

    `by_mail` is what it brought besides its words, where it came as one. `keeps_closed`: a customer's plain thanks,
    which leave a closed ticket closed; an open one waits for us as ever. `vouched_by` is an agent who decided that the
    words belong here although the actor takes no part.

    `undo_seconds`: so long an agent's reply can be taken back (`withdrawing.withdraw_reply`); customers do not see it,
    and nobody is told, until then. None or 0: at once.

    A reply to a merged ticket goes to the one it leads to, where its author may write there; else the ticket comes
    apart from it and is answered on its own.

    `form_key` is the form's own key: sent again, the reply it made is returned and nothing happens. Files kept under
    `files_of` (by default the form's key) are attached. Records `replied`, and `closed`, `reopened` or `claimed` where
    the reply did that. Raises PermissionError when `as_staff` and the actor is no agent, or else takes no part in it;
    AnswersMissing when it would close a ticket in which an answer is missing that has to be there before.
    """
    if as_staff:
        require_agent(actor)
    if vouched_by is not None:
        require_agent(vouched_by)
    with transaction.atomic():
        locked = _lock_where_to_write(actor, ticket, as_staff=as_staff)
        if not as_staff and vouched_by is None and not _is_dictated(actor, locked, channel):
            require_part(actor, locked)
        sent = _sent_before(form_key)
        if sent is not None and (sent.ticket_id, sent.author_id) == (locked.pk, actor.pk):
            return sent
        if as_staff and and_status == Status.CLOSED and not locked.is_closed:
            require_answers_to_close(locked)
        now = timezone.now()
        public_at = now + timedelta(seconds=undo_seconds) if undo_seconds and as_staff else None
        message = _add_message(
            locked, actor, body, channel, MessageKind.REPLY, None if sent else form_key, now, by_mail, public_at
        )
        attach_uploads(message, files_of or form_key)
        before = standing(locked)
        if keeps_closed and locked.is_closed and not as_staff:
            return _add_thanks(locked, message, actor, now)
        if locked.is_closed:
            hand_on_if_closed(locked)
        release_if_departed(locked)
        if as_staff and locked.assignee_id is None:
            locked.assignee = actor
            record_event(EventKind.CLAIMED, locked, actor=actor, data={"with_reply": True})
        _move(locked, and_status if as_staff else None, now)
        if not locked.is_closed:
            come_apart(actor=actor, ticket=locked)
        locked.save(update_fields=["merged_into", "assignee", *STATUS_FIELDS])
        _record_reply(locked, message, actor, before, "staff" if as_staff else "customer")
    return message


def add_note(*, actor: User, ticket: Ticket, body: str, form_key: UUID | None = None) -> Message:
    """Add an internal note, which only agents ever see. Changes nothing else: a note is no answer.

    Records `noted`. The same form sent again returns the note it made. Raises PermissionError unless actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        sent = _sent_before(form_key)
        if sent is not None and (sent.ticket_id, sent.author_id) == (locked.pk, actor.pk):
            return sent
        now = timezone.now()
        message = _add_message(locked, actor, body, Channel.PORTAL, MessageKind.NOTE, None if sent else form_key, now)
        attach_uploads(message, form_key)
        locked.last_activity_at = now
        locked.save(update_fields=["last_activity_at"])
        record_event(EventKind.NOTED, locked, actor=actor, message=message)
    return message


class _LedElsewhere(Exception):
    """While its lock was waited for, the ticket was merged or taken apart."""


def _lock_where_to_write(actor: User, ticket: Ticket, *, as_staff: bool) -> Ticket:
    """The ticket to write on, locked. Where it turns out that the words belong on another one, its lock is let go
    before that one's is waited for: whoever merges holds both."""
    place = ticket
    while True:
        with suppress(_LedElsewhere), transaction.atomic():
            locked = lock_ticket(place)
            if place == ticket and locked.merged_into_id is None:
                return locked
            place = _where_to_write(actor, ticket, as_staff=as_staff)
            if place == locked:
                return locked
            raise _LedElsewhere


def _move(ticket: Ticket, by_staff: Status | None, now: datetime) -> None:
    """What a customer says wakes a ticket, and makes it wait for us; what we say is the news they asked for."""
    move_to(ticket, by_staff or status_when_ours(ticket), now)
    if by_staff is None:
        ticket.snoozed_until = None
    else:
        ticket.nudged_at = None


def _where_to_write(actor: User, ticket: Ticket, *, as_staff: bool) -> Ticket:
    leading = where_it_leads(ticket)
    if leading.pk == ticket.pk:
        return ticket
    may = works_on(actor, leading) if as_staff else takes_part(actor, leading)
    return leading if may else ticket


def _is_dictated(actor: User, ticket: Ticket, channel: Channel) -> bool:
    """Words that somebody else put down in the requester's name, a guest or an agent on the phone. Like filing, they
    are taken whatever has become of the requester's account."""
    return channel in (Channel.GUEST, Channel.PHONE) and same_person(actor, ticket.requester)


def _sent_before(form_key: UUID | None) -> Message | None:
    sent: Message | None = Message.objects.filter(submission_key=form_key).first() if form_key else None
    return sent


def _add_message(
    ticket: Ticket,
    author: User,
    body: str,
    channel: Channel,
    kind: MessageKind,
    form_key: UUID | None,
    at: datetime,
    by_mail: ByMail | None = None,
    public_at: datetime | None = None,
) -> Message:
    message: Message = Message.objects.create(
        ticket=ticket,
        author=author,
        body=body,
        channel=channel,
        kind=kind,
        submission_key=form_key,
        created_at=at,
        public_at=public_at,
        **asdict(by_mail or ByMail()),
    )
    return message


def _add_thanks(ticket: Ticket, message: Message, actor: User, now: datetime) -> Message:
    """A guess that staff see and can undo by reopening: nobody has to answer this."""
    ticket.last_activity_at = now
    ticket.save(update_fields=["last_activity_at"])
    data = {"by": "customer", "status": str(ticket.status), "closed": False, "reopened": False, "thanks": True}
    record_event(EventKind.REPLIED, ticket, actor=actor, message=message, data=data)
    return message


def _record_reply(ticket: Ticket, message: Message, actor: User, before: dict[str, Any], by: str) -> None:
    was_closed = before["status"] == Status.CLOSED
    closed = ticket.is_closed and not was_closed
    reopened = was_closed and not ticket.is_closed
    data = {"by": by, "status": str(ticket.status), "closed": closed, "reopened": reopened}
    if message.public_at is not None:
        data |= {"before": before, "after": standing(ticket)}
    record = partial(record_event, ticket=ticket, actor=actor, at=message.created_at, due_at=message.public_at)
    record(EventKind.REPLIED, message=message, data=data)
    if closed or reopened:
        kind = EventKind.CLOSED if closed else EventKind.REOPENED
        # Bound to a reply that can be taken back, and then as if it had not been.
        record(kind, message=message if message.public_at else None, data={"by": by, "with_reply": True})
