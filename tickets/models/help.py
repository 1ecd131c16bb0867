from django.db import models
from django.utils import timezone

from accounts.models import TenantModel, User
from knowledge.models import GuideAnswer, Service, ServiceMessage
from tickets.models.tickets import Ticket
from tickets.models.topics import HelpTopic


class GuideTopic(TenantModel):
    """The form an answer of "Where to turn" ends in."""

    answer = models.OneToOneField(GuideAnswer, on_delete=models.CASCADE, related_name="guide_topic")
    topic = models.ForeignKey(HelpTopic, on_delete=models.PROTECT, related_name="guide_topics")

    def __str__(self) -> str:
        return f"{self.answer} → {self.topic}"


class ManualTopic(TenantModel):
    """The topic of tickets about what is missing in the help centre (S10)."""

    topic = models.OneToOneField(HelpTopic, on_delete=models.PROTECT, related_name="manual_topic")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_manual_topic")]

    def __str__(self) -> str:
        return str(self.topic)


class TopicService(TenantModel):
    """A service that a topic is about: while it is disturbed, whoever files on the topic is shown that first."""

    topic = models.ForeignKey(HelpTopic, on_delete=models.CASCADE, related_name="services")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="topics")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "service"], name="service_once_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} · {self.service}"


class SharedAnswer(TenantModel):
    """One answer to all tickets that are about a service message. A worker gives it, one ticket after the other: a row
    is the seam, and what is still to be answered are the links that name it. `done` of `total` are, `kept_open` of them
    without being closed, for an answer in their form is missing. `ended_at`: when none was left."""

    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    closes = models.BooleanField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    kept_open = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "id"], condition=models.Q(ended_at__isnull=True), name="shared_answer_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_message} {self.done}/{self.total}"

    @property
    def left_out(self) -> int:
        """How many were not answered after all: closed meanwhile, or no longer about it."""
        return self.total - self.done


class TicketServiceMessage(TenantModel):
    """A ticket that is about what a service message tells of. They are answered together when it is over
    (`answered_at`); `shared_answer` is the answer that is on its way."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="service_messages")
    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, related_name="tickets")
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    shared_answer = models.ForeignKey(SharedAnswer, on_delete=models.SET_NULL, null=True, related_name="links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "service_message"], name="ticket_once_per_service_message")
        ]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.service_message}"
