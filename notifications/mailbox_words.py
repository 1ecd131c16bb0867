"""A mailbox's trouble as people read it."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AccountEvent
from accounts.scoping import current_tenant
from notifications.addresses import header_line
from notifications.enums import MailboxTrouble, MailKind
from notifications.models import Mailbox

TOLD_AFTER = timedelta(minutes=15)  # a mail server that is started anew is nobody's business


def trouble_in_words(mailbox: Mailbox) -> str:
    """What is wrong with the mailbox, and the server's own words after it; empty where nothing is."""
    return in_words(mailbox.trouble)


def in_words(trouble: str) -> str:
    """A trouble as it is kept (`holding_mailboxes.trouble_text`), in words."""
    kind, _colon, reply = trouble.partition(":")
    if kind not in MailboxTrouble.values:
        return trouble
    words, reply = str(MailboxTrouble(kind).label), reply.strip()
    return _("%(trouble)s The mail server said: %(reply)s") % {"trouble": words, "reply": reply} if reply else words


def mailboxes_told_of() -> list[Mailbox]:
    """The mailboxes of whose trouble people were told, and that are not well yet; for the banner."""
    return list(Mailbox.objects.filter(is_active=True, told_at__isnull=False).only("name", "trouble", "failing_since"))


def _about_mailbox(event: AccountEvent) -> dict[str, Any]:
    data = event.data
    is_quiet = data.get("trouble") == MailboxTrouble.QUIET
    return {
        "mailbox_name": header_line(str(data.get("name", ""))),
        "trouble": str(MailboxTrouble.QUIET.label) if is_quiet else in_words(str(data.get("detail", ""))),
        "is_quiet": is_quiet,
        "link": current_tenant().url(reverse("mailbox", kwargs={"pk": data.get("mailbox", 0)})),
    }


MAILBOX_MAILS = {MailKind.MAILBOX_TROUBLE: _about_mailbox}
