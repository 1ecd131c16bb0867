from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agreement, TenantModel
from routing.enums import Ageing, Measure
from routing.models.calendars import Calendar
from routing.models.departments import Department

LONGEST = 10_000 * 60  # minutes


class ServiceLevel(TenantModel):
    """What customers are promised in working time (S6, A1): a target for each priority and measure.

    Agreements choose one (`AgreementLevel`); everybody else has the default one, if there is any. Its time is counted
    by `calendar`, or where that is empty by the calendar of the ticket's department.
    """

    name = models.CharField(_("Name"), max_length=80)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="levels")
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="level_name_once_per_tenant"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_default=True), name="one_default_level_per_tenant"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceTarget(TenantModel):
    """So many minutes of working time at most. No row: nothing is promised."""

    level = models.ForeignKey(ServiceLevel, on_delete=models.CASCADE, related_name="targets")
    priority = models.CharField(max_length=6)
    measure = models.CharField(max_length=12, choices=Measure.choices)
    minutes = models.PositiveIntegerField(validators=[MaxValueValidator(LONGEST)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "priority", "measure"], name="target_once_per_measure")]

    def __str__(self) -> str:
        return f"{self.priority} {self.measure}: {self.minutes} min"


class AgreementLevel(TenantModel):
    """The service level that an agreement promises."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="level")
    level = models.ForeignKey(ServiceLevel, on_delete=models.PROTECT, related_name="agreements")

    def __str__(self) -> str:
        return f"{self.agreement} → {self.level}"


class AgeingPolicy(TenantModel):
    """When a ticket counts as stale although no service level says so. `department` and `priority` empty: all of them;
    the policy that says most about a ticket counts, for each condition.

    `minutes` are working time, `times` how often it may be reopened. A ticket that waits for the customer is told to
    nobody on the staff: after `minutes` they are reminded, and with `closes_after`, so many minutes of working time
    after the reminder, it is closed with notice.
    """

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="ageing_policies"
    )
    priority = models.CharField(max_length=6, blank=True)
    condition = models.CharField(max_length=20, choices=Ageing.choices)
    minutes = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(LONGEST)])
    times = models.PositiveSmallIntegerField(null=True, blank=True)
    closes_after = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(LONGEST)])
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "department", "priority", "condition"], name="policy_once_per_department"
            ),
            models.UniqueConstraint(
                fields=["tenant", "priority", "condition"],
                condition=Q(department=None),
                name="policy_once_for_all_departments",
            ),
            models.CheckConstraint(
                condition=(Q(condition=Ageing.REOPENED) & Q(times__gt=0))
                | (~Q(condition=Ageing.REOPENED) & Q(minutes__isnull=False)),
                name="policy_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition}"


class Absence(TenantModel):
    """Somebody on the staff is away, and who stands in for them meanwhile, if anybody. `until` is the last day; empty
    while nobody knows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="stands_in_for"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since"]
        indexes = [models.Index(fields=["tenant", "user", "since"], name="absence_of")]

    def __str__(self) -> str:
        return f"{self.user} {self.since}–{self.until or ''}"


class AlertSettings(TenantModel):
    """How the portal watches over its tickets. The percentages are of a target or a policy's time: when the assignee,
    the department's lead and the support lead are told. `asks_for_news`: customers may ask once a working day.
    `shows_expected`: customers see when to expect the first answer, from how long it really took lately."""

    assignee_at = models.PositiveSmallIntegerField(default=75)
    lead_at = models.PositiveSmallIntegerField(default=100)
    support_lead_at = models.PositiveSmallIntegerField(default=150)
    asks_for_news = models.BooleanField(default=True)
    shows_expected = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="alert_settings_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(assignee_at__gt=0)
                & Q(lead_at__gte=models.F("assignee_at"))
                & Q(support_lead_at__gte=models.F("lead_at")),
                name="ladder_goes_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignee_at} / {self.lead_at} / {self.support_lead_at} %"
