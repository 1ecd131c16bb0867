"""Whose departments, which members. Access to the desk's tickets is decided from here."""

from collections.abc import Mapping

from accounts.models import Organisation, User
from routing.facts import DepartmentFact
from routing.models import Department, DepartmentMember, OrganisationDepartment


def department_ids_of(agent: User) -> set[int] | None:
    """The departments whose tickets `agent` sees; None means all of them.

    A member sees their own departments, a lead everything below as well, a tenant administrator all. Customers: none.
    """
    if agent.is_administrator:
        return None
    if not agent.is_agent:
        return set()
    memberships = dict(DepartmentMember.objects.filter(user=agent).values_list("department_id", "is_lead"))
    seen = set(memberships)
    if any(memberships.values()):
        parents = dict(Department.objects.values_list("pk", "parent_id"))
        led = {department for department, is_lead in memberships.items() if is_lead}
        seen |= {department for department in parents if _ancestors(department, parents) & led}
    return seen


def departments_seen_by(agent: User) -> list[Department]:
    """The departments of `department_ids_of`, as a tree in reading order, each with its `depth`."""
    everything = list(Department.objects.order_by("name"))
    allowed = department_ids_of(agent)
    shown = {item.pk for item in everything if allowed is None or item.pk in allowed}
    children: dict[int | None, list[Department]] = {}
    for item in everything:
        children.setdefault(item.parent_id, []).append(item)
    ordered: list[Department] = []

    def walk(parent: int | None, depth: int) -> None:
        for item in children.get(parent, []):
            if item.pk in shown:
                item.depth = depth
                ordered.append(item)
            walk(item.pk, depth + (item.pk in shown))

    walk(None, 0)
    return ordered


def agents_of(department_id: int) -> list[User]:
    """The active agents who are members of a department, by name."""
    return list(User.objects.filter(memberships__department=department_id, is_active=True).order_by("name").distinct())


def department_fact(department: Department | None) -> DepartmentFact | None:
    """A department as routing is told of it."""
    return DepartmentFact(department.pk, department.name, department.is_active) if department else None


def responsible_department(organisation: Organisation | None) -> Department | None:
    """The department responsible for an organisation, if one is set (T12)."""
    if organisation is None:
        return None
    link = OrganisationDepartment.objects.select_related("department").filter(organisation=organisation).first()
    return link.department if link else None


def default_department() -> Department:
    """Where tickets go that nothing else decides. Every portal has one from its first minute."""
    department: Department = Department.objects.get(is_default=True)
    return department


def _ancestors(department: int, parents: Mapping[int, int | None]) -> set[int]:
    found: set[int] = set()
    parent = parents.get(department)
    while parent is not None and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found
