from accounts.models import User
from tickets.models import Message, Reading, Ticket


def mark_read(*, actor: User, ticket: Ticket, message: Message | None) -> None:
    """Remember that `actor` has read a ticket up to `message`. Never moves back; writes only when there is news.

    `ticket` was fetched with `read_until` (`tickets.queries.with_read_until`).
    """
    seen = getattr(ticket, "read_until", 0)
    if message is None or message.pk <= seen:
        return
    if seen:
        Reading.objects.filter(ticket=ticket, user=actor, message_id__lt=message.pk).update(message=message)
    else:
        Reading.objects.bulk_create([Reading(ticket=ticket, user=actor, message=message)], ignore_conflicts=True)
