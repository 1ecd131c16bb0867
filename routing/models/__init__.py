"""Departments, their members and leads; which one an organisation has; the rules and tables that choose one; working
hours, service levels and what counts as stale."""

from routing.models.calendars import Calendar, CalendarDay, CalendarSpan
from routing.models.departments import Department, DepartmentMember, OrganisationDepartment
from routing.models.levels import (
    Absence,
    AgeingPolicy,
    AgreementLevel,
    AlertSettings,
    ServiceLevel,
    ServiceTarget,
)
from routing.models.rules import RoutingRule, RoutingSettings, RoutingTable, RoutingTableRow

__all__ = [
    "Absence",
    "AgeingPolicy",
    "AgreementLevel",
    "AlertSettings",
    "Calendar",
    "CalendarDay",
    "CalendarSpan",
    "Department",
    "DepartmentMember",
    "OrganisationDepartment",
    "RoutingRule",
    "RoutingSettings",
    "RoutingTable",
    "RoutingTableRow",
    "ServiceLevel",
    "ServiceTarget",
]
