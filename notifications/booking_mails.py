"""What the mails about bookings say, as things are when they are sent, and the file for the reader's calendar."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent
from accounts.scoping import current_tenant
from knowledge.calendar_files import NAME, calendar_file
from knowledge.enums import BookingState
from knowledge.models import Booking
from knowledge.queries.bookings import place_in_line
from knowledge.times_in_words import length_in_words, span_in_words
from notifications.addresses import header_line
from notifications.enums import MailKind, Trouble
from notifications.facts import Enclosure, Refused

Values = dict[str, Any]
CALENDAR = "text/calendar"


def _placed(event: AccountEvent) -> Values:
    """Having a place: booked, given one, or reminded of it. Raises Refused where they have it no more, or it is too
    late: another mail says so, or none is needed."""
    booking = _booking(event)
    if booking.state != BookingState.BOOKED or _is_settled(booking):
        raise Refused(Trouble.SETTLED)
    return _about(booking) | {"files_along": _file(booking)}


def _waitlisted(event: AccountEvent) -> Values:
    booking = _booking(event)
    if booking.state != BookingState.WAITING or _is_settled(booking):
        raise Refused(Trouble.SETTLED)
    return _about(booking) | {"line": place_in_line(booking)}


def _changed(event: AccountEvent) -> Values:
    """Raises Refused, too, where it has changed once more: the later mail tells of both."""
    booking = _booking(event)
    is_old = event.data["sequence"] != booking.occasion.sequence
    if booking.state == BookingState.CANCELLED or is_old or _is_settled(booking):
        raise Refused(Trouble.SETTLED)
    occasion, before = booking.occasion, datetime.fromisoformat(event.data["before"])
    ended = before + timedelta(minutes=event.data.get("minutes_before", occasion.minutes))
    values = _about(booking) | {"has_place": booking.state == BookingState.BOOKED, "before": ""}
    if (before, ended) != (occasion.starts_at, occasion.ends_at):
        values["before"] = span_in_words(before, ended)
    return values | {"files_along": _file(booking) if values["has_place"] else ()}


def _cancelled(event: AccountEvent) -> Values:
    booking, by = _booking(event), event.data.get("by", "")
    if by != "occasion" and booking.state != BookingState.CANCELLED:
        raise Refused(Trouble.SETTLED)
    had_place = event.data.get("had_place", booking.state == BookingState.BOOKED)
    reason = header_line(booking.occasion.cancel_reason) if by == "occasion" else ""
    whose = {"by_reader": by == "self", "called_off": by == "occasion"}
    told = whose | {"reason": reason, "link": current_tenant().url(reverse("booking"))}
    return _about(booking) | told | {"files_along": _file(booking, left=True) if had_place else ()}


def _booking(event: AccountEvent) -> Booking:
    found: Booking = Booking.objects.select_related("occasion__activity").get(pk=event.data["booking"])
    return found


def _is_settled(booking: Booking) -> bool:
    return booking.occasion.is_cancelled or booking.occasion.has_begun(timezone.now())


def _about(booking: Booking) -> Values:
    occasion = booking.occasion
    has_link = booking.state == BookingState.BOOKED and not occasion.is_cancelled
    return {
        "activity": header_line(occasion.activity.title),
        "when": span_in_words(occasion.starts_at, occasion.ends_at),
        "length": length_in_words(occasion.minutes),
        "place": header_line(occasion.place),
        "meeting_link": occasion.link if has_link else "",
        "link": _page(booking),
    }


def _file(booking: Booking, *, left: bool = False) -> tuple[Enclosure, ...]:
    return (Enclosure(NAME, CALENDAR, calendar_file(booking.occasion, _page(booking), left=left)),)


def _page(booking: Booking) -> str:
    address: str = current_tenant().url(reverse("occasion", args=[booking.occasion_id]))
    return address


BOOKING_MAILS: dict[MailKind, Callable[[AccountEvent], Values]] = {
    MailKind.BOOKED: _placed,
    MailKind.WAITLISTED: _waitlisted,
    MailKind.PLACE_GIVEN: _placed,
    MailKind.OCCASION_CHANGED: _changed,
    MailKind.BOOKING_CANCELLED: _cancelled,
    MailKind.BOOKING_REMINDED: _placed,
}
