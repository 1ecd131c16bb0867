"""Deliveries (one outgoing mail to one person), on the embedded default the mails themselves; the ledger of incoming
mails and where they come from."""

from notifications.models.addresses import MailAddress
from notifications.models.deliveries import Delivery
from notifications.models.digests import DigestChoice, DigestItem
from notifications.models.incoming import IncomingMail, RawMail
from notifications.models.kept import KeptMail
from notifications.models.mailboxes import Mailbox, MissedMail
from notifications.models.morning import MorningChoice
from notifications.models.muting import MutedMail
from notifications.models.senders import BouncingAddress, SenderRule
from notifications.models.settings import MailSettings, MailWording

__all__ = [
    "BouncingAddress",
    "Delivery",
    "DigestChoice",
    "DigestItem",
    "IncomingMail",
    "KeptMail",
    "MailAddress",
    "MailSettings",
    "MailWording",
    "Mailbox",
    "MissedMail",
    "MorningChoice",
    "MutedMail",
    "RawMail",
    "SenderRule",
]
