"""What the mails about accounts say: for each kind the values its templates need, made anew each time it is sent."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.folding import mask_address
from accounts.models import AccountEvent
from accounts.tokens.addresses import address_link
from accounts.tokens.passwords import password_link
from notifications.alerts import about_alert
from notifications.booking_mails import BOOKING_MAILS
from notifications.digests import about_digest
from notifications.entry_mails import ENTRY_MAILS
from notifications.enums import MailKind
from notifications.mailbox_words import MAILBOX_MAILS
from notifications.models import Delivery
from notifications.mornings import about_morning
from notifications.reviews import about_reviews
from notifications.security_mails import SECURITY_MAILS
from notifications.service_mails import SERVICE_MAILS

Values = dict[str, Any]


def about_account(delivery: Delivery, event: AccountEvent) -> Values:
    """The values for a mail about an account: `event`, `person`, and what its kind adds. Links in it are secrets: they
    go to the delivery's address only and are never stored with the row."""
    add = _ADDED.get(MailKind(delivery.template))
    return {"event": event, "person": event.user} | (add(event) if add else {})


def _password(event: AccountEvent) -> Values:
    return {"password_link": password_link(event.user)}


def _address_requested(event: AccountEvent) -> Values:
    return {"address_link": address_link(event), "address": event.data["address"]}


def _address_changed(event: AccountEvent) -> Values:
    """For the old mailbox, which may be an employer's: enough of the new address for its owner to know it again."""
    return {
        "old": event.data["old"],
        "new": mask_address(event.data["new"]),
        "when": date_format(timezone.localtime(event.created_at), "DATETIME_FORMAT"),
    }


_ADDED: dict[MailKind, Callable[[AccountEvent], Values]] = {
    MailKind.PASSWORD: _password,
    MailKind.ADDRESS_REQUESTED: _address_requested,
    MailKind.ADDRESS_CHANGED: _address_changed,
    MailKind.DIGEST: about_digest,
    MailKind.ALERT: about_alert,
    MailKind.MORNING: about_morning,
    **SERVICE_MAILS,
    MailKind.REVIEWS: about_reviews,
    **ENTRY_MAILS,
    **SECURITY_MAILS,
    **MAILBOX_MAILS,
    **BOOKING_MAILS,
}
