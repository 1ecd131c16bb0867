"""How long the first answer has really taken lately, to tell customers what to expect (S6)."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from accounts.queries.portals import portals_today
from accounts.scoping import current_tenant
from routing.promises import Promises
from tickets.asking_news import alert_settings
from tickets.models import Ticket

LATELY = timedelta(days=30)
FEWEST = 10  # answers, below which they say nothing about the next one
KEPT_FOR = 15 * 60  # seconds
_NOTHING = -1


def expected_answer(person: User | None) -> timedelta | None:
    """Within how much working time the first answer usually came in the last thirty days, to customers with the service
    level of this person's organisation: the median, rounded up to what one says. None where the portal does not show
    it, or too few were answered. Worked out anew at most every quarter of an hour."""
    if not alert_settings().shows_expected:
        return None
    return _lately(Promises().level(_agreement_of(person)))


def in_round_words(minutes: int) -> timedelta:
    """A number of minutes rounded up: to ten, from an hour on to half an hour, from four hours on to an hour."""
    step = 10 if minutes <= 60 else 30 if minutes <= 240 else 60
    return timedelta(minutes=max(1, -(-minutes // step)) * step)


def _lately(level: int | None) -> timedelta | None:
    key = f"expected-answer-{current_tenant().pk}-{level or 0}"
    minutes = cache.get(key)
    if minutes is None:
        minutes = _median(level)
        cache.set(key, minutes, KEPT_FOR)
    return None if minutes == _NOTHING else in_round_words(minutes)


def _median(level: int | None) -> int:
    answered = Ticket.objects.filter(
        level=level, first_answered_at__gte=timezone.now() - LATELY, first_answer_minutes__isnull=False
    )
    found = answered.count()
    if found < FEWEST:
        return _NOTHING
    return int(answered.order_by("first_answer_minutes").values_list("first_answer_minutes", flat=True)[found // 2])


def _agreement_of(person: User | None) -> int | None:
    organisation = person.organisation if person is not None else None
    if organisation is None or not organisation.agreement_holds(portals_today()):
        return None
    return organisation.agreement_id
