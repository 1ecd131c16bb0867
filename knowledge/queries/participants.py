"""Who takes part in an occasion, for staff and for the list that leaves as a file."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.enums import BookingState
from knowledge.models import Booking, Occasion

_ORDER = {BookingState.BOOKED: 0, BookingState.WAITING: 1}


def participants(occasion: Occasion) -> list[Booking]:
    """Who has a place, then who waits, each in their order."""
    return sorted(_rows(occasion), key=lambda row: _ORDER[BookingState(row.state)])


def participants_header() -> list[str]:
    return [_("Name"), _("Mail address"), _("Organisation"), _("State"), _("Booked"), _("Message")]


def participants_rows(occasion: Occasion) -> Iterator[list[Any]]:
    for row in participants(occasion):
        yield [
            row.user.name,
            row.user.email,
            row.user.organisation.name if row.user.organisation else "",
            BookingState(row.state).label,
            timezone.localtime(row.created_at).strftime("%Y-%m-%d %H:%M"),
            row.message,
        ]


def _rows(occasion: Occasion) -> QuerySet[Booking]:
    rows = occasion.bookings.exclude(state=BookingState.CANCELLED).select_related("user__organisation")
    found: QuerySet[Booking] = rows.order_by("queued_at", "pk")
    return found
