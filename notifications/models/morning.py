from django.db import models

from accounts.models import TenantModel, User


class MorningChoice(TenantModel):
    """Somebody on the staff wants a mail every working morning about what waits. `told_on`: the last day, where they
    are, on which that was settled."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="morning_choice")
    told_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.told_on}"
