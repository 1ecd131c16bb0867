from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from knowledge.queries.bookings import has_something_to_book


def booking(request: HttpRequest) -> dict[str, Any]:
    """`has_booking` for the portal's header: whether this reader finds anything under Booking. Asked where it is
    shown."""
    user = getattr(request, "user", None)
    reader = user if user is not None and user.is_authenticated else None
    return {"has_booking": SimpleLazyObject(lambda: has_something_to_book(reader, timezone.now()))}
