"""Mails that a mailbox's server did not hand out: put aside, so that they hold no other up, and tried again."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from notifications.models import Mailbox, MissedMail

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
AT_ONCE = 200  # tried again in one turn


def put_aside(mailbox: Mailbox, uids: Collection[int]) -> None:
    """Remember mails that could not be fetched; they are tried again with the next look. Twice is once."""
    now = timezone.now()
    missed = [MissedMail(mailbox=mailbox, uid=uid, next_attempt_at=now) for uid in uids]
    MissedMail.objects.bulk_create(missed, ignore_conflicts=True)


def done_with(mailbox: Mailbox, uids: Collection[int]) -> None:
    """Forget mails that are fetched by now, or gone."""
    MissedMail.objects.filter(mailbox=mailbox, uid__in=uids).delete()


def mails_to_retry(mailbox: Mailbox) -> list[MissedMail]:
    """Those whose time has come, who waits longest first."""
    due = MissedMail.objects.filter(mailbox=mailbox, next_attempt_at__lte=timezone.now())
    return list(due.order_by("next_attempt_at", "uid")[:AT_ONCE])


def retried(missed: MissedMail) -> None:
    """Write down that a mail is being tried again; next time after twice as long."""
    wait = min(FIRST_WAIT * 2 ** min(missed.attempts, 12), LONGEST_WAIT)
    missed.attempts += 1
    missed.next_attempt_at = timezone.now() + wait
    missed.save(update_fields=["attempts", "next_attempt_at"])
