"""What is going on with the services a topic is about, told before somebody files on it; and which tickets are about
a service message."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Tenant, User
from knowledge.models import ServiceMessage, ServiceUpdate
from knowledge.queries.service_messages import messages_for
from tickets.models import HelpTopic, SharedAnswer, Ticket, TicketServiceMessage
from tickets.queries import desk_tickets

BEFORE = timedelta(hours=2)  # people often notice a disturbance before anybody can tell of it
LIKELY = 100
LATELY = timedelta(days=7)  # so long tickets about it still come in
OFFERED = 5
TOLD_FOR = timedelta(days=1)


def known_trouble(tenant: Tenant, topic: HelpTopic, reader: User | None, now: datetime) -> list[ServiceMessage]:
    """The service messages that last now, that this reader may read, about a service of the topic. No query while the
    portal has nothing to tell."""
    until = tenant.service_messages_until
    if until is None or until <= now:
        return []
    about = messages_for(reader).lasting(now).filter(affected__service__topics__topic=topic)
    return list(about.distinct().order_by("starts_at", "pk")[:5])


def links_of(ticket: Ticket, reader: User | None) -> QuerySet[TicketServiceMessage]:
    """The service messages a ticket is about, as far as this reader may read them."""
    readable = messages_for(reader).order_by().values("pk")
    rows = TicketServiceMessage.objects.filter(ticket=ticket, service_message__in=readable)
    return rows.select_related("service_message").order_by("pk")


def waiting_links() -> QuerySet[TicketServiceMessage]:
    """What is still to be answered: what was not, or only before the service message was over, if it was so later."""
    later = ServiceUpdate.objects.filter(
        service_message=OuterRef("service_message"), is_end=True, created_at__gt=OuterRef("answered_at")
    )
    rows: QuerySet[TicketServiceMessage] = TicketServiceMessage.objects.filter(Q(answered_at=None) | Exists(later))
    return rows


def waiting_together(agent: User, message: ServiceMessage) -> list[int]:
    """The ids of the open tickets this agent sees that are linked and wait for an answer that is not on its way yet,
    the oldest first."""
    waiting = waiting_links().filter(service_message=message, shared_answer=None).values("ticket")
    seen = desk_tickets(agent).filter(pk__in=waiting, closed_at=None)
    return list(seen.order_by("pk").values_list("pk", flat=True))


def last_shared_answer(agent: User, message: ServiceMessage, now: datetime) -> SharedAnswer | None:
    """What this agent last answered to the tickets about a service message, while it is given and for a day after."""
    rows = SharedAnswer.objects.filter(service_message=message, created_by=agent)
    fresh = rows.filter(Q(ended_at=None) | Q(ended_at__gt=now - TOLD_FOR))
    found: SharedAnswer | None = fresh.order_by("-pk").first()
    return found


def messages_to_link(ticket: Ticket, agent: User, now: datetime) -> list[ServiceMessage]:
    """The service messages that an agent may say a ticket is about: what lasts, and what was over lately."""
    lately = Q(over_at__isnull=True, ends_at__isnull=True) | Q(over_at__gte=now - LATELY)
    lately |= Q(over_at__isnull=True, ends_at__gte=now - LATELY)
    rows = messages_for(agent).filter(lately, starts_at__lte=now).exclude(tickets__ticket=ticket)
    return list(rows[:OFFERED])


def linked_tickets(agent: User, message: ServiceMessage) -> QuerySet[Ticket]:
    """Those an agent sees of the tickets that are about a service message."""
    return desk_tickets(agent).filter(service_messages__service_message=message)


def likely_tickets(agent: User, message: ServiceMessage) -> QuerySet[Ticket]:
    """Open tickets the agent sees on topics of the affected services, filed while it lasted, that are not linked."""
    rows = desk_tickets(agent).filter(
        closed_at=None,
        created_at__gte=message.starts_at - BEFORE,
        topic__services__service__affected_by__service_message=message,
    )
    if message.ended_at is not None:
        rows = rows.filter(created_at__lte=message.ended_at)
    return rows.exclude(service_messages__service_message=message).distinct()
