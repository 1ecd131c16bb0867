from django.db import transaction

from accounts.models import Organisation, User
from routing.models import Department, DepartmentMember, OrganisationDepartment


def add_department(
    *, actor: User | None, name: str, parent: Department | None = None, is_default: bool = False
) -> Department:
    """Found a department. `actor` is None for operator commands."""
    department: Department = Department.objects.create(name=name, parent=parent, is_default=is_default)
    return department


def add_member(*, actor: User | None, department: Department, user: User, is_lead: bool = False) -> DepartmentMember:
    """Make an agent a member of a department; `is_lead` makes them its one lead, in place of whoever led it."""
    if not user.is_agent:
        raise ValueError("Only agents are members of departments")
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=department.pk)
        if is_lead:
            DepartmentMember.objects.filter(department=department, is_lead=True).update(is_lead=False)
        member, _ = DepartmentMember.objects.update_or_create(
            department=department, user=user, defaults={"is_lead": is_lead}
        )
    return member


def set_responsible_department(
    *, actor: User | None, organisation: Organisation, department: Department
) -> OrganisationDepartment:
    """From now on all tickets from this organisation's people go to `department` (T12). Older tickets stay."""
    link, _ = OrganisationDepartment.objects.update_or_create(
        organisation=organisation, defaults={"department": department}
    )
    return link
