from datetime import datetime

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.languages import foreign_language, in_readers_language
from accounts.models import Organisation, TenantModel, TenantQuerySet, User, scoped_manager
from knowledge.enums import Audience, MessageKind, Severity, Standing

LONGEST_NOTICE = 30  # days


class Service(TenantModel):
    """Something customers use, that may be disturbed. Which topics are about it: `tickets.TopicService`."""

    name_sv = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(name_sv="", name_en=""), name="service_has_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_sv, self.name_en)


class ServiceMessageQuerySet(TenantQuerySet):
    def published(self) -> "ServiceMessageQuerySet":
        return self.filter(published_at__isnull=False)

    def lasting(self, now: datetime) -> "ServiceMessageQuerySet":
        """What is going on now: has begun, and has neither ended nor run out."""
        return self.published().not_over(now).filter(starts_at__lte=now)

    def not_over(self, now: datetime) -> "ServiceMessageQuerySet":
        """What lasts, or is still to come."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), over_at__isnull=True)

    def coming(self, now: datetime) -> "ServiceMessageQuerySet":
        return self.published().filter(starts_at__gt=now, over_at__isnull=True)

    def over(self, now: datetime) -> "ServiceMessageQuerySet":
        return self.published().filter(Q(over_at__isnull=False) | Q(ends_at__lte=now))


class ServiceMessage(TenantModel):
    """Planned work or a disturbance. Plain text. `published_at` None: a draft. It is over at `over_at`, or by itself
    at `ends_at` if that is given; a disturbance usually has none until it is over. `audience` as for articles.
    `announced_days`: how long before it begins it is told on every page.
    """

    kind = models.CharField(max_length=11, choices=MessageKind.choices)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    audience = models.CharField(max_length=13, choices=Audience.choices, default=Audience.EVERYBODY)
    title_sv = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    body_sv = models.TextField(max_length=5000, blank=True)
    body_en = models.TextField(max_length=5000, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    announced_days = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(LONGEST_NOTICE)])
    published_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    objects = scoped_manager(ServiceMessageQuerySet)  # type: ignore[misc]

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title_sv="", title_en=""), name="service_message_has_a_title"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="service_message_ends_later"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-starts_at", "-id"], name="service_message_list"),
            models.Index(
                fields=["tenant", "starts_at"],
                condition=Q(published_at__isnull=False, over_at__isnull=True),
                name="service_message_lasting",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_readers_language(self.title_sv, self.title_en)

    @property
    def body(self) -> str:
        return in_readers_language(self.body_sv, self.body_en)

    @property
    def title_language(self) -> str:
        """Which, where it is not the reader's."""
        return foreign_language(self.title_sv, self.title_en)

    @property
    def body_language(self) -> str:
        return foreign_language(self.body_sv, self.body_en)

    @property
    def ended_at(self) -> datetime | None:
        """When it was over, or will be by itself."""
        return self.over_at or self.ends_at

    def stands(self, now: datetime | None = None) -> Standing:
        now = now or timezone.now()
        if self.published_at is None:
            return Standing.DRAFT
        if self.over_at is not None or (self.ends_at is not None and self.ends_at <= now):
            return Standing.OVER
        return Standing.COMING if self.starts_at > now else Standing.LASTING


class ServiceMessageOrganisation(TenantModel):
    """An organisation whose people read a service message that is for certain organisations."""

    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="service_messages")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_message", "organisation"], name="organisation_once_per_service_message"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_message} · {self.organisation}"


class AffectedService(TenantModel):
    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, related_name="affected")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="affected_by")

    class Meta:
        ordering = ["service__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service_message", "service"], name="service_once_per_service_message")
        ]

    def __str__(self) -> str:
        return f"{self.service_message} · {self.service}"


class ServiceUpdate(TenantModel):
    """What was told of a service message at one time: that it began, how it goes, that it is over (`is_end`). A row is
    the seam: the worker tells the subscribers by their ids in turn; `told_up_to` is the last one told, `told_at` when
    all were."""

    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, related_name="updates")
    text_sv = models.TextField(max_length=5000, blank=True)
    text_en = models.TextField(max_length=5000, blank=True)
    is_end = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    told_up_to = models.PositiveBigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["tenant", "id"], condition=Q(told_at__isnull=True), name="service_update_untold")
        ]

    def __str__(self) -> str:
        return f"{self.service_message} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def text(self) -> str:
        return in_readers_language(self.text_sv, self.text_en)

    @property
    def text_language(self) -> str:
        return foreign_language(self.text_sv, self.text_en)


class ServiceSubscription(TenantModel):
    """Somebody who wants service messages by mail."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="service_subscription")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.user)
