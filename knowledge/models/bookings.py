import uuid
from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.languages import in_readers_language
from accounts.models import Organisation, TenantModel, User
from knowledge.enums import ActivityKind, Audience, BookingState


class Activity(TenantModel):
    """A training, or hours with a consultant, that customers book (A2, I1). Who may book it is its `audience`; booking
    needs an account."""

    slug = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=ActivityKind.choices)
    audience = models.CharField(max_length=13, choices=Audience.choices, default=Audience.SIGNED_IN)
    title_sv = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    body_sv = models.TextField(max_length=5000, blank=True)  # Markdown
    body_en = models.TextField(max_length=5000, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="activity_slug_once_per_tenant"),
            models.CheckConstraint(condition=~Q(title_sv="", title_en=""), name="activity_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_readers_language(self.title_sv, self.title_en)

    @property
    def body(self) -> str:
        return in_readers_language(self.body_sv, self.body_en)


class ActivityOrganisation(TenantModel):
    """An organisation whose people may book an activity that is for certain organisations."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="activities")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "organisation"], name="organisation_once_per_activity")
        ]

    def __str__(self) -> str:
        return f"{self.activity} · {self.organisation}"


class Occasion(TenantModel):
    """One time an activity is held. `link` is shown to those who have a place. `sequence` counts its changes, as
    calendars want it (RFC 5545, SEQUENCE), and `uid` is how they know it again."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="occasions")
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField(validators=[MinValueValidator(5), MaxValueValidator(10_080)])
    seats = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(10_000)])
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=300, blank=True)
    host = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="hosted_occasions")
    language = models.CharField(max_length=2, blank=True)  # it is held in; empty: either
    book_until = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["tenant", "starts_at", "id"], name="occasion_list")]

    def __str__(self) -> str:
        return f"{self.activity} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def bookable_until(self) -> datetime:
        """When customers can book no more; staff still enters people until it begins."""
        return min(self.book_until or self.starts_at, self.starts_at)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now


class Booking(TenantModel):
    """A person's place at an occasion, or on its waiting list, which is in the order of `queued_at` and id."""

    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="bookings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=9, choices=BookingState.choices)
    message = models.CharField(max_length=500, blank=True)  # to the host
    queued_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["queued_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "user"], condition=~Q(state=BookingState.CANCELLED), name="booked_once_per_occasion"
            ),
            models.CheckConstraint(
                condition=Q(state=BookingState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=BookingState.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="cancelled_bookings_have_a_date",
            ),
        ]
        indexes = [models.Index(fields=["user", "state"], name="bookings_of_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.occasion}"
