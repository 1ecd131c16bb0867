"""What can be booked, by whom, and how full it is."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.scoping import current_tenant
from knowledge.enums import BookingState
from knowledge.models import Activity, Booking, Occasion
from knowledge.queries.readable import readable_by

LONGEST = timedelta(days=7)  # as long as an occasion can be (`Occasion.minutes`)
Rows = TypeVar("Rows", bound="QuerySet[Occasion]")


def activities_for(reader: User | None) -> QuerySet[Activity]:
    """The activities that are held and that this reader (None: who is not signed in) may book."""
    return readable_by(Activity.objects.filter(is_active=True), reader)


def offered_to(reader: User | None, now: datetime) -> QuerySet[Occasion]:
    """The occasions to come of what this reader may book."""
    coming = Occasion.objects.filter(starts_at__gt=now, cancelled_at=None)
    return coming.filter(activity__in=activities_for(reader).order_by())


def occasions_for(reader: User | None) -> QuerySet[Occasion]:
    """The occasions whose page this reader may open: of what they may book, and what they have booked themselves."""
    allowed = Q(activity__in=activities_for(reader).order_by())
    if reader is not None:
        allowed |= Q(pk__in=bookings_of(reader).order_by().values("occasion"))
    return Occasion.objects.filter(allowed).select_related("activity", "host")


def bookings_of(person: User) -> QuerySet[Booking]:
    """Where somebody has a place or waits for one."""
    return standing(Booking.objects.filter(user=person))


def coming_bookings(person: User, now: datetime) -> QuerySet[Booking]:
    """What somebody has booked and is not over, the next first; also what we have cancelled meanwhile."""
    since = now - LONGEST
    return (
        bookings_of(person)
        .filter(occasion__starts_at__gt=since)
        .select_related("occasion__activity")
        .order_by("occasion__starts_at", "pk")
    )


def standing(rows: QuerySet[Booking]) -> QuerySet[Booking]:
    return rows.exclude(state=BookingState.CANCELLED)


def booking_at(occasion: Occasion, person: User | None) -> Booking | None:
    """Somebody's own place at an occasion, or on its waiting list."""
    if person is None:
        return None
    return bookings_of(person).filter(occasion=occasion).first()


def with_seats(rows: Rows) -> Rows:
    """Each occasion with `taken` (places given) and `waiting` (people on the list)."""
    return rows.annotate(taken=_count(BookingState.BOOKED), waiting=_count(BookingState.WAITING))


def _count(state: BookingState) -> Coalesce:
    bookings = Booking.objects.filter(occasion=OuterRef("pk"), state=state).order_by().values("occasion")
    return Coalesce(Subquery(bookings.annotate(number=Count("pk")).values("number")), Value(0))


def place_in_line(booking: Booking) -> int:
    """1 for whoever is next to be given a place."""
    before = Q(queued_at__lt=booking.queued_at) | Q(queued_at=booking.queued_at, pk__lt=booking.pk)
    line = Booking.objects.filter(occasion=booking.occasion_id, state=BookingState.WAITING)
    return line.filter(before).count() + 1


def at_the_same_time(occasion: Occasion, person: User) -> list[Booking]:
    """Where else somebody is expected while this occasion lasts."""
    near = bookings_of(person).filter(
        state=BookingState.BOOKED,
        occasion__cancelled_at=None,
        occasion__starts_at__lt=occasion.ends_at,
        occasion__starts_at__gt=occasion.starts_at - LONGEST,
    )
    others = near.exclude(occasion=occasion).select_related("occasion__activity").order_by("occasion__starts_at")
    return [one for one in others if one.occasion.ends_at > occasion.starts_at]


def has_something_to_book(reader: User | None, now: datetime) -> bool:
    """Whether the booking pages have anything for this reader: to book, or booked and not over. Asks nothing where
    nothing is held any more."""
    last = current_tenant().last_occasion_at
    if last is None or last <= now - LONGEST:
        return False
    if offered_to(reader, now).exists():
        return True
    return reader is not None and coming_bookings(reader, now).exists()
