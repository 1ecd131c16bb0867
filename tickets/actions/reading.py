from accounts.models import User
from tickets.models import Message, Reading, Ticket


def mark_read(*, actor: User, ticket: Ticket, message: Message | None) -> None:
    """Remember that `actor` has read a ticket up to `message`. Never moves back; writes only when there is news."""
    if message is None:
        return
    moved = Reading.objects.filter(ticket=ticket, user=actor, message_id__lt=message.pk).update(message=message)
    if not moved and not Reading.objects.filter(ticket=ticket, user=actor).exists():
        Reading.objects.bulk_create([Reading(ticket=ticket, user=actor, message=message)], ignore_conflicts=True)
