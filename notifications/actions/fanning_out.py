from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Event, User
from accounts.scoping import current_tenant
from knowledge.actions.booking import cancel_bookings_of
from knowledge.actions.subscribing import unsubscribe
from notifications.addresses import ascii_address
from notifications.brakes import may_acknowledge
from notifications.enums import DigestPace, MailKind
from notifications.ladder import Ladder
from notifications.models import Delivery, DigestItem
from notifications.queries import was_echoed_lately
from notifications.rules import GIVE_UP_AFTER
from notifications.telling import Telling, collected, tellings
from tickets.actions.handing_over import release_tickets
from tickets.enums import Channel
from tickets.models import TicketEvent

NAMES = {
    TicketEvent: ("ticket__requester", "ticket__assignee", "ticket__department", "message"),
    AccountEvent: ("user",),
}


def fan_out(event: Event, ladder: Ladder | None = None) -> int:
    """Derive from an event the deliveries of everybody who is told of it, what waits for somebody's digest, and what
    else follows from it (`_carry_out`), and mark it as done. Returns how many deliveries. `ladder` is what a
    round's events share.

    One transaction under the event's lock: exactly once, however often and from however many workers it is called. An
    event another worker is busy with is left to it.
    """
    with transaction.atomic():
        locked = _lock(event)
        if locked is None:
            return 0
        known = set(Delivery.objects.filter(**_about(locked)).values_list("recipient_id", flat=True))
        now = timezone.now()
        everybody = (told for told in tellings(locked, ladder) if told.person.pk not in known)
        found = [told for told in everybody if not _is_braked(locked, told)]
        waits = collected(found, locked)
        new = [_delivery(locked, told, now) for told in found if told.person.pk not in waits]
        Delivery.objects.bulk_create(new)
        _collect([told for told in found if told.person.pk in waits], waits, locked, now)
        _carry_out(locked)
        _mark_done(locked, now)
    return len(new)


def _carry_out(event: Event) -> None:
    """What an event means beyond mails: whoever no longer works here has no open tickets, so that none is forgotten;
    whose account is closed subscribes to nothing, and takes nobody's place at a training."""
    if not isinstance(event, AccountEvent) or event.kind not in (
        AccountEventKind.CLOSED,
        AccountEventKind.ROLE_CHANGED,
    ):
        return
    if not event.user.is_active:
        unsubscribe(actor=None, user=event.user)
        cancel_bookings_of(actor=None, user=event.user)
    if not (event.user.is_active and event.user.is_agent):
        release_tickets(actor=None, user=event.user)


def _lock(event: Event) -> Event | None:
    events = type(event).objects.pending().select_for_update(skip_locked=True, of=("self",))
    locked: Event | None = events.select_related(*NAMES[type(event)]).filter(pk=event.pk).first()
    return locked


def _mark_done(event: Event, now: datetime) -> None:
    type(event).objects.filter(pk=event.pk).update(fanned_out_at=now)


def _about(event: Event) -> dict[str, Event]:
    return {"ticket_event" if isinstance(event, TicketEvent) else "account_event": event}


def _delivery(event: Event, telling: Telling, now: datetime) -> Delivery:
    person = telling.person
    return Delivery(
        **_about(event),
        recipient=person,
        address=telling.address or person.email,
        template=telling.kind,
        with_text=_echoes_a_guest(event, telling, now),
        message_id=message_id_for(event, person),
        next_attempt_at=now,
        give_up_at=now + GIVE_UP_AFTER,
        created_at=now,
    )


def _collect(found: list[Telling], paces: dict[int, DigestPace], event: Event, now: datetime) -> None:
    items = [
        DigestItem(
            **_about(event),
            user=told.person,
            kind=told.kind,
            pace=paces[told.person.pk],
            created_at=now,
        )
        for told in found
    ]
    if items:
        DigestItem.objects.bulk_create(items, ignore_conflicts=True)


def _is_braked(event: Event, telling: Telling) -> bool:
    """Whether filing by mail is not confirmed: a machine wrote it whom staff let write, or so many confirmations have
    gone to this address lately that one may be answering them (RFC 3834, 2)."""
    if telling.kind != MailKind.CONFIRMATION or event.data.get("channel") != Channel.MAIL:
        return False
    if event.data.get("automatic"):
        return True
    # Under the person's lock, so that two of their tickets fanned out at once do not both find few.
    person: User = User.objects.select_for_update().get(pk=telling.person.pk)
    return not may_acknowledge(person)


def _echoes_a_guest(event: Event, telling: Telling, now: datetime) -> bool:
    """Whether this confirmation carries the words of a guest, or of a mail that bears this address: to one address at
    most once an hour (DESIGN, fault 9)."""
    if telling.kind != MailKind.CONFIRMATION or event.data.get("channel") not in (Channel.GUEST, Channel.MAIL):
        return False
    # Under the person's lock, so that two of their tickets fanned out at once do not both find nothing.
    person: User = User.objects.select_for_update().get(pk=telling.person.pk)
    return not was_echoed_lately(person, now)


def message_id_for(event: Event, person: User, *, copy: int = 0) -> str:
    """The Message-ID of the one mail about `event` to `person`: fixed, and nobody else can make it up. `copy` numbers
    those that staff sent again although the first had been taken by a server."""
    name = f"{'t' if isinstance(event, TicketEvent) else 'a'}{event.pk}.{person.pk}"
    sealed = f"{name}.{copy}" if copy else name
    seal = salted_hmac("notifications.message_id", sealed, algorithm="sha256").hexdigest()[:16]
    return f"<{name}.{seal}@{ascii_address(current_tenant().mail_address).rpartition('@')[2]}>"
