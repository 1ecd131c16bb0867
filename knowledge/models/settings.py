from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.languages import in_readers_language
from accounts.models import TenantModel, User


class HelpSettings(TenantModel):
    """How a portal's help centre is. `tips` are shown before every form, one a line (S4, I9). `guide_first`: people are
    led through "Where to turn" before they are offered topics (M1)."""

    welcome_sv = models.CharField(max_length=300, blank=True)
    welcome_en = models.CharField(max_length=300, blank=True)
    tips_sv = models.TextField(max_length=2000, blank=True)
    tips_en = models.TextField(max_length=2000, blank=True)
    guide_first = models.BooleanField(default=False)
    asks_if_helpful = models.BooleanField(default=True)
    agents_publish = models.BooleanField(default=True)
    review_months = models.PositiveIntegerField(default=12, validators=[MinValueValidator(1), MaxValueValidator(60)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="help_settings_once_per_tenant")]

    def __str__(self) -> str:
        return f"Help centre of {self.tenant_id}"

    @property
    def welcome(self) -> str:
        return in_readers_language(self.welcome_sv, self.welcome_en)

    @property
    def tips(self) -> list[str]:
        lines = in_readers_language(self.tips_sv, self.tips_en).splitlines()
        return [line.strip() for line in lines if line.strip()]


class TipsRead(TenantModel):
    """Tips or a checklist that somebody does not want to be shown again, until its words change (`digest`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tips_read")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="tips_read_once"),
            models.CheckConstraint(condition=~Q(digest=""), name="tips_read_name_some"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.digest[:8]}"
