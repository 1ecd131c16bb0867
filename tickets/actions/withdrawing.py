from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.actions.attaching import detach_uploads
from tickets.actions.handing_over import release_if_departed
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Message, TicketEvent
from tickets.rules import STATUS_FIELDS, require_agent, stand_again


class TooLate(ValueError):
    """The reply is public, or somebody is being told of it."""


def withdraw_reply(*, actor: User, message: Message, form_key: UUID | None = None) -> Message:
    """Take back a reply that is not public yet: nobody was told of it, and nobody will be. Only for its author.

    The ticket stands again as it did before the reply, but for what somebody has changed since. The reply's files are
    kept under `form_key`, so that the words can be sent again with them. Records `reply_withdrawn`; nothing happens to
    one that was taken back before. Raises PermissionError for everybody else, TooLate once it is out.
    """
    require_agent(actor)
    with transaction.atomic():
        ticket = lock_ticket(message.ticket)
        kept: Message = Message.objects.select_for_update().get(pk=message.pk)
        if kept.author_id != actor.pk:
            raise PermissionError("Only who wrote a reply takes it back")
        if kept.withdrawn_at is not None:
            return kept
        now = timezone.now()
        if kept.public_at is None or kept.public_at <= now:
            raise TooLate
        # The worker's own mark decides, in one step: who sets it first has the reply.
        told = TicketEvent.objects.filter(message=kept, kind=EventKind.REPLIED)
        if not told.filter(fanned_out_at=None).update(fanned_out_at=now):
            raise TooLate
        TicketEvent.objects.filter(message=kept, fanned_out_at=None).update(fanned_out_at=now)
        data = told.get().data
        stand_again(ticket, data["before"], data["after"])
        if not ticket.is_closed:
            release_if_departed(ticket)
        ticket.save(update_fields=["assignee", *STATUS_FIELDS])
        detach_uploads(kept, form_key)
        # Without its form's key: the same form sent once more is a new reply.
        kept.withdrawn_at, kept.submission_key = now, None
        kept.save(update_fields=["withdrawn_at", "submission_key"])
        files = {"files_of": str(form_key)} if form_key else {}
        record_event(EventKind.REPLY_WITHDRAWN, ticket, actor=actor, message=kept, data=files)
    return kept
