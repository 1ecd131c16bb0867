from typing import Any

from django.conf import settings
from django.db import models

from accounts.folding import fold_text
from accounts.models import TenantModel
from tickets.models.tickets import Ticket


class Tag(TenantModel):
    """A word by which staff find tickets that belong together. Customers never see it."""

    name = models.CharField(max_length=40)
    name_key = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["name_key"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name_key"], name="tag_once_per_tenant")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold_text(self.name)[:200]
        super().save(*args, **kwargs)


class TicketTag(TenantModel):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="tickets")

    class Meta:
        ordering = ["tag__name_key"]
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="tag_once_per_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.tag}"


class Follower(TenantModel):
    """An agent who is told what customers write on a ticket, though it is not theirs."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed_tickets")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follower_once_per_ticket")]

    def __str__(self) -> str:
        return f"{self.user} · {self.ticket_id}"
