from accounts.models import User
from tickets.models import Message, Reading, Ticket
from tickets.queries import is_public


def mark_read(*, actor: User, ticket: Ticket, message: Message | None, staff: bool = False) -> None:
    """Remember that `actor` has read a ticket up to `message`. Never moves back; writes only when there is news.

    `ticket` was fetched with `read_until` (`tickets.queries.with_read_until`). A customer has not read what stands
    before `message` and is not public yet; that will be news to them.
    """
    seen = getattr(ticket, "read_until", 0)
    if message is not None and message.pk > seen and not staff:
        message = _before_what_is_pending(ticket, message)
    if message is None or message.pk <= seen:
        return
    if seen:
        Reading.objects.filter(ticket=ticket, user=actor, message_id__lt=message.pk).update(message=message)
    else:
        Reading.objects.bulk_create([Reading(ticket=ticket, user=actor, message=message)], ignore_conflicts=True)


def _before_what_is_pending(ticket: Ticket, message: Message) -> Message | None:
    earlier = Message.objects.filter(ticket=ticket, pk__lt=message.pk, withdrawn_at=None).order_by("pk")
    pending = earlier.exclude(is_public()).first()
    return message if pending is None else earlier.filter(pk__lt=pending.pk).last()
