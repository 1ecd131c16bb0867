import hashlib

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language, PasswordPolicy, WayIn
from accounts.languages import in_readers_language

validate_colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour is written as # and six digits, such as #00618e."))


class Tenant(models.Model):
    """One support provider with a portal of its own. Not tenant data: it is what all other data belong to."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.SWEDISH)
    time_zone = models.CharField(max_length=50, default="Europe/Stockholm")
    colour = models.CharField(max_length=7, default="#00618e", validators=[validate_colour])
    logo = models.FileField(upload_to="logos/", blank=True)
    mail_address = models.EmailField()
    guest_limit_per_address = models.PositiveIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    guest_limit_per_network = models.PositiveIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(10000)]
    )
    attachment_limit_mb = models.PositiveIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(settings.ATTACHMENT_LIMIT_MB)]
    )
    # How long an agent can take a reply back; as long it is kept from the customer. 0: it is sent at once.
    undo_seconds = models.PositiveIntegerField(default=15, validators=[MaxValueValidator(120)])
    # Who gets in. `known_domains` is about people whose address belongs to one of the customers' mail domains.
    strangers = models.CharField(max_length=11, choices=WayIn.choices, default=WayIn.OPEN)
    known_domains = models.CharField(max_length=11, choices=WayIn.choices, default=WayIn.OPEN)
    contacts_may_invite = models.BooleanField(default=True)
    refuses_private_addresses = models.BooleanField(default=False)
    password_policy = models.CharField(max_length=8, choices=PasswordPolicy.choices, default=PasswordPolicy.MODERN)
    staff_need_second_factor = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True)
    phone_hours_sv = models.CharField(max_length=120, blank=True)
    phone_hours_en = models.CharField(max_length=120, blank=True)
    phone_is_urgent_only = models.BooleanField(default=True)  # S5
    on_call_phone = models.CharField(max_length=40, blank=True)  # outside office hours (M1)
    # Until when there may be a service message to show; kept by their doors, so that pages ask only while there is one.
    service_messages_until = models.DateTimeField(null=True, editable=False)
    # When the last occasion begins that was ever entered; kept by their doors, for the same reason.
    last_occasion_at = models.DateTimeField(null=True, editable=False)
    # Whom those turn to who are not let in.
    entry_contact_sv = models.CharField(max_length=200, blank=True)
    entry_contact_en = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def guests_file(self) -> bool:
        """Whether people may file without signing in: only where anybody may come in anyway."""
        return self.strangers == WayIn.OPEN

    @property
    def phone_hours(self) -> str:
        return in_readers_language(self.phone_hours_sv, self.phone_hours_en)

    @property
    def entry_contact(self) -> str:
        return in_readers_language(self.entry_contact_sv, self.entry_contact_en)

    def url(self, path: str) -> str:
        """An absolute address on this portal, from its own record; a request's Host has no say (DESIGN, fault 8)."""
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
        return f"{settings.PUBLIC_SCHEME}://{self.primary_host}{port}{path}"

    @property
    def primary_host(self) -> str:
        names = [host.name for host in sorted(self.hosts.all(), key=lambda host: (not host.is_primary, host.pk))]
        return names[0] if names else f"{self.slug}.{settings.BASE_HOST}"

    @property
    def brand_fingerprint(self) -> str:
        """Changes when the portal's colour or logo does, so that browsers may keep what they have until then."""
        brand = f"{self.colour}|{self.logo.name or ''}"
        return hashlib.sha256(brand.encode()).hexdigest()[:12]


class TenantHost(models.Model):
    """A host name that leads to a tenant's portal. Lower case, without port."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="hosts")
    name = models.CharField(max_length=253, unique=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="one_primary_host_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return self.name
