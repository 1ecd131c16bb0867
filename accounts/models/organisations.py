from datetime import date
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import ProviderContactKind, Visibility
from accounts.folding import fold_text, unfold_domain
from accounts.models.tenancy import TenantModel


class Agreement(TenantModel):
    """What customers buy: how many named contacts, which channels. Many organisations share one.

    `contact_limit` None means that everybody at the organisation may ask; a number, that only its named contacts may
    (S1). From and until when it holds stands at each organisation.
    """

    name = models.CharField(_("Name"), max_length=80)
    contact_limit = models.PositiveIntegerField(
        _("Named contacts"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    allows_web = models.BooleanField(_("May ask in the portal"), default=True)
    allows_mail = models.BooleanField(_("May ask by mail"), default=True)
    shows_phone = models.BooleanField(_("Is shown the phone number"), default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="agreement_name_once_per_tenant")]

    def __str__(self) -> str:
        return self.name


class Organisation(TenantModel):
    """A customer of the tenant. `contact_limit` is its own number of named contacts, before the agreement's (S1)."""

    name = models.CharField(_("Name"), max_length=120)
    search_key = models.CharField(max_length=400, editable=False, default="")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="organisations"
    )
    agreement_from = models.DateField(null=True, blank=True)
    agreement_until = models.DateField(null=True, blank=True)  # the last day it holds
    contact_limit = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    visibility = models.CharField(max_length=15, choices=Visibility.choices, default=Visibility.OWN)
    notes = models.TextField(blank=True)  # staff only
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organisation_name_once_per_tenant")]
        indexes = [models.Index(fields=["tenant", "search_key", "id"], name="organisation_list")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = fold_text(self.name)[:400]
        super().save(*args, **kwargs)

    @property
    def named_contact_limit(self) -> int | None:
        """How many named contacts it may have; None for any number. Reads the agreement."""
        if self.contact_limit is not None:
            return self.contact_limit
        return self.agreement.contact_limit if self.agreement else None

    def agreement_holds(self, day: date) -> bool:
        """Whether `day` lies within the agreement's time; an open end holds for ever."""
        begun = self.agreement_from is None or self.agreement_from <= day
        return begun and (self.agreement_until is None or day <= self.agreement_until)


class OrganisationDomain(TenantModel):
    """A mail domain whose people belong to the organisation, in ASCII. Sub-domains match only `with_subdomains`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)
    with_subdomains = models.BooleanField(default=False)

    class Meta:
        ordering = ["domain"]
        constraints = [models.UniqueConstraint(fields=["tenant", "domain"], name="domain_once_per_tenant")]

    def __str__(self) -> str:
        return unfold_domain(self.domain)


class LocalAdministrator(TenantModel):
    """Whom the organisation's own people turn to, as those are told who may not ask support themselves (S7)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="local_administrators")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(email="") | ~Q(phone=""), name="local_administrators_are_reachable")
        ]

    def __str__(self) -> str:
        return self.name


class ProviderContact(TenantModel):
    """Whom the organisation has at the provider besides support (S3)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="provider_contacts")
    kind = models.CharField(max_length=15, choices=ProviderContactKind.choices)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["organisation", "kind"], name="one_provider_contact_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"


class PrivateDomain(TenantModel):
    """A public webmail domain: it proves no employer, so it can be no organisation's (I6)."""

    domain = models.CharField(max_length=253)

    class Meta:
        ordering = ["domain"]
        constraints = [models.UniqueConstraint(fields=["tenant", "domain"], name="private_domain_once_per_tenant")]

    def __str__(self) -> str:
        return self.domain
