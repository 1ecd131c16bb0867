from django.db import models

from accounts.models.tenancy import TenantModel


class Allowance(TenantModel):
    """How often something was done within one window of time; shared by all processes because it is a row."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=254)
    window_start = models.DateTimeField()
    spent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "key", "window_start"], name="allowance_once_per_window")
        ]
        indexes = [models.Index(fields=["window_start"], name="allowance_old")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.spent}"
