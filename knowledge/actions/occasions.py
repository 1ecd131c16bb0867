"""Occasions: entering, changing and cancelling them, and reminding who comes."""

import logging
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import Tenant, User
from accounts.rules import require_staff
from accounts.scoping import current_tenant
from knowledge.actions.booking import fill_places, lock_occasion, reminding_moment_of, require_open, tell
from knowledge.booking_times import repeated
from knowledge.enums import BookingState, Repeat
from knowledge.models import Activity, Booking, Occasion
from knowledge.queries.bookings import standing
from knowledge.seen import mark_of, refuse_unseen

MOST_AT_ONCE = 60
_LOOKS_AHEAD = timedelta(days=16)  # further than any reminder comes before its occasion
# What participants are told of when it changes.
TOLD_OF = ("starts_at", "minutes", "place", "link", "language")
log = logging.getLogger(__name__)


class OccasionRefused(Exception):
    """Why an occasion cannot be like this: "past" (it would begin before now), "seats" (more people have a place),
    "book_until" (booking would end after it has begun), "times" (too many at once)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class OccasionWords:
    """What is said of an occasion. `starts_at` in the zone in which a series keeps its time of day."""

    starts_at: datetime
    minutes: int
    seats: int
    place: str = ""
    link: str = ""
    host: User | None = None
    language: str = ""
    book_until: datetime | None = None


def add_occasions(
    *, actor: User | None, activity: Activity, words: OccasionWords, repeat: Repeat = Repeat.NEVER, times: int = 1
) -> list[Occasion]:
    """Enter an occasion, or `times` of them, and return them in their order. Booking ends as long before each as before
    the first.

    Raises OccasionRefused, PermissionError unless the actor is staff, or when whoever is to hold it is not.
    """
    _require(actor, words)
    if not 1 <= times <= MOST_AT_ONCE:
        raise OccasionRefused("times")
    lead = words.starts_at - words.book_until if words.book_until else None
    with transaction.atomic():
        rows = [
            Occasion(
                activity=activity,
                **_values(words) | {"starts_at": moment, "book_until": moment - lead if lead is not None else None},
            )
            for moment in repeated(words.starts_at, repeat, times)
        ]
        note_last(max(row.starts_at for row in rows))
        return Occasion.objects.bulk_create(rows)


def change_occasion(
    *, actor: User | None, occasion: Occasion, words: OccasionWords, seen: str | None = None
) -> Occasion:
    """Change an occasion. Everybody who has a place or waits is told of another time, length, place, link or language;
    seats that are new go to those who wait. `seen`: the mark (`mark_of` its `words_of`) of what the actor had read
    before they wrote; None does not ask.

    Records `occasion_changed` for each, `place_given` for who moves up. Nothing happens when nothing is different.
    Raises OccasionRefused; Outdated; NotBookable once it has begun or is cancelled; PermissionError as `add_occasions`.
    """
    _require(actor, words)
    with transaction.atomic():
        locked, now = lock_occasion(occasion), timezone.now()
        require_open(locked, now)
        before = {name: getattr(locked, name) for name in _values(words)}
        changed = {name for name, value in _values(words).items() if before[name] != value}
        if not changed:
            return locked
        refuse_unseen(seen, mark_of(words_of(locked)), mark_of(words))
        if words.seats < locked.bookings.filter(state=BookingState.BOOKED).count():
            raise OccasionRefused("seats")
        for name in changed:
            setattr(locked, name, getattr(words, name))
        told = changed.intersection(TOLD_OF)
        locked.sequence += bool(told)
        locked.save()
        if "starts_at" in changed:
            note_last(locked.starts_at)
            past = now >= reminding_moment_of(locked)
            locked.bookings.update(reminded_at=now if past else None)
        if told:
            _tell(
                locked,
                AccountEventKind.OCCASION_CHANGED,
                actor,
                only_booked=told == {"link"},  # who waits does not know it
                sequence=locked.sequence,
                changed=sorted(told),
                before=before["starts_at"].isoformat(),
                minutes_before=before["minutes"],
            )
        fill_places(locked, actor=None, now=now)
    return locked


def cancel_occasion(*, actor: User | None, occasion: Occasion, reason: str = "") -> Occasion:
    """Let an occasion not be held. Everybody who has a place or waits is told, with the reason.

    Records `booking_cancelled` with `by` occasion for each. Nothing happens to a cancelled one. Raises NotBookable once
    it has begun, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    with transaction.atomic():
        locked, now = lock_occasion(occasion), timezone.now()
        if locked.is_cancelled:
            return locked
        require_open(locked, now)
        locked.cancelled_at, locked.cancel_reason = now, reason
        locked.sequence += 1
        locked.save(update_fields=["cancelled_at", "cancel_reason", "sequence"])
        _tell(locked, AccountEventKind.BOOKING_CANCELLED, actor, by="occasion")
    return locked


