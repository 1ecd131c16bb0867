from django.conf import settings
from django.db import models

from accounts.models import TenantModel
from tickets.enums import TrialState


class RoutingTrial(TenantModel):
    """Changed rules tried on the tickets of the last days, before they are saved. A worker does it.

    `draft` is the change as `routing.drafts` reads it. `moves` holds the first hundred tickets that would land
    elsewhere; `moved` is the exact number. `lease_until`: how long whoever works on it has it.
    """

    draft = models.JSONField()
    days = models.PositiveSmallIntegerField(default=30)
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    moves = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state__in=("waiting", "running")), name="trial_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.done}/{self.total}"
