"""Service messages as an Atom feed (RFC 4287), in the reader's language."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Tenant
from knowledge.enums import Standing
from knowledge.models import ServiceMessage


def feed_of(tenant: Tenant, found: Iterable[ServiceMessage]) -> Atom1Feed:
    """The feed; its ids stay the same when the portal moves to another host. `found`: with updates and services."""
    feed = Atom1Feed(
        title=_("Service messages of %s") % tenant.name,
        link=tenant.url(reverse("service_messages")),
        feed_url=tenant.url(reverse("service_feed")),
        description="",
        language=get_language() or "",
        feed_guid=_lasting_id(tenant, "service-messages"),
    )
    for message in found:
        updates = list(message.updates.all())
        words = [message.body, *(update.text for update in updates)]
        feed.add_item(
            title=_title(message),
            link=tenant.url(reverse("service_message", args=[message.pk])),
            description="\n\n".join(text for text in words if text),
            unique_id=_lasting_id(tenant, f"service-messages/{message.pk}"),
            pubdate=message.published_at,
            updateddate=updates[-1].created_at if updates else message.published_at,
            categories=[row.service.name for row in message.affected.all()],
        )
    return feed


def _title(message: ServiceMessage) -> str:
    state = _("Over") if message.stands() == Standing.OVER else message.get_kind_display()
    return f"{state}: {message.title}"


def _lasting_id(tenant: Tenant, name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant.slug}/{name}").urn
