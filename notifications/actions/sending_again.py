import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.poking import poke_worker
from notifications.enums import DeliveryState
from notifications.models import Delivery
from notifications.rules import GIVE_UP_AFTER

log = logging.getLogger(__name__)


def send_again(*, actor: User, delivery: Delivery, now: datetime | None = None) -> bool:
    """Try a mail once more that failed, or of which nobody knows whether it arrived. Same mail, same Message-ID.

    It goes to the person's present address. Returns False, and does nothing, when it is in neither state (somebody else
    pressed first). Counted in `repeats`. Raises PermissionError unless the actor is an agent.
    """
    if not (actor.is_agent and actor.is_active):
        raise PermissionError("Only agents send mails again")
    now = now or timezone.now()
    stuck = Delivery.objects.filter(pk=delivery.pk, state__in=(DeliveryState.FAILED, DeliveryState.UNKNOWN))
    with transaction.atomic():
        won = stuck.update(
            state=DeliveryState.QUEUED,
            attempts=0,
            repeats=F("repeats") + 1,
            next_attempt_at=now,
            give_up_at=now + GIVE_UP_AFTER,
        )
        poke_worker()
    if won:
        log.info("Delivery %s is sent again at the wish of person %s", delivery.pk, actor.pk)
    return bool(won)
