"""Places at occasions: taking one, leaving it, and who comes next.

Every door locks the occasion's row first, so that no seat is given twice and the waiting list moves in its order,
however many come at once (A2).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from accounts.rules import require_staff
from accounts.scoping import current_tenant
from knowledge.booking_times import reminding_moment
from knowledge.enums import BookingState
from knowledge.models import Booking, Occasion
from knowledge.queries.bookings import activities_for, standing
from routing.promises import Promises


class NotBookable(Exception):
    """Why nothing can be booked or left (any more): "cancelled", "begun", "closed" (booking has ended)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def book(*, actor: User | None, occasion: Occasion, user: User, message: str = "") -> Booking:
    """Give somebody a place, or the last one on the waiting list where all are taken. Whoever has one already keeps it.

    `message` is for whoever holds it. Records `booked` or `waitlisted`, from which their mail is made. Raises
    NotBookable when it is too late; PermissionError when the activity is not for this person, or the actor books for
    somebody else and is not staff. Staff, and operators (None), may enter people until it begins.
    """
    with transaction.atomic():
        locked, now = lock_occasion(occasion), timezone.now()
        # Whoever closes the account waits, or has been here before; events of others about the person do not wait.
        person: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        by_themselves = actor is not None and actor.pk == person.pk
        if not by_themselves:
            require_staff(actor)
        if not person.is_active or not activities_for(person).filter(pk=locked.activity_id).exists():
            raise PermissionError("This activity is not for this person")
        there = standing(locked.bookings.filter(user=person)).first()
        if there is not None:
            return there
        require_open(locked, now, until=locked.bookable_until if by_themselves and not person.is_agent else None)
        booking = Booking.objects.create(
            occasion=locked,
            user=person,
            state=BookingState.WAITING,
            message=message,
            queued_at=_behind_the_last(locked, now),
        )
        given = fill_places(locked, actor=actor, now=now, newcomer=booking)
        if booking.pk not in given:
            _record(actor, booking, AccountEventKind.WAITLISTED)
        booking.refresh_from_db(fields=["state"])
    return booking


def cancel_booking(*, actor: User | None, booking: Booking) -> Booking:
    """Leave a place, or the waiting list. The place goes to whoever is next in line, as long as it has not begun.

    Records `booking_cancelled` with `by` (self, staff), from which the mail is made, and `place_given` for whoever
    moves up. Nothing happens to one that is cancelled. Raises NotBookable once it has begun, or is cancelled as a
    whole; PermissionError unless it is the actor's own, or the actor is staff. None: the machine, for a closed account.
    """
    with transaction.atomic():
        occasion, now = lock_occasion(booking.occasion), timezone.now()
        locked: Booking = occasion.bookings.select_related("user").get(pk=booking.pk)
        if actor is None or actor.pk != locked.user_id:
            require_staff(actor)
        if locked.state == BookingState.CANCELLED:
            return locked
        require_open(occasion, now)
        locked.occasion, had_place = occasion, locked.state == BookingState.BOOKED
        locked.state, locked.cancelled_at = BookingState.CANCELLED, now
        locked.save(update_fields=["state", "cancelled_at"])
        by = "self" if actor is not None and actor.pk == locked.user_id else "staff"
        _record(actor, locked, AccountEventKind.BOOKING_CANCELLED, by=by, had_place=had_place)
        if had_place:
            fill_places(occasion, actor=None, now=now)
    return locked


