"""Whether every mailbox is read, and mail comes as usual; whoever can mend it is told once of each trouble."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent
from accounts.queries.people import active_administrators
from notifications.enums import MailboxTrouble
from notifications.mailbox_words import TOLD_AFTER
from notifications.models import Mailbox

log = logging.getLogger(__name__)


def watch_mailboxes() -> None:
    """Tell the portal's administrators of mailboxes that could not be read for a quarter of an hour, and of those where
    nothing has come for longer than is usual: once, and again only after it was well in between."""
    for mailbox in Mailbox.objects.filter(is_active=True):
        kind = trouble_of(mailbox, timezone.now())
        if kind is not None and mailbox.told_at is None:
            _tell(mailbox, kind)
        elif kind is None and mailbox.told_at is not None:
            Mailbox.objects.filter(pk=mailbox.pk).update(told_at=None)


def trouble_of(mailbox: Mailbox, now: datetime) -> MailboxTrouble | None:
    """What people are to be told of a mailbox; None where all is well or will soon be."""
    if mailbox.failing_since is not None:
        kind = mailbox.trouble.partition(":")[0]
        known = MailboxTrouble(kind) if kind in MailboxTrouble.values else MailboxTrouble.AWAY
        return known if now - mailbox.failing_since >= TOLD_AFTER else None
    last = mailbox.last_mail_at or mailbox.created_at
    if mailbox.quiet_hours and now - last > timedelta(hours=mailbox.quiet_hours):
        return MailboxTrouble.QUIET
    return None


def _tell(mailbox: Mailbox, kind: MailboxTrouble) -> None:
    data = {"mailbox": mailbox.pk, "name": mailbox.name, "trouble": kind.value, "detail": mailbox.trouble}
    with transaction.atomic():
        won = Mailbox.objects.filter(pk=mailbox.pk, told_at=None).update(told_at=timezone.now())
        if not won:
            return
        for person in active_administrators():
            AccountEvent.objects.create(user=person, kind=AccountEventKind.MAILBOX_FAILED, data=data)
    log.warning("Mailbox %s: %s", mailbox.pk, kind.label)
