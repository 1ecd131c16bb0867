"""One mail per person and round about all that goes stale, in working hours only."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import User
from notifications.actions.digesting import put_into_one_mail
from notifications.alerts import still_true
from notifications.enums import DigestPace
from notifications.models import DigestItem
from routing.promises import Promises
from routing.working_time import is_open
from tickets.enums import EventKind
from tickets.models import TicketEvent

# Without anything new, and a round is over. Longer than the others have between two turns of one that is long.
QUIET = timedelta(seconds=45)
PATIENCE = timedelta(minutes=10)  # after which a round is over in any case: an event may be broken
log = logging.getLogger(__name__)


def send_alerts(now: datetime | None = None) -> int:
    """Tell everybody for whom a round is over what goes stale, in one mail each. Returns how many mails follow.

    Called by the clock. What went stale outside a department's working hours waits until those begin. One person's
    trouble is logged and holds nobody else up.
    """
    now = now or timezone.now()
    departments = _departments_with_news(now)
    if not departments or _is_round_going_on(now):
        return 0
    number = 0
    for person in User.objects.in_bulk(_people_told(departments, now)).values():
        try:
            number += alert(actor=None, user=person, departments=departments)
        except Exception:
            log.exception("What goes stale could not be told to person %s", person.pk)
    return number


def alert(*, actor: User | None, user: User, departments: set[int]) -> bool:
    """Tell a person, in one mail, what has gone stale in these departments and is so still. Records `alerted`.

    One transaction under the person's lock: the items, the event and its delivery are there together or not at all, so
    that nothing is told twice. What has been settled meanwhile is forgotten. Returns whether a mail follows.
    """
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        waiting = DigestItem.objects.filter(user=person, pace=DigestPace.ROUND, delivery=None)
        waiting = waiting.filter(ticket_event__ticket__department__in=departments).select_related(
            "ticket_event__ticket"
        )
        events = {item.pk: item.ticket_event for item in waiting.order_by("pk")}
        told = [key for key, event in events.items() if still_true(event)]
        DigestItem.objects.filter(pk__in=events.keys() - set(told)).delete()
        if not told:
            return False
        late = any(events[key].data.get("late") for key in told)
        return put_into_one_mail(AccountEventKind.ALERTED, told, actor=actor, person=person, data={"late": late})


def _departments_with_news(now: datetime) -> set[int]:
    """The departments of which somebody is to be told something, where it is working time."""
    waiting = DigestItem.objects.filter(pace=DigestPace.ROUND, delivery=None).order_by()
    keys = set(waiting.values_list("ticket_event__ticket__department", flat=True).distinct())
    promises = Promises()
    return {key for key in keys if is_open(promises.hours(None, key), now)}


def _is_round_going_on(now: datetime) -> bool:
    """Whether more of the same round may follow: the worker has not read all that went stale."""
    unread = TicketEvent.objects.pending().filter(kind=EventKind.ESCALATED, created_at__gt=now - PATIENCE)
    return bool(unread.exists())


def _people_told(departments: set[int], now: datetime) -> list[int]:
    """Those for whom nothing new has come for a moment, or who have waited long enough."""
    waiting = DigestItem.objects.filter(
        pace=DigestPace.ROUND, delivery=None, ticket_event__ticket__department__in=departments
    )
    spans: dict[int, tuple[datetime, datetime]] = {
        person: (first, last)
        for person, first, last in waiting.order_by()
        .values_list("user_id")
        .annotate(first=Min("created_at"), last=Max("created_at"))
    }
    return [key for key, (first, last) in spans.items() if last <= now - QUIET or first <= now - PATIENCE]
