import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from notifications.addresses import ascii_address
from notifications.composing import compose
from notifications.enums import DESK_KINDS, FOR_OUTSIDERS, DeliveryState, Stage, Trouble
from notifications.facts import LeaseLost, Letter, NotSent, Refused, ServerAway, Unheard
from notifications.locking import Lease, claim
from notifications.models import Delivery
from notifications.rounds import Outgoing
from notifications.rules import REPEAT_UNHEARD_AFTER, next_attempt
from notifications.transports import Transport
from tickets.models import Ticket
from tickets.queries import takes_part

Outcome = dict[str, Any]
PAUSE_WHEN_AWAY = timedelta(seconds=30)
log = logging.getLogger(__name__)


def deliver(delivery: Delivery, transport: Transport, round_: Outgoing | None = None) -> None:
    """Send one delivery, if it is due and nobody else is at it, and write down what became of it.

    Each step is committed before the next: claimed (a send cut off here is simply begun again), talking (from here on
    it may have left), then sent, queued again, failed or unknown. Raises ServerAway when the mail server takes nothing
    from us at present (the attempt is not counted), and database errors; nothing else.
    """
    lease = claim(delivery, address=delivery.present_address)
    if lease is None:
        return
    try:
        letter = _letter(delivery, round_)
        provider_id = transport.send(delivery, letter, before_handing_over=lease.enter_talking)
    except LeaseLost:
        log.warning("Delivery %s took longer than its lease and was left to others", delivery.pk)
    except ServerAway as away:
        lease.settle(**_after_absence(delivery, away))
        raise
    except NotSent as trouble:
        lease.settle(**_after_refusal(delivery, trouble))
    except Unheard as silence:
        lease.settle(**_after_silence(delivery, Trouble.UNHEARD, silence.reply))
    else:
        lease.settle(**_sent(provider_id))


def recover_abandoned(now: datetime | None = None) -> int:
    """Deal with sends whose worker has died: begin again what cannot have left, repeat once what may have.

    Returns how many. Changes their rows only; they are sent by whoever claims them next.
    """
    now = now or timezone.now()
    recovered = 0
    for delivery in Delivery.objects.abandoned(now).order_by("pk")[:100]:
        lease = Lease(delivery.pk, delivery.holder, delivery.attempts)
        talking = delivery.stage == Stage.TALKING
        outcome = _after_silence(delivery, Trouble.INTERRUPTED) if talking else _after_interruption(delivery, now)
        recovered += lease.recover(now, **outcome)
    return recovered


def _letter(delivery: Delivery, round_: Outgoing | None) -> Letter:
    person = delivery.recipient
    closed = not person.is_active and delivery.template not in FOR_OUTSIDERS
    if closed or (delivery.template in DESK_KINDS and not person.is_agent):
        raise Refused(Trouble.DEPARTED)
    if delivery.ticket and delivery.template not in DESK_KINDS and not _takes_part(person, delivery.ticket):
        raise Refused(Trouble.LEFT)
    if delivery.is_outlived:
        raise Refused(Trouble.OUTLIVED)
    try:
        ascii_address(delivery.address)
    except ValueError as reason:
        raise Refused(Trouble.RECIPIENT, str(reason)) from reason
    try:
        return compose(delivery, round_)
    except (DatabaseError, Refused):
        raise
    except Exception as bug:
        log.exception("Delivery %s cannot be put together", delivery.pk)
        raise NotSent(Trouble.COMPOSING, type(bug).__name__) from bug


def _takes_part(person: User, ticket: Ticket) -> bool:
    """The usual case, whose ticket it is, needs no question."""
    return (person.is_active and ticket.requester_id == person.pk) or takes_part(person, ticket)


def _sent(provider_id: str) -> Outcome:
    return {
        "provider_id": provider_id,
        "state": DeliveryState.SENT,
        "sent_at": timezone.now(),
        "next_attempt_at": None,
        "trouble": "",
        "server_reply": "",
    }


def _after_refusal(delivery: Delivery, trouble: NotSent) -> Outcome:
    now, again = timezone.now(), None
    if not trouble.permanent:
        again = next_attempt(attempts=delivery.attempts, now=now, give_up_at=delivery.give_up_at)
    return _waiting(delivery, again, trouble)


def _after_absence(delivery: Delivery, away: ServerAway) -> Outcome:
    """The server's trouble, not this mail's: the attempt does not count, only its patience runs."""
    now = timezone.now()
    again = now + PAUSE_WHEN_AWAY if now < delivery.give_up_at else None
    return _waiting(delivery, again, away) | {"attempts": F("attempts") - 1}


def _after_silence(delivery: Delivery, why: Trouble, reply: str = "") -> Outcome:
    """It may have arrived: repeated once, with the same Message-ID, then left to a human's decision."""
    return {
        "state": DeliveryState.UNKNOWN,
        "unheard": F("unheard") + 1,
        "next_attempt_at": None if delivery.unheard else timezone.now() + REPEAT_UNHEARD_AFTER,
        "trouble": why,
        "server_reply": reply[:500],
    }


def _after_interruption(delivery: Delivery, now: datetime) -> Outcome:
    """It cannot have left: again at once, the first time; a mail that keeps killing its worker waits longer."""
    again: datetime | None = now
    if delivery.attempts > 1:
        again = next_attempt(attempts=delivery.attempts, now=now, give_up_at=delivery.give_up_at)
    return _waiting(delivery, again, NotSent(Trouble.INTERRUPTED))


def _waiting(delivery: Delivery, again: datetime | None, trouble: NotSent) -> Outcome:
    state = DeliveryState.QUEUED if again else DeliveryState.FAILED
    if delivery.unheard and not trouble.permanent:
        # Once nobody heard the end of a send, no later trouble makes it certain that the mail did not arrive.
        state = DeliveryState.UNKNOWN
    return {
        "state": state,
        "next_attempt_at": again,
        "trouble": trouble.trouble,
        "server_reply": trouble.reply[:500],
    }
