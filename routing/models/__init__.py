"""Departments, their members and leads; which one an organisation has; the rules and tables that choose one."""

from routing.models.departments import Department, DepartmentMember, OrganisationDepartment
from routing.models.rules import RoutingRule, RoutingSettings, RoutingTable, RoutingTableRow

__all__ = [
    "Department",
    "DepartmentMember",
    "OrganisationDepartment",
    "RoutingRule",
    "RoutingSettings",
    "RoutingTable",
    "RoutingTableRow",
]
