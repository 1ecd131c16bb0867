"""What the mails about accounts say: for each kind the values its templates need, made anew each time it is sent."""

from collections.abc import Callable
from typing import Any

from accounts.models import AccountEvent
from accounts.tokens.passwords import password_link
from notifications.entry_mails import ENTRY_MAILS
from notifications.enums import MailKind
from notifications.models import Delivery

Values = dict[str, Any]


def about_account(delivery: Delivery, event: AccountEvent) -> Values:
    """The values for a mail about an account: `event`, `person`, and what its kind adds. Links in it are secrets: they
    go to the delivery's address only and are never stored with the row."""
    add = _ADDED.get(MailKind(delivery.template))
    return {"event": event, "person": event.user} | (add(event) if add else {})


def _password(event: AccountEvent) -> Values:
    return {"password_link": password_link(event.user)}


_ADDED: dict[MailKind, Callable[[AccountEvent], Values]] = {
    MailKind.PASSWORD: _password,
    **ENTRY_MAILS,
}
