from urllib.parse import urlsplit

from django.db import models

from accounts.languages import in_readers_language
from accounts.models import Agreement, Organisation, TenantModel
from routing.models import Department
from tickets.enums import Audience, LeadsTo, Priority
from tickets.models.forms import TicketForm


class HelpTopic(TenantModel):
    """What a ticket can be about. Topics form a tree; one that has others below it is only their heading.

    It leads to its form, to guidance, or to an address elsewhere. `wish_answer` says where a wish goes that is not for
    us (I15), where the topic is not open to wishes. `uses` counts its tickets of the last 90 days, kept by a job.
    """

    slug = models.SlugField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    icon = models.CharField(max_length=40, blank=True)
    name_sv = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    description_sv = models.CharField(max_length=200, blank=True)
    description_en = models.CharField(max_length=200, blank=True)
    audience = models.CharField(max_length=13, choices=Audience.choices, default=Audience.EVERYBODY)
    leads_to = models.CharField(max_length=8, choices=LeadsTo.choices, default=LeadsTo.FORM)
    guidance_sv = models.TextField(max_length=5000, blank=True)
    guidance_en = models.TextField(max_length=5000, blank=True)
    link = models.URLField(max_length=300, blank=True)
    form = models.ForeignKey(TicketForm, on_delete=models.PROTECT, null=True, blank=True, related_name="topics")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="topics")
    priority = models.CharField(max_length=6, choices=Priority.choices, blank=True)
    checklist_sv = models.TextField(max_length=2000, blank=True)  # one point a line
    checklist_en = models.TextField(max_length=2000, blank=True)
    is_open_to_wishes = models.BooleanField(default=True)
    wish_answer_sv = models.TextField(max_length=2000, blank=True)
    wish_answer_en = models.TextField(max_length=2000, blank=True)
    position = models.PositiveIntegerField(default=0)
    uses = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="topic_slug_once_per_tenant"),
            models.CheckConstraint(condition=~models.Q(name_sv="", name_en=""), name="topic_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_sv, self.name_en)

    @property
    def description(self) -> str:
        return in_readers_language(self.description_sv, self.description_en)

    @property
    def guidance(self) -> str:
        return in_readers_language(self.guidance_sv, self.guidance_en)

    @property
    def host(self) -> str:
        """Whose address it leads to, as people read it."""
        return (urlsplit(self.link).hostname or "").removeprefix("www.")

    @property
    def checklist(self) -> list[str]:
        lines = in_readers_language(self.checklist_sv, self.checklist_en).splitlines()
        return [line.strip() for line in lines if line.strip()]

    @property
    def wish_answer(self) -> str:
        return "" if self.is_open_to_wishes else in_readers_language(self.wish_answer_sv, self.wish_answer_en)


class TopicOrganisation(TenantModel):
    """An organisation whose people may use a topic that is not for everybody."""

    topic = models.ForeignKey(HelpTopic, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="help_topics")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "organisation"], name="organisation_once_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} · {self.organisation}"


class TopicAgreement(TenantModel):
    """An agreement under which one may use a topic that is not for everybody."""

    topic = models.ForeignKey(HelpTopic, on_delete=models.CASCADE, related_name="agreements")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="help_topics")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "agreement"], name="agreement_once_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} · {self.agreement}"


class OrganisationException(TenantModel):
    """Where an organisation's tickets on one topic go instead of to its responsible department (T12); without a
    department, where they would go if it had none."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="routing_exceptions")
    topic = models.ForeignKey(HelpTopic, on_delete=models.CASCADE, related_name="routing_exceptions")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="routing_exceptions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "topic"], name="exception_once_per_organisation_and_topic")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.topic} → {self.department or '–'}"
