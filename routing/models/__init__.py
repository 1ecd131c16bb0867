"""Departments, their members and leads, and which department an organisation has."""

from routing.models.departments import Department, DepartmentMember, OrganisationDepartment

__all__ = ["Department", "DepartmentMember", "OrganisationDepartment"]
