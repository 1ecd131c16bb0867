"""What the help centre holds about a person: what they booked, and nothing of who else did; that they are mailed
service messages. Who voted on an article is not kept (`voters.py`)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from accounts.holdings import Field, Part, Row, Worded, contribute
from accounts.models import User
from knowledge.enums import BookingState
from knowledge.models import Booking, ServiceSubscription

CHUNK = 100


def _bookings(person: User) -> Iterable[Row]:
    theirs = Booking.objects.filter(user=person).select_related("occasion__activity").order_by("pk")
    for booking in theirs.iterator(chunk_size=CHUNK):
        state = BookingState(booking.state)
        yield {
            "activity": booking.occasion.activity.title,
            "starts_at": booking.occasion.starts_at,
            "place": booking.occasion.place,
            "state": Worded(state.value, str(state.label)),
            "message": booking.message,
            "booked_at": booking.created_at,
            "cancelled_at": booking.cancelled_at,
        }


def _subscription(person: User) -> Iterable[Row]:
    for subscription in ServiceSubscription.objects.filter(user=person):
        yield {"asked_at": subscription.created_at}


PARTS = (
    Part(
        "bookings",
        gettext_lazy("What you have booked"),
        (
            Field("activity", gettext_lazy("What")),
            Field("starts_at", gettext_lazy("Begins")),
            Field("place", gettext_lazy("Place")),
            Field("state", gettext_lazy("State")),
            Field("message", gettext_lazy("Your message")),
            Field("booked_at", gettext_lazy("When you booked")),
            Field("cancelled_at", gettext_lazy("Cancelled on")),
        ),
        _bookings,
    ),
    Part(
        "service_messages",
        gettext_lazy("Service messages by mail"),
        (Field("asked_at", gettext_lazy("When")),),
        _subscription,
    ),
)


def contribute_knowledge() -> None:
    contribute(*PARTS)