def remind_booked(now: datetime | None = None) -> int:
    """Remind everybody who has a place of what is held on the next working day. Returns how many mails follow.

    Called by the clock. One occasion's trouble is logged and holds no other up.
    """
    now, number = now or timezone.now(), 0
    soon = Occasion.objects.filter(
        starts_at__gt=now,
        starts_at__lt=now + _LOOKS_AHEAD,
        cancelled_at=None,
        bookings__in=Booking.objects.filter(state=BookingState.BOOKED, reminded_at=None),
    )
    for occasion in soon.distinct().order_by("starts_at", "pk"):
        try:
            number += remind_participants(actor=None, occasion=occasion, now=now)
        except Exception:
            log.exception("The participants of occasion %s could not be reminded", occasion.pk)
    return number


def remind_participants(*, actor: User | None, occasion: Occasion, now: datetime) -> int:
    """Remind those who have a place and were not reminded yet, from the last working morning before it on.

    Records `booking_reminded`; the events and the marks are there together or not at all, so that nobody is reminded
    twice. Returns how many.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = lock_occasion(occasion)
        if locked.is_cancelled or locked.has_begun(now) or now < reminding_moment_of(locked):
            return 0
        rows = list(locked.bookings.filter(state=BookingState.BOOKED, reminded_at=None).select_related("user"))
        if rows:
            locked.bookings.filter(pk__in=[row.pk for row in rows]).update(reminded_at=now)
            tell(locked, rows, AccountEventKind.BOOKING_REMINDED, actor)
    return len(rows)


def note_last(starts_at: datetime) -> None:
    """Let the portal know that something is held so late. It only ever grows: pages that ask in vain find nothing."""
    earlier = Q(last_occasion_at=None) | Q(last_occasion_at__lt=starts_at)
    Tenant.objects.filter(earlier, pk=current_tenant().pk).update(last_occasion_at=starts_at)


def words_of(occasion: Occasion) -> OccasionWords:
    """What is said of an occasion now."""
    return OccasionWords(**{field.name: getattr(occasion, field.name) for field in fields(OccasionWords)})


def _tell(
    occasion: Occasion, kind: AccountEventKind, actor: User | None, *, only_booked: bool = False, **data: object
) -> None:
    rows = standing(occasion.bookings.all()).select_related("user").order_by("pk")
    told = rows.filter(state=BookingState.BOOKED) if only_booked else rows
    tell(occasion, list(told), kind, actor, **data)


def _values(words: OccasionWords) -> dict[str, object]:
    return {field.name: getattr(words, field.name) for field in fields(words)}


def _require(actor: User | None, words: OccasionWords) -> None:
    require_staff(actor)
    if words.host is not None and not (words.host.is_agent and words.host.is_active):
        raise PermissionError("An occasion is held by staff")
    if words.starts_at <= timezone.now():
        raise OccasionRefused("past")
    if words.book_until is not None and words.book_until > words.starts_at:
        raise OccasionRefused("book_until")
