"""Service levels: what customers are promised (S6, A1). Times of tickets are not touched here: whoever changes what
counts for them has them worked out again (`change_times`)."""

from collections.abc import Mapping
from typing import Literal

from django.db import IntegrityError, transaction

from accounts.folding import clean_line
from accounts.models import Agreement, User
from accounts.rules import require_administrator
from routing.enums import Measure
from routing.models import AgreementLevel, Calendar, ServiceLevel, ServiceTarget
from routing.models.levels import LONGEST

LEVELS_LIMIT = 100
Targets = Mapping[tuple[str, Measure], int]


class LevelNameTaken(ValueError):
    """Another service level of the portal has this name."""


class LevelRefused(ValueError):
    """The level cannot be kept as it is; `why` says because of what."""

    def __init__(self, why: Literal["name", "targets", "many"]) -> None:
        super().__init__(why)
        self.why = why


class LevelInUse(ValueError):
    """`agreements` (their names) promise the level."""

    def __init__(self, agreements: list[str]) -> None:
        super().__init__(agreements)
        self.agreements = agreements


def save_level(
    *,
    actor: User | None,
    level: ServiceLevel | None,
    name: str,
    calendar: Calendar | None,
    is_default: bool,
    targets: Targets,
) -> ServiceLevel:
    """Add a service level (`level` None), or let one say something else. `targets` are minutes of working time for each
    priority and measure; what is not in it is not promised. `calendar` None: the department's counts. `is_default`: it
    is everybody's whose agreement promises no other, in place of the one that was.

    Raises LevelNameTaken, LevelRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    if not 0 < len(clean_line(name)) <= 80:
        raise LevelRefused("name")
    if not all(0 <= minutes <= LONGEST and measure in Measure for (_, measure), minutes in targets.items()):
        raise LevelRefused("targets")
    with transaction.atomic():
        kept = _lock_all()
        if level is None and len(kept) >= LEVELS_LIMIT:
            raise LevelRefused("many")
        locked = kept[level.pk] if level else ServiceLevel()
        if is_default and not locked.is_default:
            ServiceLevel.objects.filter(is_default=True).update(is_default=False)
        locked.name, locked.is_default = clean_line(name), is_default
        locked.calendar = Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk) if calendar else None
        _save(locked)
        ServiceTarget.objects.filter(level=locked).delete()
        ServiceTarget.objects.bulk_create(
            ServiceTarget(level=locked, priority=priority, measure=measure, minutes=minutes)
            for (priority, measure), minutes in targets.items()
        )
    return locked


def remove_level(*, actor: User | None, level: ServiceLevel) -> bool:
    """Delete a service level that no agreement promises. Returns False when it was gone already.

    Raises LevelInUse, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock_all().get(level.pk)
        if locked is None:
            return False
        agreements = list(locked.agreements.order_by("agreement__name").values_list("agreement__name", flat=True))
        if agreements:
            raise LevelInUse(agreements)
        locked.delete()
    return True


def promise_level(*, actor: User | None, agreement: Agreement, level: ServiceLevel | None) -> None:
    """Let an agreement promise a level to all who have it; None: the one that everybody has.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
        if level is None:
            AgreementLevel.objects.filter(agreement=locked).delete()
        else:
            chosen = ServiceLevel.objects.select_for_update(no_key=True).get(pk=level.pk)
            AgreementLevel.objects.update_or_create(agreement=locked, defaults={"level": chosen})


def _lock_all() -> dict[int, ServiceLevel]:
    """All levels of the portal, locked in one order."""
    return {row.pk: row for row in ServiceLevel.objects.select_for_update().order_by("pk")}


def _save(level: ServiceLevel) -> None:
    try:
        with transaction.atomic():
            level.save()
    except IntegrityError:
        if ServiceLevel.objects.filter(name=level.name).exclude(pk=level.pk).exists():
            raise LevelNameTaken from None
        raise
