"""Who is mailed service messages."""

from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import User
from knowledge.enums import Audience
from knowledge.models import ServiceMessage, ServiceSubscription


def subscribers_of(message: ServiceMessage) -> QuerySet[ServiceSubscription]:
    """The subscriptions of those who may read the message: what `readable_by` says of one reader, asked of all.
    Whoever is not let in, or no longer, reads what everybody may."""
    rows: QuerySet[ServiceSubscription] = ServiceSubscription.objects.all()
    if message.audience == Audience.EVERYBODY:
        return rows
    staff = ~Q(user__role=Role.CUSTOMER)
    theirs = {
        Audience.SIGNED_IN: Q(),
        Audience.ORGANISATIONS: staff
        | Q(user__organisation__in=message.organisations.values_list("organisation_id", flat=True)),
        Audience.STAFF: staff,
    }
    return rows.filter(theirs[Audience(message.audience)], user__is_active=True)


def is_subscribed(person: User) -> bool:
    return bool(ServiceSubscription.objects.filter(user=person).exists())
