"""Which service messages somebody reads, and which are told on every page."""

from datetime import datetime, timedelta

from django.db.models import Max

from accounts.models import Tenant, User
from knowledge.enums import Audience, Severity, Standing
from knowledge.models import ServiceMessage
from knowledge.models.service import LONGEST_NOTICE, ServiceMessageQuerySet
from knowledge.queries.readable import Rows, readable_by
from knowledge.seen import mark_of
from knowledge.service_drafts import MessageDraft

AT_ONCE = 50  # messages that can last at one time; more are not looked at
GRAVEST_FIRST = [Severity.DOWN, Severity.PARTLY, Severity.NOTICE]


def messages_for(reader: User | None) -> ServiceMessageQuerySet:
    """The published service messages that this reader (None: who is not signed in) may read."""
    return readable_by(ServiceMessage.objects.published(), reader)


def with_services(rows: Rows) -> Rows:
    """With the services they are about, for pages that name them."""
    return rows.prefetch_related("affected__service")


def told_on_pages(tenant: Tenant, reader: User | None, now: datetime) -> list[ServiceMessage]:
    """What this reader is told on every page: what is going on, the gravest first, and what is planned soon. Each with
    `last_update`, the id of what was told of it last.

    One query, and none at all while the portal has nothing to tell.
    """
    until = tenant.service_messages_until
    if until is None or until <= now:
        return []
    rows = messages_for(reader).filter(over_at=None, starts_at__lte=now + timedelta(days=LONGEST_NOTICE))
    found = rows.annotate(last_update=Max("updates__pk")).order_by("starts_at", "pk")[:AT_ONCE]
    told = [message for message in found if _is_told(message, now)]
    return sorted(told, key=lambda one: (one.starts_at > now, GRAVEST_FIRST.index(Severity(one.severity))))


def feed_messages(limit: int) -> list[ServiceMessage]:
    """The latest that everybody may read, with their updates, for the feed that anybody may fetch."""
    open_to_all = ServiceMessage.objects.published().filter(audience=Audience.EVERYBODY)
    return list(with_services(open_to_all).prefetch_related("updates").order_by("-published_at", "-pk")[:limit])


def _is_told(message: ServiceMessage, now: datetime) -> bool:
    standing = message.stands(now)
    soon = message.starts_at - timedelta(days=message.announced_days) <= now
    return standing == Standing.LASTING or (standing == Standing.COMING and soon)


def desk_messages(state: str, now: datetime) -> ServiceMessageQuerySet:
    """All the portal's service messages that stand so, for its staff."""
    everything: ServiceMessageQuerySet = ServiceMessage.objects.all()
    asked = {
        Standing.LASTING: everything.lasting(now),
        Standing.COMING: everything.coming(now),
        Standing.OVER: everything.over(now),
        Standing.DRAFT: everything.filter(published_at=None),
    }
    return asked[Standing(state)]


def draft_of(message: ServiceMessage) -> MessageDraft:
    """A service message as staff have written it."""
    names = ("kind", "severity", "title_sv", "title_en", "body_sv", "body_en", "starts_at", "ends_at")
    return MessageDraft(
        **{name: getattr(message, name) for name in (*names, "announced_days", "audience")},
        organisations=list(message.organisations.values_list("organisation_id", flat=True)),
        services=list(message.affected.values_list("service_id", flat=True)),
    )


def mark_of_message(message: ServiceMessage, draft: MessageDraft | None = None) -> str:
    """What changes whenever a service message does, or is published; with a draft, the mark it would have then."""
    return mark_of(draft or draft_of(message), message.published_at is not None)
