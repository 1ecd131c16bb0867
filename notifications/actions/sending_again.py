import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions.inviting import invite_again
from accounts.enums import AccountEventKind
from accounts.facts import InvitationState
from accounts.models import AccountEvent, Invitation, User
from accounts.poking import poke_worker
from notifications.actions.fanning_out import message_id_for
from notifications.enums import DeliveryState, MailKind
from notifications.facts import Outlived, TooSoon
from notifications.models import Delivery
from notifications.rules import GIVE_UP_AFTER

WAIT = timedelta(seconds=60)
log = logging.getLogger(__name__)


def send_again(*, actor: User, delivery: Delivery, now: datetime | None = None) -> bool:
    """Send a mail once more that failed or of which nobody knows whether it arrived; one about an account also when it
    was sent, because filters keep such mails (I7).

    It goes to the person's present address, and links in it are made anew. What was never taken by a server keeps its
    Message-ID; what was gets another one, because mail programs hide what they think they have shown already. For an
    invitation that has run out a new mail is made, and its time begins anew. Counted in `repeats`.
    Returns False, and does nothing, when it is on its way or was a ticket's that has been sent, and when its invitation
    was accepted or withdrawn. Raises TooSoon within a minute of the last time, Outlived for a code that has run out,
    NoPlaceLeft for an invitation whose place was given away, PermissionError unless the actor is an agent.
    """
    if not (actor.is_agent and actor.is_active):
        raise PermissionError("Only agents send mails again")
    now = now or timezone.now()
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(of=("self",)).with_event().get(pk=delivery.pk)
        if locked.is_outlived:
            raise Outlived
        if not locked.can_be_sent_again:
            return False
        _require_waited(locked, now)
        invitation = _invitation(locked)
        if invitation is not None and invitation.state != InvitationState.OPEN:
            return invite_again(actor=actor, invitation=invitation)
        Delivery.objects.filter(pk=locked.pk).update(**_queued_anew(locked, now))
        poke_worker()
    log.info("Delivery %s is sent again at the wish of person %s", delivery.pk, actor.pk)
    return True


def _require_waited(delivery: Delivery, now: datetime) -> None:
    """The first try to help is not held up; only what has just been sent, or sent again."""
    invited = AccountEvent.objects.filter(user=delivery.recipient_id, kind=AccountEventKind.INVITED).order_by("-pk")
    latest = invited.first() if delivery.template == MailKind.INVITATION else None
    if delivery.state != DeliveryState.SENT and not delivery.repeats and (latest is None or latest == delivery.event):
        return
    moments = (delivery.give_up_at - GIVE_UP_AFTER, delivery.sent_at, latest and latest.created_at)
    last = max(moment for moment in moments if moment is not None)
    if now - last < WAIT:
        raise TooSoon(max(1, int((WAIT - (now - last)).total_seconds())))


def _invitation(delivery: Delivery) -> Invitation | None:
    key = delivery.event.data.get("invitation") if delivery.template == MailKind.INVITATION else None
    found: Invitation | None = Invitation.objects.filter(pk=key).first() if key else None
    return found


def _queued_anew(delivery: Delivery, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "repeats": F("repeats") + 1,
        "next_attempt_at": now,
        "give_up_at": now + GIVE_UP_AFTER,
    }
    if delivery.state == DeliveryState.SENT or delivery.bounced_at is not None:
        copy = message_id_for(delivery.event, delivery.recipient, copy=delivery.repeats + 1)
        changes |= {"sent_at": None, "unheard": 0, "message_id": copy, "arrived_at": None, "bounced_at": None}
    return changes
