from django.db import models
from django.utils.translation import get_language

from accounts.models import TenantModel
from routing.models import Department
from tickets.enums import FieldKind


def in_readers_language(swedish: str, english: str) -> str:
    """The text in the reader's language, or in the other one where it is missing."""
    first, second = (swedish, english) if (get_language() or "").startswith("sv") else (english, swedish)
    return first or second


class HelpTopic(TenantModel):
    """What a ticket can be about; it has a form of its own and a department that answers."""

    slug = models.SlugField(max_length=60)
    name_sv = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    description_sv = models.CharField(max_length=200, blank=True)
    description_en = models.CharField(max_length=200, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="topics")
    position = models.PositiveIntegerField(default=0)
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


class TopicField(TenantModel):
    """A question a topic's form asks beyond the ones all forms ask. Posted as `field_<key>`."""

    topic = models.ForeignKey(HelpTopic, on_delete=models.CASCADE, related_name="fields")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=FieldKind.choices, default=FieldKind.TEXT)
    label_sv = models.CharField(max_length=120, blank=True)
    label_en = models.CharField(max_length=120, blank=True)
    help_sv = models.CharField(max_length=200, blank=True)
    help_en = models.CharField(max_length=200, blank=True)
    is_required = models.BooleanField(default=False)
    choices = models.JSONField(default=list, blank=True)  # [{"value": "fire", "sv": "Brand", "en": "Fire"}]
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="field_key_once_per_topic")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_readers_language(self.label_sv, self.label_en)

    @property
    def help(self) -> str:
        return in_readers_language(self.help_sv, self.help_en)
