from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from accounts.models import TenantModel
from routing.enums import Assigns, Joined
from routing.models.departments import Department


class RoutingSettings(TenantModel):
    """What of routing is set once for the whole portal. One row a tenant; without it, these defaults hold.

    `earlier_days`: for so many days the department that last handled somebody on a topic goes on doing so (T5);
    0 switches it off.
    """

    earlier_days = models.PositiveSmallIntegerField(default=90, validators=[MaxValueValidator(730)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_routing_settings_per_tenant")]

    def __str__(self) -> str:
        return f"{self.earlier_days} days"


class RoutingTable(TenantModel):
    """Which department belongs to which value, such as the local team of each municipality (T16)."""

    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="routing_table_name_once_per_tenant")]

    def __str__(self) -> str:
        return self.name


class RoutingTableRow(TenantModel):
    """One value of a table, as written and folded (`value_key`), and its department."""

    table = models.ForeignKey(RoutingTable, on_delete=models.CASCADE, related_name="rows")
    value = models.CharField(max_length=120)
    value_key = models.CharField(max_length=400, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="table_rows")

    class Meta:
        ordering = ["value_key"]
        constraints = [models.UniqueConstraint(fields=["table", "value_key"], name="value_once_per_routing_table")]

    def __str__(self) -> str:
        return f"{self.value} → {self.department}"


class RoutingRule(TenantModel):
    """If its conditions hold, a ticket goes to a department and more. Asked in the order of `position`.

    `conditions` is a list of {"fact", "operator", "values"} (`routing.facts`). The department is `department`, or what
    `table` says of the fact `table_fact`. `tags` is a list of names. With `stops`, later rules are not asked.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    joined = models.CharField(max_length=3, choices=Joined.choices, default=Joined.ALL)
    conditions = models.JSONField(default=list)
    stops = models.BooleanField(default=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="routing_rules"
    )
    table = models.ForeignKey(RoutingTable, on_delete=models.PROTECT, null=True, blank=True, related_name="rules")
    table_fact = models.CharField(max_length=60, blank=True)
    assigns = models.CharField(max_length=12, choices=Assigns.choices, default=Assigns.NOBODY, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    priority = models.CharField(max_length=6, blank=True)
    tags = models.JSONField(default=list, blank=True)
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="routing_rule_name_once_per_tenant")]

    def __str__(self) -> str:
        return self.name
