from math import ceil
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import TenantModel, User
from tickets.enums import Channel, MailLabel, MessageKind
from tickets.models.tickets import Ticket


class Message(TenantModel):
    """Words on a ticket: a public reply, or an internal note that no customer ever sees.

    `body` is plain text, and all there is to search and mail; a mail may have brought `html` besides (sanitised, its
    inline pictures named by the Content-ID of their attachments) and `quoted`, what it repeats of earlier mails, which
    pages fold. `written_by`: the address a mail came from where that is not its author's. `label`: what it is, where
    its words do not say all of it. An agent's reply is not public before `public_at` (None: at once), so that it can be
    taken back until then (`withdrawn_at`).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=5, choices=MessageKind.choices, default=MessageKind.REPLY)
    body = models.TextField()
    html = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    written_by = models.CharField(max_length=254, blank=True)
    label = models.CharField(max_length=10, choices=MailLabel.choices, blank=True)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    submission_key = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField()
    public_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    # Set for pages by `tickets.timeline`: its attachments with the `url` of their reader, but for those that stand in
    # its formatted words, if it has any.
    files: list[Any]
    formatted: Any = None
    came_from: str = ""  # by `tickets.origins`: `written_by` in its reader's words

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tenant", "submission_key"], name="sent_once_per_form")]
        indexes = [models.Index(fields=["ticket", "kind", "id"], name="message_timeline")]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.pk}"

    @property
    def is_pending(self) -> bool:
        """Whether it can still be taken back, and no customer sees it yet."""
        return self.withdrawn_at is None and self.public_at is not None and self.public_at > timezone.now()

    @property
    def seconds_left(self) -> int:
        """How long it can still be taken back."""
        return max(0, ceil((self.public_at - timezone.now()).total_seconds())) if self.public_at else 0

    @property
    def is_from_staff(self) -> bool:
        """Whether an agent said it as one. What a guest typed under an agent's address proves nothing, nor does a mail
        that came from who knows where."""
        return self.author.is_agent and self.channel != Channel.GUEST and not self.written_by
