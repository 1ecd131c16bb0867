from django.db import models

from accounts.languages import in_readers_language
from accounts.models import TenantModel
from tickets.enums import FieldAccess, FieldKind, Need


class TicketForm(TenantModel):
    """The questions asked about a ticket beyond the ones all forms ask. Several help topics may use one form."""

    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="form_name_once_per_tenant")]

    def __str__(self) -> str:
        return self.name


class FormField(TenantModel):
    """One question of a form. Posted as `field_<key>`.

    It is asked only while the answer to `depends_on`, which stands before it, is one of `depends_values`; always, when
    there is none. `pattern` is in RE2's syntax. `minimum` and `maximum` are a number, a number of characters, or a
    date, as the kind has it. A removed field (`is_active` False) is asked no more; what was answered stays.
    """

    form = models.ForeignKey(TicketForm, on_delete=models.CASCADE, related_name="fields")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=FieldKind.choices, default=FieldKind.TEXT)
    label_sv = models.CharField(max_length=120, blank=True)
    label_en = models.CharField(max_length=120, blank=True)
    help_sv = models.CharField(max_length=500, blank=True)
    help_en = models.CharField(max_length=500, blank=True)
    need = models.CharField(max_length=8, choices=Need.choices, default=Need.OPTIONAL)
    is_required_to_close = models.BooleanField(default=False)
    access = models.CharField(max_length=8, choices=FieldAccess.choices, default=FieldAccess.CUSTOMER)
    choices = models.JSONField(default=list, blank=True)  # [{"value": "fire", "sv": "Brand", "en": "Fire"}]
    default = models.CharField(max_length=200, blank=True)
    pattern = models.CharField(max_length=200, blank=True)
    pattern_message_sv = models.CharField(max_length=200, blank=True)
    pattern_message_en = models.CharField(max_length=200, blank=True)
    minimum = models.CharField(max_length=40, blank=True)
    maximum = models.CharField(max_length=40, blank=True)
    depends_on = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="dependents")
    depends_values = models.JSONField(default=list, blank=True)
    is_searchable = models.BooleanField(default=True)
    is_column = models.BooleanField(default=False)  # shown in the queue
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["form", "key"], name="field_key_once_per_form")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_readers_language(self.label_sv, self.label_en)

    @property
    def help(self) -> str:
        return in_readers_language(self.help_sv, self.help_en)

    @property
    def pattern_message(self) -> str:
        return in_readers_language(self.pattern_message_sv, self.pattern_message_en)
