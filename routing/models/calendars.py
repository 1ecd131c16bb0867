from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantModel

MINUTES_A_DAY = 24 * 60


class Calendar(TenantModel):
    """When somebody is at work: a week's hours, public holidays, and days of its own (A1, M5).

    `country` and `region` are codes as the `holidays` package has them (ISO 3166), empty for no public holidays;
    `with_eves` also closes the days on which most offices are closed. One calendar is the portal's (`is_default`).
    """

    name = models.CharField(_("Name"), max_length=80)
    zone = models.CharField(max_length=50)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=20, blank=True)
    with_eves = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="calendar_name_once_per_tenant"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_default=True), name="one_default_calendar_per_tenant"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarSpan(TenantModel):
    """Working hours of a weekday (0 is Monday), in minutes from midnight; over midnight `closes` is beyond a day's."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="spans")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    opens = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MINUTES_A_DAY - 1)])
    closes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(2 * MINUTES_A_DAY)])

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) & Q(closes__lte=F("opens") + MINUTES_A_DAY),
                name="span_of_at_most_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}–{self.closes}"


class CalendarDay(TenantModel):
    """A day that is not like its weekday: closed (no hours), or open at these hours, a row for each span. Comes before
    public holidays, so that one can be worked."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    opens = models.PositiveSmallIntegerField(null=True, blank=True)
    closes = models.PositiveSmallIntegerField(null=True, blank=True)
    label = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["day", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day", "opens"], name="span_once_a_day"),
            models.UniqueConstraint(fields=["calendar", "day"], condition=Q(opens=None), name="closed_once_a_day"),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | (Q(closes__gt=F("opens")) & Q(closes__lte=F("opens") + MINUTES_A_DAY)),
                name="day_closed_or_with_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"
