from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import HelpTopic, Ticket
from tickets.rules import require_agent


def set_topic(*, actor: User, ticket: Ticket, topic: HelpTopic) -> Ticket:
    """Say that a ticket is about something else. It stays in its department with all its answers, those to questions
    the new topic does not ask as well.

    Records `topic_changed` with both names. Nothing happens when it is about that already. Raises PermissionError
    unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.topic_id == topic.pk:
            return locked
        before = locked.topic
        locked.topic, locked.last_activity_at = topic, timezone.now()
        locked.save(update_fields=["topic", "last_activity_at"])
        data = {
            "topic": topic.pk,
            "from_sv": before.name_sv if before else "",
            "from_en": before.name_en if before else "",
            "to_sv": topic.name_sv,
            "to_en": topic.name_en,
        }
        record_event(EventKind.TOPIC_CHANGED, locked, actor=actor, data=data)
    return locked
