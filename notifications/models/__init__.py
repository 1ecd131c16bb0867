"""Deliveries (one outgoing mail to one person) and, on the embedded default, the mails themselves."""

from notifications.models.deliveries import Delivery
from notifications.models.kept import KeptMail
from notifications.models.muting import MutedMail

__all__ = ["Delivery", "KeptMail", "MutedMail"]
