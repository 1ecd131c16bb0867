"""Who is reading a mail right now."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from notifications.enums import MailReason, MailState
from notifications.facts import LeaseLost
from notifications.locking import commit
from notifications.models import IncomingMail
from notifications.rules import wait_after

LEASE = timedelta(minutes=2)  # many times what the slowest mail takes
_UNSETTLED = (MailState.WAITING, MailState.FAILED)


@dataclass(frozen=True)
class MailLease:
    """The right to settle one mail, until somebody else has taken it over."""

    mail_id: int
    holder: UUID
    attempts: int

    def settle(self, **changes: Any) -> None:
        """Write down what became of the mail, inside the transaction of the change itself. Raises LeaseLost, so that
        the change is undone, when the mail is in other hands by now."""
        now = timezone.now()
        done = {"processed_at": now, "next_attempt_at": None, "holder": None, "lease_until": None}
        if not self._mine().update(**changes, **done):
            raise LeaseLost

    def fail(self, *, detail: str) -> None:
        """Write down that the mail could not be read; it is tried again, later each time."""
        with transaction.atomic():
            self._mine().update(
                state=MailState.FAILED,
                reason=MailReason.BROKEN,
                detail=detail[:500],
                next_attempt_at=timezone.now() + wait_after(self.attempts),
                holder=None,
                lease_until=None,
            )

    def _mine(self) -> QuerySet[IncomingMail]:
        return IncomingMail.objects.filter(pk=self.mail_id, holder=self.holder, state__in=_UNSETTLED)


def claim_mail(mail: IncomingMail) -> MailLease | None:
    """Take a due mail for reading; None when somebody else was faster.

    It is due again when the lease is over, so that nothing has to be done about a worker that died. If one did before,
    the mail shows as failed from here on, and rests longer each time.
    """
    now, holder = timezone.now(), uuid4()
    attempts = mail.attempts + 1
    again = {"state": MailState.FAILED, "reason": MailReason.BROKEN} if mail.attempts else {}
    due = IncomingMail.objects.filter(pk=mail.pk, state__in=_UNSETTLED, next_attempt_at__lte=now)
    won = commit(
        due.filter(attempts=mail.attempts),
        **again,
        attempts=F("attempts") + 1,
        holder=holder,
        lease_until=now + LEASE,
        next_attempt_at=now + max(LEASE, wait_after(attempts)),
    )
    return MailLease(mail.pk, holder, attempts) if won else None
