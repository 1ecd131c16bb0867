from django.db import transaction
from django.utils import timezone

from accounts.models import User
from routing.choosing import choose
from routing.facts import Decision
from routing.models import Department
from routing.queries import load_arrangement
from tickets.actions.handing_over import transfer
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import FieldAnswer, HelpTopic, Ticket
from tickets.routing_facts import facts_at_filing
from tickets.rules import require_agent


def set_topic(*, actor: User, ticket: Ticket, topic: HelpTopic, route_again: bool = False) -> Ticket:
    """Say that a ticket is about something else. It keeps all its answers, those to questions the new topic does not
    ask as well, and its department, unless it is to be routed again: then it goes where it would go if it were filed
    under the new topic now. Nothing else that rules do is done again.

    Records `topic_changed` with both names, and with the reasons where it was routed again; and `transferred` where it
    goes elsewhere. Nothing happens when it is about
    that already. Raises PermissionError unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        if locked.topic_id == topic.pk:
            return locked
        before = locked.topic
        # Asked before the topic is changed: the ticket itself is no earlier communication about it.
        decision = _decide_now(locked, topic) if route_again else None
        department = _open_department(decision)
        locked.topic, locked.last_activity_at = topic, timezone.now()
        locked.save(update_fields=["topic", "last_activity_at"])
        data = {
            "topic": topic.pk,
            "from_sv": before.name_sv if before else "",
            "from_en": before.name_en if before else "",
            "to_sv": topic.name_sv,
            "to_en": topic.name_en,
        }
        if decision is not None and department is not None:
            data |= {
                "department": department.name,
                "reasons": [reason.as_data() for reason in decision.reasons],
                "facts": {"topic": topic.slug},
            }
        record_event(EventKind.TOPIC_CHANGED, locked, actor=actor, data=data)
        if department is not None:
            locked = transfer(actor=actor, ticket=locked, department=department, by_rules=True)
    return locked


def _decide_now(ticket: Ticket, topic: HelpTopic) -> Decision:
    """Where the ticket would go under this topic, and why."""
    first = ticket.messages.order_by("pk").first()
    answers = FieldAnswer.objects.filter(ticket=ticket, field__isnull=False).select_related("field")
    facts = facts_at_filing(
        requester=ticket.requester,
        topic=topic,
        subject=ticket.subject,
        body=first.body if first else "",
        channel=ticket.channel,
        answers={answer.field: answer.value for answer in answers if answer.field},
        priority=ticket.priority,
    )
    return choose(facts, load_arrangement())


def _open_department(decision: Decision | None) -> Department | None:
    """The department decided on; None where it takes nothing any more, or nothing was decided."""
    if decision is None:
        return None
    found: Department | None = Department.objects.filter(pk=decision.department_id, is_active=True).first()
    return found
