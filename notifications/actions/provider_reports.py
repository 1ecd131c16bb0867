"""What a mail provider reports about a mail we sent through it (its webhooks, as anymail understands them)."""

import logging
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from notifications.actions.bouncing import mark_arrived, mark_bounced, mark_complained
from notifications.models import Delivery

BOUNCED = frozenset({"bounced", "rejected", "failed"})
log = logging.getLogger(__name__)


def take_report(event: Any) -> bool:
    """Write down what anymail's tracking event (`anymail.signals.AnymailTrackingEvent`) says of one of this portal's
    mails: that it arrived, came back, or is unwanted. Whatever else it may say (opened, delayed) counts for nothing.

    The mail is found by the provider's name for it, else by its Message-ID. Returns whether something is new; the same
    report again, one of another portal's mail, and one of an earlier copy change nothing.
    """
    delivery = _delivery(str(event.message_id or ""), event.recipient)
    if delivery is None:
        return False
    at = _moment(event.timestamp)
    if event.event_type == "delivered":
        return mark_arrived(delivery=delivery, at=at)
    if event.event_type == "complained":
        return mark_complained(delivery=delivery, at=at)
    if event.event_type in BOUNCED:
        return mark_bounced(delivery=delivery, words=_words(event), at=at)
    return False


def _delivery(name: str, recipient: str | None) -> Delivery | None:
    """Some providers name one mail to many alike: the recipient, where the report says it, must be the mail's."""
    if not 0 < len(name) <= 320:
        return None
    bracketed = name if name.startswith("<") else f"<{name}>"
    found = Delivery.objects.filter(Q(provider_id=name[:200]) | Q(message_id=bracketed))
    if recipient:
        found = found.filter(address__iexact=str(recipient).strip())
    delivery: Delivery | None = found.order_by("-pk").first()
    return delivery


def _moment(at: datetime | None) -> datetime:
    return at if at is not None and timezone.is_aware(at) else timezone.now()


def _words(event: Any) -> str:
    return str(event.mta_response or event.description or event.reject_reason or "")
