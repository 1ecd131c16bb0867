"""The lists of the queue: which tickets belong on each. The rail's figures and the lists they open ask the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.queries.portals import portals_today
from accounts.scoping import current_tenant
from tickets.enums import WaitingOn
from tickets.models import Follower

OFTEN = 2  # so often reopened, a ticket is not what its answers took it for
LIVE = ~Q(waiting_on=WaitingOn.NOBODY)
OURS = Q(waiting_on=WaitingOn.US)


@dataclass(frozen=True)
class QueueView:
    """A list of tickets. `which` says them for an agent at a moment. `if_any`: the rail has it only while there is a
    ticket on it."""

    key: str
    label: Any
    description: Any
    which: Callable[[Any, datetime], Q]
    in_rail: bool = True
    if_any: bool = False
    sort: str = "waiting"

    def condition(self, agent: User) -> Q:
        """Which tickets are on the list now."""
        return self.which(agent, timezone.now())


def sleeps(now: datetime) -> Q:
    """Whether a ticket is put off at a moment: it is on no list of what is to be done."""
    return Q(snoozed_until__gt=now)


def is_awake(now: datetime) -> Q:
    """The contrary of `sleeps`, also of a ticket that was never put off."""
    return Q(snoozed_until=None) | Q(snoozed_until__lte=now)


def end_of_today() -> datetime:
    """Midnight at the end of the portal's day: what is due before it is due today, wherever its reader is."""
    return datetime.combine(portals_today() + timedelta(days=1), time(), ZoneInfo(current_tenant().time_zone))


def followed_by(agent: User) -> QuerySet[Any]:
    """The ids of the tickets an agent follows."""
    return Follower.objects.filter(user=agent).order_by().values("ticket")


VIEWS = {
    view.key: view
    for view in (
        QueueView(
            "waiting",
            gettext_lazy("Waiting on us"),
            gettext_lazy("Somebody waits for an answer from us."),
            lambda _agent, now: OURS & is_awake(now),
        ),
        QueueView(
            "mine",
            gettext_lazy("Mine"),
            gettext_lazy("Tickets you have taken or been given."),
            lambda agent, now: Q(assignee=agent) & LIVE & is_awake(now),
        ),
        QueueView(
            "followed",
            gettext_lazy("Followed"),
            gettext_lazy("You get a mail when the customer writes."),
            lambda agent, _now: Q(pk__in=followed_by(agent)) & LIVE,
            if_any=True,
        ),
        QueueView(
            "unassigned",
            gettext_lazy("Unassigned"),
            gettext_lazy("Nobody has taken these yet."),
            lambda _agent, now: Q(assignee=None) & OURS & is_awake(now),
        ),
        QueueView(
            "due_today",
            gettext_lazy("Due today"),
            gettext_lazy("Promised for today, and the time has not run out."),
            lambda _agent, now: OURS & Q(due_at__gt=now, due_at__lt=end_of_today()),
            if_any=True,
            sort="due",
        ),
        QueueView(
            "over",
            gettext_lazy("Over the promised time"),
            gettext_lazy("An answer or a solution should have been here already."),
            lambda _agent, now: OURS & Q(due_at__lte=now),
            if_any=True,
            sort="due",
        ),
        QueueView(
            "customer",
            gettext_lazy("Waiting for customer"),
            gettext_lazy("We have answered or asked."),
            lambda _agent, _now: Q(waiting_on=WaitingOn.CUSTOMER),
        ),
        QueueView(
            "third_party",
            gettext_lazy("Waiting for others"),
            gettext_lazy("A supplier or a colleague elsewhere has to do something first."),
            lambda _agent, _now: Q(waiting_on=WaitingOn.THIRD_PARTY),
            if_any=True,
        ),
        QueueView(
            "snoozed",
            pgettext_lazy("tickets", "Put off"),
            gettext_lazy("Out of the lists until a day that you chose, or until the customer writes."),
            lambda _agent, now: LIVE & sleeps(now),
            if_any=True,
            sort="snoozed",
        ),
        QueueView(
            "untouched",
            gettext_lazy("Untouched"),
            gettext_lazy("Nobody has answered or taken them."),
            lambda _agent, now: OURS & is_awake(now) & Q(assignee=None, first_answered_at=None),
            in_rail=False,
        ),
        QueueView(
            "reopened",
            gettext_lazy("Reopened twice or more"),
            gettext_lazy("Closed again and again, but not settled."),
            lambda _agent, now: LIVE & is_awake(now) & Q(times_reopened__gte=OFTEN),
            in_rail=False,
        ),
        QueueView(
            "nudged",
            gettext_lazy("Asked for news"),
            gettext_lazy("The customer has asked how it goes, and waits for us."),
            lambda _agent, _now: OURS & Q(nudged_at__isnull=False),
            if_any=True,
        ),
        QueueView(
            "overslept",
            gettext_lazy("Put off too long"),
            gettext_lazy("They were put off until a day that has passed."),
            lambda _agent, now: LIVE & Q(snoozed_until__lte=now),
            in_rail=False,
        ),
        QueueView(
            "open",
            gettext_lazy("All open"),
            gettext_lazy("Everything that is not closed."),
            lambda _agent, _now: LIVE,
        ),
        QueueView(
            "closed",
            pgettext_lazy("tickets", "Closed"),
            gettext_lazy("Answered and done."),
            lambda _agent, _now: Q(waiting_on=WaitingOn.NOBODY),
            sort="activity",
        ),
        QueueView(
            "all",
            gettext_lazy("All tickets"),
            gettext_lazy("Open and closed."),
            lambda _agent, _now: Q(),
            in_rail=False,
            sort="activity",
        ),
    )
}
REASONED = {"due_today", "over", "untouched", "reopened", "nudged", "overslept"}  # whose rows say why they are here
COUNTED = tuple(view for view in VIEWS.values() if view.in_rail and view.key != "closed")
