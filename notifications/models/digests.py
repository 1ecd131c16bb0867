from django.db import models

from accounts.models import TenantModel, User
from notifications.enums import DigestPace, MailKind
from notifications.models.deliveries import Delivery
from tickets.models import TicketEvent


class DigestChoice(TenantModel):
    """A kind of mail that somebody wants collected in a digest instead of one by one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digest_choices")
    kind = models.CharField(max_length=20, choices=MailKind.choices)
    pace = models.CharField(max_length=6, choices=DigestPace.choices, default=DigestPace.DAILY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="kind_collected_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.pace}"


class DigestItem(TenantModel):
    """Something a person is told in their next digest, or about tickets that go stale in the round's one mail.
    `delivery` is the mail that told it, None before."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digest_items")
    ticket_event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="digest_items")
    kind = models.CharField(max_length=20, choices=MailKind.choices)
    pace = models.CharField(max_length=6, choices=DigestPace.choices)
    created_at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket_event", "user"], name="told_once_in_a_digest")]
        indexes = [
            models.Index(
                fields=["tenant", "pace", "user", "id"],
                condition=models.Q(delivery__isnull=True),
                name="digest_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
