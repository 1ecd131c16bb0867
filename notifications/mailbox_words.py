"""A mailbox's trouble as people read it."""

from django.utils.translation import gettext as _

from notifications.enums import MailboxTrouble
from notifications.models import Mailbox


def trouble_in_words(mailbox: Mailbox) -> str:
    """What is wrong with the mailbox, and the server's own words after it; empty where nothing is."""
    kind, _colon, reply = mailbox.trouble.partition(":")
    if kind not in MailboxTrouble.values:
        return mailbox.trouble
    words, reply = str(MailboxTrouble(kind).label), reply.strip()
    return _("%(trouble)s The mail server said: %(reply)s") % {"trouble": words, "reply": reply} if reply else words
