"""What pages and mails show of bookings."""

from django import template

from knowledge.models import Booking, Occasion
from knowledge.times_in_words import length_in_words, span_in_words

register = template.Library()


@register.filter
def held(occasion: Occasion) -> str:
    """When an occasion is held, from when until when."""
    return span_in_words(occasion.starts_at, occasion.ends_at)


@register.filter
def length_words(minutes: int) -> str:
    return length_in_words(minutes)


@register.filter
def free_seats(occasion: Occasion) -> int:
    """How many seats are left at an occasion that was asked `with_seats`."""
    return max(0, occasion.seats - occasion.taken)  # type: ignore[attr-defined]


@register.filter
def at(bookings: dict[int, Booking], occasion: int) -> Booking | None:
    """The reader's own booking of an occasion, of their bookings by the occasions' ids."""
    return bookings.get(occasion)