def put_first(*, actor: User | None, booking: Booking) -> Booking:
    """Let somebody on the waiting list be the next who gets a place. Nothing happens to one who does not wait.

    Raises NotBookable once it has begun or is cancelled, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    with transaction.atomic():
        occasion = lock_occasion(booking.occasion)
        require_open(occasion, timezone.now())
        locked: Booking = occasion.bookings.get(pk=booking.pk)
        others = occasion.bookings.filter(state=BookingState.WAITING).exclude(pk=locked.pk)
        first = others.aggregate(first=Min("queued_at"))["first"]
        if locked.state == BookingState.WAITING and first is not None and first <= locked.queued_at:
            locked.queued_at = first - timedelta(microseconds=1)
            locked.save(update_fields=["queued_at"])
    return locked


def cancel_bookings_of(*, actor: User | None, user: User) -> int:
    """Leave everything to come that somebody has booked, for their account is closed. Returns how many."""
    now, number = timezone.now(), 0
    coming = standing(Booking.objects.filter(user=user, occasion__starts_at__gt=now, occasion__cancelled_at=None))
    for booking in coming.select_related("occasion").order_by("occasion_id"):  # in one order, so that none waits for us
        try:
            cancel_booking(actor=actor, booking=booking)
            number += 1
        except NotBookable:  # it has begun, or was cancelled, this very moment
            continue
    return number


def lock_occasion(occasion: Occasion) -> Occasion:
    """The occasion's row as it is now, locked until the transaction ends."""
    rows = Occasion.objects.select_for_update(of=("self",)).select_related("activity")
    found: Occasion = rows.get(pk=occasion.pk)
    return found


def require_open(occasion: Occasion, now: datetime, *, until: datetime | None = None) -> None:
    """Raise NotBookable for an occasion that is cancelled, has begun, or (`until`) that can be booked no more."""
    if occasion.is_cancelled:
        raise NotBookable("cancelled")
    if occasion.has_begun(now):
        raise NotBookable("begun")
    if until is not None and until <= now:
        raise NotBookable("closed")


def fill_places(occasion: Occasion, *, actor: User | None, now: datetime, newcomer: Booking | None = None) -> list[int]:
    """Give the free seats of a locked occasion to those who wait, in their order. Returns the bookings' ids.

    Records `place_given` for each; for a `newcomer`, who never waited, `booked`. Whoever gets a place on the day of the
    reminder, or later, is not reminded of what they have just been told.
    """
    free = occasion.seats - occasion.bookings.filter(state=BookingState.BOOKED).count()
    line = occasion.bookings.filter(state=BookingState.WAITING).order_by("queued_at", "pk")
    given = list(line.select_related("user")[: max(0, free)])
    if not given:
        return []
    reminded = now if now >= reminding_moment_of(occasion) else None
    occasion.bookings.filter(pk__in=[one.pk for one in given]).update(state=BookingState.BOOKED, reminded_at=reminded)
    for one in given:
        one.occasion = occasion
        is_new = newcomer is not None and one.pk == newcomer.pk
        kind = AccountEventKind.BOOKED if is_new else AccountEventKind.PLACE_GIVEN
        _record(actor if is_new else None, one, kind)
    return [one.pk for one in given]


def reminding_moment_of(occasion: Occasion) -> datetime:
    """When the occasion's participants are reminded, by the portal's calendar."""
    return reminding_moment(occasion.starts_at, Promises().hours(None), current_tenant().time_zone)


def tell(occasion: Occasion, rows: list[Booking], kind: AccountEventKind, actor: User | None, **data: object) -> None:
    """Record an event for the person of each of these bookings, from which their mails are made."""
    AccountEvent.objects.bulk_create(
        [AccountEvent(actor=actor, user=row.user, kind=kind, data=_about(row, occasion) | data) for row in rows]
    )
    poke_worker()


def _record(actor: User | None, booking: Booking, kind: AccountEventKind, **data: object) -> None:
    tell(booking.occasion, [booking], kind, actor, **data)


def _about(booking: Booking, occasion: Occasion) -> dict[str, object]:
    return {"booking": booking.pk, "activity": occasion.activity.title, "starts_at": occasion.starts_at.isoformat()}


def _behind_the_last(occasion: Occasion, now: datetime) -> datetime:
    """Now, though never before somebody who came earlier: the clocks of two servers differ."""
    last: datetime | None = occasion.bookings.aggregate(last=Max("queued_at"))["last"]
    return max(now, last + timedelta(microseconds=1)) if last is not None else now
