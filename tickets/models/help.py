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


class TicketServiceMessage(TenantModel):
    """A ticket that is about what a service message tells of. They are answered together when it is over
    (`answered_at`)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="service_messages")
    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, related_name="tickets")
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "service_message"], name="ticket_once_per_service_message")
        ]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.service_message}"
