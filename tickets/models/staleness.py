from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from routing.enums import Measure, Rung
from routing.models import AgeingPolicy
from tickets.models.tickets import Ticket


class Escalation(TenantModel):
    """A step up the ladder: that a ticket went stale was made known to this rung. Exactly one a breach and rung.

    A breach is of a service level's `measure`, or of an ageing `policy`, and begins where its time began to count
    (`since`): a ticket that is answered and asked again can go stale again. `reached_at` is when the share of the time
    had passed, `created_at` when it was noticed; after a stop of the whole installation much later (`is_late`).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations")
    measure = models.CharField(max_length=12, choices=Measure.choices, blank=True)
    policy = models.ForeignKey(AgeingPolicy, on_delete=models.CASCADE, null=True, related_name="escalations")
    rung = models.CharField(max_length=12, choices=Rung.choices)
    since = models.DateTimeField()
    reached_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "measure", "since", "rung"],
                condition=Q(policy=None),
                name="rung_once_per_breach_of_a_level",
            ),
            models.UniqueConstraint(
                fields=["ticket", "policy", "since", "rung"],
                condition=Q(policy__isnull=False),
                name="rung_once_per_breach_of_a_policy",
            ),
            models.CheckConstraint(
                condition=Q(measure="", policy__isnull=False) | (~Q(measure="") & Q(policy=None)),
                name="escalation_of_a_level_or_a_policy",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.measure or self.policy_id} {self.rung}"
