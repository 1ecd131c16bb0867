from django.db import models

from accounts.models import TenantModel, User
from notifications.enums import Verdict


class SenderRule(TenantModel):
    """What staff decided about all mails of a sender. `key` is a folded address, or "@" and a domain."""

    key = models.CharField(max_length=254)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="sender_judged_once")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.key}"


class BouncingAddress(TenantModel):
    """An address whose mails came back. Forgotten as soon as one arrives, or staff say that it works again."""

    key = models.CharField(max_length=254)
    bounces = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)  # the mail server's own

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="address_bounces_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.bounces})"
