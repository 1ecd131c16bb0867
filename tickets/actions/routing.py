"""What a decision of routing does to a ticket. Parts of the doors that route one; these hold its lock."""

from django.db.models import Count, Q

from accounts.models import User
from routing.enums import Assigns
from routing.facts import Decision, TicketFacts
from tickets.actions.following import CannotFollow, follow
from tickets.actions.tagging import add_tags
from tickets.enums import EventKind, Priority, Status
from tickets.events import new_event, record_event
from tickets.models import Ticket, TicketEvent
from tickets.priorities import Why
from tickets.routing_facts import kept_facts


def chosen_assignee(decision: Decision) -> User | None:
    """Whom the rules give the ticket: a certain agent, or whoever of the department has the fewest open tickets; of
    several, who has been here longest."""
    if decision.assigns == Assigns.PERSON:
        return User.objects.filter(pk=decision.assignee).first()
    if decision.assigns != Assigns.LEAST_LOADED:
        return None
    load = Count("assigned_tickets", filter=~Q(assigned_tickets__status=Status.CLOSED))
    found: User | None = User.objects.filter(pk__in=decision.members).annotate(load=load).order_by("load", "pk").first()
    return found


def priority_after(decision: Decision, start: Priority, why: Why) -> Priority:
    """The priority a ticket has after the rules: theirs, unless an agent chose one."""
    wanted = decision.priority if why != "agent" else ""
    return Priority(wanted) if wanted in Priority.values else start


def routed(ticket: Ticket, decision: Decision, facts: TicketFacts, why: Why) -> TicketEvent:
    """The event `routed`, to be recorded: the department, every step that led there, why the priority is what it is,
    and what was so."""
    by_rule = ticket.priority != facts.priority
    return new_event(
        EventKind.ROUTED,
        ticket,
        actor=None,
        data={
            "department": ticket.department.name,
            "department_id": ticket.department_id,
            "reasons": [reason.as_data() for reason in decision.reasons],
            "priority": {
                "value": ticket.priority,
                "why": "rule" if by_rule else why,
                "rule": decision.priority_by if by_rule else "",
            },
            "facts": kept_facts(facts),
        },
    )


def do_the_rest(ticket: Ticket, decision: Decision) -> None:
    """Say whom the ticket was given, tag it, and let agents follow it who can see it; others are left out."""
    if ticket.assignee is not None:
        record_event(
            EventKind.ASSIGNED,
            ticket,
            actor=None,
            data={"assignee": ticket.assignee.pk, "name": str(ticket.assignee), "rule": decision.assigned_by},
        )
    if decision.tags:
        add_tags(actor=None, ticket=ticket, names=decision.tags)
    for user in User.objects.filter(pk__in=decision.followers).order_by("pk"):
        try:
            follow(actor=None, ticket=ticket, user=user)
        except CannotFollow:
            continue
