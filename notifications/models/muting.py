from django.db import models

from accounts.models import TenantModel, User
from notifications.enums import MailKind


class MutedMail(TenantModel):
    """A kind of mail somebody chose not to get. Honoured while somebody else is told (`notifications/telling.py`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="muted_mails")
    kind = models.CharField(max_length=20, choices=MailKind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="kind_muted_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} not {self.kind}"
