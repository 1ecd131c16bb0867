from django.db import models

from accounts.models import Event
from tickets.enums import EventKind
from tickets.models.messages import Message
from tickets.models.tickets import Ticket


class TicketEvent(Event):
    """Something that happened to a ticket, committed together with it. See `accounts.models.Event`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=EventKind.choices)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="events")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["tenant", "id"], condition=models.Q(fanned_out_at=None), name="ticket_event_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"
