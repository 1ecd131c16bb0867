"""What tests of bookings begin with."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import AccountEvent, User
from knowledge.actions.occasions import note_last
from knowledge.models import Activity, Booking, Occasion

ABOUT_BOOKINGS = (
    "booked",
    "waitlisted",
    "place_given",
    "occasion_changed",
    "booking_cancelled",
    "booking_reminded",
)


def make_occasion(*, seats: int = 2, starts_at: datetime | None = None, **values: Any) -> Occasion:
    """An occasion in a week, of the training that everybody signed in may book unless another is named."""
    activity = (
        values.pop("activity", None)
        or Activity.objects.get_or_create(
            slug="first-steps",
            defaults={
                "kind": "training",
                "title_sv": "Kom igång",
                "title_en": "First steps",
                "body_en": "Bring *coffee*.",
            },
        )[0]
    )
    moment = starts_at or timezone.now().replace(second=0, microsecond=0) + timedelta(days=7)
    made = Occasion.objects.create(
        **{"activity": activity, "starts_at": moment, "minutes": 60, "seats": seats, "place": "Room 4"} | values
    )
    note_last(made.starts_at)
    return made


def ordinary_monday() -> datetime:
    """Ten o'clock on a Monday to come, after a Friday on which people work: the second one of a March, which is before
    any Easter."""
    march = datetime(timezone.now().year + 1, 3, 8, 10, tzinfo=ZoneInfo("Europe/Stockholm"))
    return march + timedelta(days=-march.weekday() % 7)


def states(occasion: Occasion) -> dict[int, str]:
    """How everybody stands who ever booked, by the person's id."""
    return dict(Booking.objects.filter(occasion=occasion).order_by("pk").values_list("user_id", "state"))


def events(person: User | None = None) -> list[str]:
    """What was recorded about bookings, of one person or of all, in order."""
    rows = AccountEvent.objects.filter(kind__in=ABOUT_BOOKINGS)
    rows = rows.filter(user=person) if person is not None else rows
    return list(rows.order_by("pk").values_list("kind", flat=True))
