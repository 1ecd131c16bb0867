"""What joins topics and tickets to service messages (I1)."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from accounts.rules import require_administrator
from knowledge.models import Service, ServiceMessage
from tickets.locking import lock_ticket
from tickets.models import HelpTopic, Ticket, TicketServiceMessage, TopicService
from tickets.rules import require_agent, require_part


def set_topics_of_service(*, actor: User | None, service: Service, topics: Collection[HelpTopic]) -> None:
    """Which topics are about a service: whoever files on them is told first of what disturbs it. Raises PermissionError
    unless by an administrator."""
    require_administrator(actor)
    wanted = {topic.pk for topic in topics}
    with transaction.atomic():
        Service.objects.select_for_update().get(pk=service.pk)
        rows = TopicService.objects.filter(service=service)
        rows.exclude(topic__in=wanted).delete()
        there = set(rows.values_list("topic_id", flat=True))
        TopicService.objects.bulk_create(
            [TopicService(service=service, topic_id=key) for key in sorted(wanted - there)]
        )


def link_to_service_message(*, actor: User, ticket: Ticket, message: ServiceMessage, as_staff: bool = False) -> bool:
    """Note that a ticket is about what a service message tells of. Returns False where it was noted already.

    Raises PermissionError when `as_staff` and the actor is no agent, or else takes no part in the ticket. The caller
    has asked whether the actor may read the message.
    """
    if as_staff:
        require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if not as_staff:
            require_part(actor, locked)
        _row, is_new = TicketServiceMessage.objects.get_or_create(
            ticket=locked, service_message=message, defaults={"linked_by": actor}
        )
    return is_new


def unlink_from_service_message(*, actor: User, ticket: Ticket, message: ServiceMessage) -> bool:
    """Say that it is about something else, as long as the two have not been answered together. Returns False where
    there was nothing to undo. Raises PermissionError unless by an agent."""
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        rows = TicketServiceMessage.objects.filter(ticket=locked, service_message=message, answered_at=None)
        return bool(rows.delete()[0])
