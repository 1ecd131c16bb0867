from django.db import models

from accounts.languages import in_readers_language
from accounts.models import TenantModel
from tickets.enums import Priority, PriorityUse


class PriorityDefinition(TenantModel):
    """What one of the four priorities means on this portal, with an example (A4)."""

    priority = models.CharField(max_length=6, choices=Priority.choices)
    definition_sv = models.TextField(max_length=500, blank=True)
    definition_en = models.TextField(max_length=500, blank=True)
    example_sv = models.TextField(max_length=500, blank=True)
    example_en = models.TextField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "priority"], name="priority_once_per_tenant")]

    def __str__(self) -> str:
        return self.priority

    @property
    def definition(self) -> str:
        return in_readers_language(self.definition_sv, self.definition_en)

    @property
    def example(self) -> str:
        return in_readers_language(self.example_sv, self.example_en)


class PrioritySettings(TenantModel):
    """What customers have to do with priorities. One row a tenant; without it, these defaults hold.

    `by_channel` fixes with which priority tickets of a channel begin ({"mail": "low"}, A3); a channel that is not there
    begins with what the customer chose, else the topic's, else `default`.
    """

    use = models.CharField(max_length=6, choices=PriorityUse.choices, default=PriorityUse.HIDDEN)
    default = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MEDIUM)
    by_channel = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_priority_settings_per_tenant")]

    def __str__(self) -> str:
        return self.use
