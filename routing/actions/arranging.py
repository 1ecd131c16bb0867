"""Departments, who is in them, which one answers for an organisation."""

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.rules import require_administrator
from routing.models import Department, DepartmentMember, OrganisationDepartment


class DepartmentNameTaken(ValueError):
    """Another department of the portal has this name."""


class DepartmentClosed(ValueError):
    """The department takes no tickets any more."""


def add_department(
    *, actor: User | None, name: str, parent: Department | None = None, is_default: bool = False
) -> Department:
    """Found a department. `actor` is None for operator commands.

    Raises DepartmentNameTaken, DepartmentClosed when `parent` has closed, PermissionError unless the actor is an
    administrator.
    """
    require_administrator(actor)
    department = Department(name=name, parent=parent, is_default=is_default)
    with transaction.atomic():
        if parent is not None and _has_closed(parent):
            raise DepartmentClosed
        _save(department)
    return department


def rename_department(*, actor: User, department: Department, name: str) -> Department:
    """Give a department another name. Raises DepartmentNameTaken, PermissionError unless by an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(department)
        if locked.name != name:
            locked.name = name
            _save(locked)
    return locked


def set_shared(*, actor: User | None, department: Department, is_shared: bool) -> Department:
    """Say whether agents of other departments see this one's tickets too. Holds at once, for older tickets as well.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(department)
        if locked.is_shared != is_shared:
            locked.is_shared = is_shared
            locked.save(update_fields=["is_shared"])
    return locked


def add_member(*, actor: User | None, department: Department, user: User, is_lead: bool = False) -> DepartmentMember:
    """Make an agent a member of a department; `is_lead` makes them its one lead, in place of whoever led it.

    Raises ValueError for a customer, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
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


def remove_member(*, actor: User, department: Department, user: User) -> bool:
    """Let somebody be a member of a department no longer. Tickets they have stay with them until handed over.

    Returns False, and does nothing, when they are none. Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        _lock(department)
        deleted, _each = DepartmentMember.objects.filter(department=department, user=user).delete()
    return bool(deleted)


def set_responsible_department(
    *, actor: User | None, organisation: Organisation, department: Department | None
) -> OrganisationDepartment | None:
    """From now on all tickets from this organisation's people go to `department` (T12); with None, where their topic
    says. Older tickets stay.

    Raises DepartmentClosed, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    if department is None:
        OrganisationDepartment.objects.filter(organisation=organisation).delete()
        return None
    with transaction.atomic():
        if _has_closed(department):
            raise DepartmentClosed
        link: OrganisationDepartment = OrganisationDepartment.objects.update_or_create(
            organisation=organisation, defaults={"department": department}
        )[0]
    return link


def _has_closed(department: Department) -> bool:
    """As it is now; it cannot close before this transaction ends."""
    locked = Department.objects.select_for_update().filter(pk=department.pk).first()
    return locked is not None and not locked.is_active


def _lock(department: Department) -> Department:
    locked: Department = Department.objects.select_for_update().get(pk=department.pk)
    return locked


def _save(department: Department) -> None:
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError:
        if Department.objects.filter(name=department.name).exclude(pk=department.pk).exists():
            raise DepartmentNameTaken from None
        raise
