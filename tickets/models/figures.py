from django.db import models

from accounts.models import TenantModel
from routing.models import Department


class DailyFigures(TenantModel):
    """What the tiles of the dashboard showed of a department's tickets on a day's morning, to compare with a week
    later: a number by the tile's name. Forgotten after some weeks."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="daily_figures")
    day = models.DateField()
    taken_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day", "department"], name="figures_once_a_day")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.day}"
