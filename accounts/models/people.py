from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountState, Language, Role
from accounts.folding import fold_address, fold_text, mask_address
from accounts.models.organisations import Organisation
from accounts.models.tenancy import TenantModel, scoped_manager


class User(TenantModel, AbstractBaseUser):
    """A person on one portal: customer, agent or tenant administrator. Another portal knows nothing of them.

    `is_active` is False for whoever is not let in yet (they applied, or are invited) and for a closed account.
    `verified_at`: when they proved that they read the address's mail; before that they see nothing of others.
    `is_named_contact` may ask for their organisation (S1); `is_contact_person` is the one the organisation appointed,
    who sees its tickets and invites colleagues (T14); `sees_colleagues` is chosen to see its tickets.
    """

    email = models.EmailField(_("Mail address"), max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, blank=True)
    time_zone = models.CharField(max_length=50, blank=True)
    role = models.CharField(max_length=15, choices=Role.choices, default=Role.CUSTOMER)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    is_named_contact = models.BooleanField(default=False)
    is_contact_person = models.BooleanField(default=False)
    sees_colleagues = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar[Any] = scoped_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email_key"], name="address_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False)
                | Q(is_named_contact=False, is_contact_person=False, sees_colleagues=False),
                name="contacts_have_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(closed_at__isnull=True), name="closed_accounts_are_not_active"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "role", "search_key", "id"], name="people_list"),
            models.Index(fields=["organisation", "is_named_contact"], name="people_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_key = fold_address(self.email)
        self.search_key = fold_text(f"{self.name} {self.email}")[:400]
        super().save(*args, **kwargs)

    @property
    def public_name(self) -> str:
        """The name as other people on a ticket read it; who has none is not given away by their address."""
        return self.name or mask_address(self.email)

    @property
    def is_agent(self) -> bool:
        """Works on the desk: an agent, a support lead or a tenant administrator."""
        return self.role != Role.CUSTOMER

    @property
    def sees_all_departments(self) -> bool:
        return self.role in (Role.SUPPORT_LEAD, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def state(self) -> AccountState:
        if self.closed_at is not None:
            return AccountState.CLOSED
        if not self.is_active:
            return AccountState.WAITING
        return AccountState.ACTIVE if self.verified_at is not None else AccountState.UNVERIFIED

    @property
    def reading_language(self) -> str:
        """The language of mails to this person; the portal's, when they never chose."""
        return self.language or self.tenant.language

    @property
    def reading_time_zone(self) -> str:
        """The time zone of what this person reads; the portal's, when they never chose."""
        return self.time_zone or self.tenant.time_zone
