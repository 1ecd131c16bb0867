"""When tickets count as stale, and who is told at how much of the time: what administrators decide (T3)."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rules import require_administrator
from routing.enums import Ageing
from routing.models import AgeingPolicy, AlertSettings, Department


class PolicyTaken(ValueError):
    """There is a policy of this condition for this department and priority already."""


class PolicyRefused(ValueError):
    """It does not say when: `why` is "minutes" or "times"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class LadderGoesDown(ValueError):
    """Somebody higher up would be told before somebody nearer."""


@dataclass(frozen=True)
class PolicyWords:
    """What a policy says. `department` None and `priority` "": all of them. `minutes` and `closes_after` are working
    time, `closes_after` only where a ticket waits for the customer; `times` only where it is reopened."""

    condition: Ageing
    department: Department | None = None
    priority: str = ""
    minutes: int | None = None
    times: int | None = None
    closes_after: int | None = None


def save_policy(*, actor: User | None, policy: AgeingPolicy | None, words: PolicyWords) -> AgeingPolicy:
    """Add an ageing policy (`policy` None), or let one say something else. Counts from the next minute on, for tickets
    that are open already as well; what has been told is not told again.

    For administrators (None: an operator's command). Raises PolicyRefused, PolicyTaken.
    """
    require_administrator(actor)
    by_times = words.condition == Ageing.REOPENED
    if by_times and not words.times:
        raise PolicyRefused("times")
    if not by_times and words.minutes is None:
        raise PolicyRefused("minutes")
    row = policy or AgeingPolicy()
    row.condition, row.department, row.priority = words.condition, words.department, words.priority
    row.minutes, row.times = (None, words.times) if by_times else (words.minutes, None)
    row.closes_after = words.closes_after if words.condition == Ageing.WAITING_FOR_CUSTOMER else None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise PolicyTaken from None
    return row


def pause_policy(*, actor: User | None, policy: AgeingPolicy, is_active: bool) -> AgeingPolicy:
    """Let a policy count no more for the time being, or again. Meanwhile the next more general one counts, if there is
    any. For administrators (None: an operator's command)."""
    require_administrator(actor)
    AgeingPolicy.objects.filter(pk=policy.pk).update(is_active=is_active)
    policy.is_active = is_active
    return policy


def remove_policy(*, actor: User | None, policy: AgeingPolicy) -> None:
    """Remove a policy, and which of its steps were taken; the tickets' histories keep them. Nothing happens when it is
    gone already. For administrators (None: an operator's command)."""
    require_administrator(actor)
    AgeingPolicy.objects.filter(pk=policy.pk).delete()


def set_alerts(
    *,
    actor: User | None,
    assignee_at: int,
    lead_at: int,
    support_lead_at: int,
    asks_for_news: bool,
    shows_expected: bool,
) -> AlertSettings:
    """Decide at which percentage of a target or a policy's time each rung of the ladder is told, whether customers may
    ask for news, and whether they see when to expect the first answer.

    For administrators (None: an operator's command). Raises LadderGoesDown, also where the first is told before
    anything has passed.
    """
    require_administrator(actor)
    if not 0 < assignee_at <= lead_at <= support_lead_at:
        raise LadderGoesDown
    found, _made = AlertSettings.objects.update_or_create(
        defaults={
            "assignee_at": assignee_at,
            "lead_at": lead_at,
            "support_lead_at": support_lead_at,
            "asks_for_news": asks_for_news,
            "shows_expected": shows_expected,
        }
    )
    settings: AlertSettings = found
    return settings
