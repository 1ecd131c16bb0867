import secrets

from django.db import models

from accounts.models import TenantModel, User
from tickets.models.messages import Message
from tickets.models.tickets import Ticket


def new_link_id() -> str:
    return secrets.token_urlsafe(12)


class TicketLink(TenantModel):
    """The right of one person to one ticket by the link in their mails. Void once revoked or expired, and once the
    person has another mail address than the one it was made for (`address_key`): the old mailbox opens nothing."""

    public_id = models.CharField(max_length=24, unique=True, default=new_link_id, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ticket_links")
    address_key = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "user"], condition=models.Q(revoked_at=None), name="one_live_link_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.ticket_id}"


class Reading(TenantModel):
    """How far a person has read a ticket. What came after it from others is unread (docs/decisions)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="readings")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="one_reading_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.ticket_id}"


class Collaborator(TenantModel):
    """Somebody on a ticket besides its requester: reads its whole history, is mailed, replies, may leave (I11)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="collaborations")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="collaborator_once_per_ticket")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.ticket_id}"
