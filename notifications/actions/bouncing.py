"""Mails that came back, and mails of which a provider says that they arrived."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.folding import fold_address
from accounts.models import User
from notifications.addresses import header_line
from notifications.enums import DESK_KINDS, DeliveryState, Stage, Trouble
from notifications.models import BouncingAddress, Delivery
from tickets.enums import EventKind
from tickets.events import record_event

WORDS = 500  # of the mail server's own that are kept
log = logging.getLogger(__name__)


def mark_bounced(*, actor: User | None = None, delivery: Delivery, words: str = "", at: datetime | None = None) -> bool:
    """Write down that a mail came back and will never arrive (RFC 3464: action "failed"; never call it for one that is
    only late). `words` are the mail server's own, `at` when it said so.

    The delivery has failed then, is shown so at its ticket, and can be sent again; its address is counted among those
    that bounce. Records `mail_returned` at the ticket where the mail was a customer's. Returns False, and changes
    nothing, when it was marked before, or when it has not left us since staff last had it sent again: then an earlier
    copy came back.
    """
    with transaction.atomic():
        locked = _lock(delivery)
        if locked.bounced_at is not None or not _has_left(locked):
            return False
        now = timezone.now()
        said = header_line(words)[:WORDS]
        moment = min(at or now, now)
        Delivery.objects.filter(pk=locked.pk).update(**_failed(said, moment))
        _count_bounce(locked.address, said, moment)
        _tell(delivery, said)
    log.info("Delivery %s came back", delivery.pk)
    return True


def mark_arrived(*, actor: User | None = None, delivery: Delivery, at: datetime | None = None) -> bool:
    """Write down that the recipient's mail server took a mail, as a provider reports.

    A mail whose end nobody had heard is sent by that, and its address bounces no more. A mail that came back before
    `at` did arrive after all. Returns False, and changes nothing, when that was known, or it came back later.
    """
    with transaction.atomic():
        locked = _lock(delivery)
        moment = min(at or timezone.now(), timezone.now())
        came_back = locked.bounced_at is not None and locked.bounced_at >= moment
        if locked.arrived_at is not None or came_back or not (locked.bounced_at or _has_left(locked)):
            return False
        Delivery.objects.filter(pk=locked.pk).update(**_arrived(locked, moment))
        BouncingAddress.objects.filter(key=fold_address(locked.address), last_at__lte=moment).delete()
    return True


def mark_complained(*, actor: User | None = None, delivery: Delivery, at: datetime | None = None) -> bool:
    """Write down that a mail's recipient reported it as unwanted; so it arrived. Returns False when that was known."""
    with transaction.atomic():
        locked = _lock(delivery)
        if locked.trouble == Trouble.COMPLAINED or locked.bounced_at is not None or not _has_left(locked):
            return False
        moment = min(at or timezone.now(), timezone.now())
        changes = _arrived(locked, locked.arrived_at or moment)
        Delivery.objects.filter(pk=locked.pk).update(**(changes | {"trouble": Trouble.COMPLAINED}))
    return True


def forget_bounces(*, actor: User, key: str) -> bool:
    """Staff say that an address works again. Returns whether it was among those that bounce. Agents only:
    PermissionError."""
    if not (actor.is_agent and actor.is_active):
        raise PermissionError("Only agents say that an address works again")
    deleted, _rows = BouncingAddress.objects.filter(key=fold_address(key)).delete()
    if deleted:
        log.info("Person %s says that an address works again", actor.pk)
    return bool(deleted)


def _lock(delivery: Delivery) -> Delivery:
    locked: Delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    return locked


def _has_left(delivery: Delivery) -> bool:
    """Whether the present copy may have left us."""
    if delivery.state == DeliveryState.SENDING:
        return bool(delivery.stage == Stage.TALKING)
    return bool(delivery.state in (DeliveryState.SENT, DeliveryState.UNKNOWN) or delivery.unheard)


def _failed(words: str, moment: datetime) -> dict[str, Any]:
    """Also where it is just being sent: whoever does it comes back without a lease, and what they heard is older."""
    return _ended(DeliveryState.FAILED, sent_at=None) | {
        "trouble": Trouble.BOUNCED,
        "server_reply": words,
        "bounced_at": moment,
        "arrived_at": None,
    }


def _arrived(delivery: Delivery, moment: datetime) -> dict[str, Any]:
    return _ended(DeliveryState.SENT, sent_at=delivery.sent_at or moment) | {
        "trouble": "",
        "server_reply": "",
        "bounced_at": None,
        "arrived_at": moment,
    }


def _ended(state: DeliveryState, *, sent_at: datetime | None) -> dict[str, Any]:
    return {
        "state": state,
        "sent_at": sent_at,
        "stage": "",
        "holder": None,
        "lease_until": None,
        "next_attempt_at": None,
    }


def _tell(delivery: Delivery, words: str) -> None:
    """Staff find their own mails in the list of mails; and nobody is told by a mail that may come back as well."""
    if delivery.ticket is not None and delivery.template not in DESK_KINDS:
        data = {"address": delivery.address, "words": words}
        record_event(EventKind.MAIL_RETURNED, delivery.ticket, actor=None, data=data)


def _count_bounce(address: str, words: str, moment: datetime) -> None:
    row, new = BouncingAddress.objects.get_or_create(
        key=fold_address(address), defaults={"bounces": 1, "first_at": moment, "last_at": moment, "words": words}
    )
    if not new:
        again = {"bounces": F("bounces") + 1, "last_at": Greatest("last_at", moment), "words": words}
        BouncingAddress.objects.filter(pk=row.pk).update(**again)
