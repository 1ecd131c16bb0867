"""Who leads which department, and who is responsible for its tickets where it has no lead (T3)."""

from functools import cached_property

from accounts.enums import Role
from accounts.models import User
from routing.models import Department, DepartmentMember


class Leads:
    """The leads of the portal's departments, as far as they still work here. Each part is asked of the database once,
    when it is needed."""

    def of(self, department_id: int, *, from_above: bool = False) -> list[User]:
        """The department's lead and those of the departments above it, the nearest first; with `from_above` only
        these. Empty: nobody leads it, and the support lead is responsible."""
        found: list[User] = []
        place: int | None = self._parents.get(department_id) if from_above else department_id
        seen = {department_id} if from_above else set()
        while place is not None and place not in seen:
            seen.add(place)
            if place in self._own:
                found.append(self._own[place])
            place = self._parents.get(place)
        return found

    def has_one(self, department_id: int) -> bool:
        """Whether the department has a lead of its own."""
        return department_id in self._own

    @cached_property
    def _own(self) -> dict[int, User]:
        members = DepartmentMember.objects.filter(is_lead=True, user__is_active=True).exclude(user__role=Role.CUSTOMER)
        return {member.department_id: member.user for member in members.select_related("user")}

    @cached_property
    def _parents(self) -> dict[int, int | None]:
        return dict(Department.objects.values_list("pk", "parent_id"))


def support_leads() -> list[User]:
    """Whoever answers for every ticket being answered."""
    return list(User.objects.filter(role=Role.SUPPORT_LEAD, is_active=True).order_by("pk"))
