from django.db import models

from accounts.models import TenantModel
from notifications.models.deliveries import Delivery


class KeptMail(TenantModel):
    """A mail as it would have left, where none leaves: on the embedded default. May hold password links."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="kept")
    file_name = models.CharField(max_length=200)
    raw = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "created_at"], name="kept_mail_old")]

    def __str__(self) -> str:
        return self.file_name
