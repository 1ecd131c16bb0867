"""What a trial of a changed rule reads: whose it is, which tickets it looks at, whether routing is still the same."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.scoping import every_tenant
from routing.drafts import rule_as_data, rule_from_data
from routing.facts import Arrangement, RuleFact
from routing.queries import load_arrangement
from tickets.enums import TrialState
from tickets.models import RoutingTrial, Ticket

AT_WORK = (TrialState.WAITING, TrialState.RUNNING)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NEW = 0  # the id of a rule that is not saved yet


def trials_seen_by(actor: User) -> QuerySet[RoutingTrial]:
    """The trials somebody may open: an administrator's, all of the portal; others', none."""
    found: QuerySet[RoutingTrial] = RoutingTrial.objects.select_related("created_by")
    return found if actor.is_administrator else found.none()


def waiting_trials(now: datetime) -> QuerySet[RoutingTrial]:
    """Those a worker can take up now: nobody has them, or whoever had them has died."""
    found: QuerySet[RoutingTrial] = RoutingTrial.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=now), state__in=AT_WORK
    )
    return found


def tenants_with_trials_to_do() -> list[Tenant]:
    """The tenants for whose trials a worker can do something now, those first that had no turn for longest."""
    with every_tenant():
        keys = set(waiting_trials(timezone.now()).order_by().values_list("tenant_id", flat=True).distinct())
        theirs = RoutingTrial.objects.filter(tenant__in=keys).order_by().values_list("tenant_id")
        last = dict(theirs.annotate(last=Max("worked_at"))) if keys else {}
    active = Tenant.objects.filter(pk__in=keys, is_active=True) if keys else Tenant.objects.none()
    return sorted(active, key=lambda tenant: (last.get(tenant.pk) or LONG_AGO, tenant.pk))


def tickets_of(trial: RoutingTrial) -> QuerySet[Ticket]:
    """The tickets a trial looks at. None is added to them or goes while it runs."""
    since = trial.created_at - timedelta(days=trial.days)
    found: QuerySet[Ticket] = Ticket.objects.filter(created_at__gt=since, created_at__lte=trial.created_at)
    return found.select_related("requester", "topic", "organisation").order_by("pk")


def draft_as_data(rule: RuleFact) -> dict[str, Any]:
    """A changed rule as a trial keeps it; with id NEW, one that would be added."""
    return {"rule": rule_as_data(rule)}


def draft_of(trial: RoutingTrial) -> RuleFact | None:
    """The changed rule of a trial; None where it cannot be read any more."""
    try:
        return rule_from_data(trial.draft["rule"])
    except (KeyError, TypeError, AttributeError):
        return None


def mark_of(now: Arrangement, then: Arrangement) -> str:
    """A short word for how routing is and would be: another one as soon as anything is that decides departments."""
    return hashlib.sha256(json.dumps([_said(now), _said(then)]).encode()).hexdigest()


def mark_now(draft: RuleFact | None) -> str:
    """The same for a change and routing as it is at this moment."""
    return mark_of(load_arrangement(), load_arrangement(draft))


def _said(arrangement: Arrangement) -> list[Any]:
    return [
        [rule_as_data(rule) for rule in arrangement.rules],
        sorted((key, sorted(rows.items())) for key, rows in arrangement.tables.items()),
        sorted((one.id, one.is_active, one.successor or 0) for one in arrangement.departments.values()),
        arrangement.default,
    ]
