"""What the mails about service messages say, as things are when they are sent."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import AccountEvent
from accounts.scoping import current_tenant
from knowledge.enums import Standing
from knowledge.models import ServiceUpdate
from knowledge.queries.subscribers import subscribers_of
from knowledge.subscription_links import LIFE, confirmation_link
from notifications.addresses import body_text, header_line
from notifications.enums import MailKind, Trouble
from notifications.facts import Refused
from notifications.naming import moment_in_words

Values = dict[str, Any]


def _subscription(event: AccountEvent) -> Values:
    return {"confirm_link": confirmation_link(event), "days": LIFE.days}


def _service_message(event: AccountEvent) -> Values:
    """Raises Refused when the person has ended the subscription, or may not read the message (any more)."""
    updates = ServiceUpdate.objects.select_related("service_message").filter(pk=event.data.get("update"))
    update = updates.first()
    if update is None or not subscribers_of(update.service_message).filter(user=event.user).exists():
        raise Refused(Trouble.SETTLED)
    message = update.service_message
    services = [header_line(row.service.name) for row in message.affected.select_related("service")]
    words = update.text or ("" if update.is_end else message.body)
    return {
        "message_title": header_line(message.title),
        "message_kind": message.get_kind_display(),
        "message_severity": message.get_severity_display(),
        "over": update.is_end,
        "is_coming": message.stands(update.created_at) == Standing.COMING,
        "text": body_text(words).strip(),
        "services": services,
        "starts": moment_in_words(message.starts_at),
        "ends": moment_in_words(message.ends_at) if message.ends_at else "",
        "link": current_tenant().url(reverse("service_message", args=[message.pk])),
    }


SERVICE_MAILS: dict[MailKind, Callable[[AccountEvent], Values]] = {
    MailKind.SUBSCRIPTION: _subscription,
    MailKind.SERVICE_MESSAGE: _service_message,
}
