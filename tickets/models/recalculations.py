from django.conf import settings
from django.db import models

from accounts.models import TenantModel
from tickets.enums import RecalculationKind, TimesChange, TrialState


class Recalculation(TenantModel):
    """Open tickets get other times: tried before a change is saved, followed after it was. A worker does it.

    `before` and `after` are what is promised before and after a change (`routing.promised`), and `mark` names the
    change; both are None where no single change is followed. `passed` is the last ticket that was looked at, `done` how
    many were, `moved` how many of them are due at another moment. `lease_until`: how long whoever works on it has it;
    `worked_at`: when it had its last turn. `attempts`: turns that came to nothing.
    """

    kind = models.CharField(max_length=8, choices=RecalculationKind.choices)
    why = models.CharField(max_length=9, choices=TimesChange.choices, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    mark = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    passed = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=("waiting", "running")), name="recalculation_waiting"
            )
        ]

    @property
    def is_at_work(self) -> bool:
        return self.state in (TrialState.WAITING, TrialState.RUNNING)

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.done}/{self.total}"
