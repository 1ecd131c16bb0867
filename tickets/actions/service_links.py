"""What joins topics and tickets to service messages (I1)."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import require_administrator
from knowledge.models import Service, ServiceMessage
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.known_trouble import waiting_links
from tickets.locking import lock_ticket, same_person
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

    Records `service_linked`, which staff read. Raises PermissionError when `as_staff` and the actor is no agent, or
    else neither filed the ticket nor takes part in it. The caller has asked whether the actor may read the message.
    """
    if as_staff:
        require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if not as_staff and not same_person(actor, locked.requester):  # like filing, whatever became of their account
            require_part(actor, locked)
        _row, is_new = TicketServiceMessage.objects.get_or_create(
            ticket=locked, service_message=message, defaults={"linked_by": actor, "created_at": timezone.now()}
        )
        if is_new:
            _record(EventKind.SERVICE_LINKED, actor, locked, message)
    return is_new


def unlink_from_service_message(*, actor: User, ticket: Ticket, message: ServiceMessage) -> bool:
    """Say that it is about something else, as long as the two have not been answered together. Records
    `service_unlinked`. Returns False where there was nothing to undo. Raises PermissionError unless by an agent."""
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        rows = TicketServiceMessage.objects.filter(ticket=locked, service_message=message, answered_at=None)
        was_linked = bool(rows.delete()[0])
        if was_linked:
            _record(EventKind.SERVICE_UNLINKED, actor, locked, message)
    return was_linked


def carry_links(*, actor: User, ticket: Ticket, into: Ticket) -> None:
    """Let a ticket that others are merged into be about what they wait to be answered about. Records `service_linked`
    for what it was not about before."""
    for link in waiting_links().filter(ticket=ticket).select_related("service_message").order_by("pk"):
        link_to_service_message(actor=actor, ticket=into, message=link.service_message, as_staff=True)


def _record(kind: EventKind, actor: User, ticket: Ticket, message: ServiceMessage) -> None:
    titles = {"title_sv": message.title_sv, "title_en": message.title_en}
    record_event(kind, ticket, actor=actor, data={"service_message": message.pk, **titles})
