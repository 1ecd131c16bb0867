from django.conf import settings
from django.db import models

from accounts.models import TenantModel
from tickets.enums import TrialState


class RoutingTrial(TenantModel):
    """Changed rules tried on the tickets of the last days, before they are saved. A worker does it.

    `draft` is the change as `tickets.trials` reads it. `held` is for how many tickets the rule holds, `moved` how many
    would land elsewhere; `moves` has the first hundred of these (ids: ticket, from, to). `lease_until`: how long
    whoever works on it has it; `worked_at`: when it had its last turn. `attempts`: turns that came to nothing.
    """

    draft = models.JSONField()
    days = models.PositiveSmallIntegerField(default=30)
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    moves = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state__in=("waiting", "running")), name="trial_waiting")
        ]

    @property
    def is_at_work(self) -> bool:
        return self.state in (TrialState.WAITING, TrialState.RUNNING)

    def __str__(self) -> str:
        return f"{self.state} {self.done}/{self.total}"
