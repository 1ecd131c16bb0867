from typing import Any

from django.db import models

from accounts.folding import fold_text
from accounts.models.organisations import Organisation
from accounts.models.tenancy import TenantModel


class Site(TenantModel):
    """A place of an organisation's that tickets are about: a building, a plant, a school."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=400, editable=False)
    address = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name_key"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name_key"], name="site_once_per_organisation")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold_text(self.name)[:400]
        super().save(*args, **kwargs)
