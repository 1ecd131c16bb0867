from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language, Role
from accounts.folding import fold_address, fold_text
from accounts.models.tenancy import TenantModel, scoped_manager


class Organisation(TenantModel):
    """A customer of the tenant."""

    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organisation_name_once_per_tenant")]

    def __str__(self) -> str:
        return self.name


class User(TenantModel, AbstractBaseUser):
    """A person on one portal: customer, agent or tenant administrator. Another portal knows nothing of them."""

    email = models.EmailField(_("Mail address"), max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, blank=True)
    role = models.CharField(max_length=15, choices=Role.choices, default=Role.CUSTOMER)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    is_active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar[Any] = scoped_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "email_key"], name="address_once_per_tenant")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_key = fold_address(self.email)
        self.search_key = fold_text(f"{self.name} {self.email}")[:400]
        super().save(*args, **kwargs)

    @property
    def is_agent(self) -> bool:
        """Works on the desk: an agent or a tenant administrator."""
        return self.role in (Role.AGENT, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def reading_language(self) -> str:
        """The language of mails to this person; the portal's, when they never chose."""
        return self.language or self.tenant.language
