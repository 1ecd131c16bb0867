"""An occasion as a calendar file (RFC 5545), for whoever has a place.

It is published, not an invitation that asks for an answer: an answer by mail would come in as if it were a question to
us. A calendar knows the occasion again by its UID and takes the version with the higher SEQUENCE, of two the later one
(DTSTAMP).
"""

from datetime import UTC

from django.utils import timezone
from icalendar import Calendar, Event, vText

from accounts.scoping import current_tenant
from knowledge.markdown import plain
from knowledge.models import Occasion

NAME = "booking.ics"


def calendar_file(occasion: Occasion, url: str, *, left: bool = False) -> bytes:
    """The occasion with its link, in the language that is active. `url`: its page. `left`: the person has no place any
    more, which takes it out of a calendar like a cancelled one."""
    event = Event()
    event.add("uid", f"{occasion.uid}@{current_tenant().slug}")
    event.add("sequence", occasion.sequence)
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", occasion.starts_at.astimezone(UTC))
    event.add("dtend", occasion.ends_at.astimezone(UTC))
    event.add("summary", occasion.activity.title)
    event.add("status", "CANCELLED" if left or occasion.is_cancelled else "CONFIRMED")
    event.add("url", url)
    if occasion.place or occasion.link:
        event.add("location", vText(occasion.place or occasion.link))
    words = [plain(occasion.activity.body), occasion.link, url]
    event.add("description", vText("\n\n".join(word for word in words if word)))
    calendar = Calendar()
    calendar.add("prodid", "-//Helpdesk//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
