"""Who is sending a mail right now. A lease is taken, and every later step taken, by a conditional UPDATE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from notifications.enums import DeliveryState, Stage
from notifications.facts import LeaseLost
from notifications.models import Delivery

STEPS_OF_A_SEND = 9  # connect, greeting, EHLO, STARTTLS, sign-in, MAIL, RCPT, DATA, the final dot


def lease_time() -> timedelta:
    """Longer than a send can take whose every step just makes its time limit."""
    return timedelta(seconds=settings.MAIL_TIMEOUT * STEPS_OF_A_SEND)


@dataclass(frozen=True)
class Lease:
    """The right to send one delivery. Worthless once it has run out, because somebody else may have it then."""

    delivery_id: int
    holder: UUID
    attempts: int

    def enter_talking(self) -> None:
        """Commit that from here on the mail may leave us. Raises LeaseLost when it is no longer ours to send."""
        now = timezone.now()
        mine = Delivery.objects.filter(
            pk=self.delivery_id, holder=self.holder, state=DeliveryState.SENDING, lease_until__gt=now
        )
        if not commit(mine, stage=Stage.TALKING, lease_until=now + lease_time()):
            raise LeaseLost

    def settle(self, state: DeliveryState, **changes: Any) -> bool:
        """Write down how the send ended and give the lease back. False when somebody else has taken over."""
        # No look at state and time: who comes back late with the server's answer knows better than whoever guessed
        # meanwhile (`recover`), as long as nobody else has begun.
        mine = Delivery.objects.filter(pk=self.delivery_id, holder=self.holder)
        return commit(mine, state=state, stage="", lease_until=None, holder=None, **changes)

    def recover(self, now: datetime, state: DeliveryState, **changes: Any) -> bool:
        """Take a delivery out of the hands of a holder whose lease has run out. False when somebody else did."""
        lost = Delivery.objects.abandoned(now).filter(pk=self.delivery_id, holder=self.holder)
        return commit(lost, state=state, stage="", lease_until=None, **changes)


def claim(delivery: Delivery, *, address: str, now: datetime | None = None) -> Lease | None:
    """Take a due delivery for sending to `address`; None when somebody else was faster or it is no longer due."""
    now = now or timezone.now()
    holder = uuid4()
    due = Delivery.objects.due(now).filter(pk=delivery.pk)
    as_read = due.filter(attempts=delivery.attempts, unheard=delivery.unheard, give_up_at=delivery.give_up_at)
    if _take(as_read, holder, address, now):  # nothing has happened to it since it was read: no need to read it again
        delivery.attempts, delivery.address = delivery.attempts + 1, address
    elif _take(due, holder, address, now):
        delivery.refresh_from_db(fields=["attempts", "unheard", "give_up_at", "address"])
    else:
        return None
    return Lease(delivery.pk, holder, delivery.attempts)


def _take(rows: QuerySet[Delivery], holder: UUID, address: str, now: datetime) -> bool:
    return commit(
        rows,
        state=DeliveryState.SENDING,
        stage=Stage.CLAIMED,
        holder=holder,
        lease_until=now + lease_time(),
        next_attempt_at=None,
        attempts=F("attempts") + 1,
        address=address,
    )


def commit(rows: QuerySet[Any], **changes: Any) -> bool:
    """Change these rows, as a transaction of its own. Whether there were any. Raises RuntimeError inside another
    transaction, whose end alone would commit it."""
    if transaction.get_autocommit():  # one statement is one transaction: to begin and to end it need not be said
        return bool(rows.update(**changes))
    with transaction.atomic(durable=True):
        return bool(rows.update(**changes))
