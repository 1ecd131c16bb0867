"""Whose departments, which members. Access to the desk's tickets is decided from here."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from django.db.models import Q

from accounts.enums import Role
from accounts.models import Organisation, User
from routing.drafts import conditions_from_data
from routing.facts import Arrangement, DepartmentFact, RuleFact
from routing.models import (
    Department,
    DepartmentMember,
    OrganisationDepartment,
    RoutingRule,
    RoutingSettings,
    RoutingTableRow,
)


class Sight:
    """What of the portal's departments one agent sees. Asked at most two questions of the database, when needed."""

    def __init__(self, agent: User) -> None:
        self.agent = agent

    @cached_property
    def memberships(self) -> dict[int, bool]:
        """The agent's departments, and whether they lead them."""
        return dict(DepartmentMember.objects.filter(user=self.agent).values_list("department_id", "is_lead"))

    @cached_property
    def departments(self) -> list[Department]:
        """All departments of the portal, by name."""
        return list(Department.objects.order_by("name"))

    @cached_property
    def department_ids(self) -> set[int] | None:
        """The departments whose tickets the agent sees; None means all of them.

        A member sees their own departments and those that say so (`is_shared`), a lead everything below as well, the
        support lead and a tenant administrator all.
        """
        if self.agent.sees_all_departments:
            return None
        if not self.agent.is_agent:
            return set()
        seen = {*self.memberships, *(department.pk for department in self.departments if department.is_shared)}
        if any(self.memberships.values()):
            parents = {department.pk: department.parent_id for department in self.departments}
            led = {department for department, is_lead in self.memberships.items() if is_lead}
            seen |= {department for department in parents if _ancestors(department, parents) & led}
        return seen | self._closed_into(seen)

    @cached_property
    def led_ids(self) -> set[int] | None:
        """The departments whose tickets the agent answers for (T3): those they lead, with everything below and what was
        closed into these. None means all of them: the support lead's and the administrators'."""
        if self.agent.sees_all_departments:
            return None
        led = {department for department, is_lead in self.memberships.items() if is_lead}
        if not self.agent.is_agent or not led:
            return set()
        parents = {department.pk: department.parent_id for department in self.departments}
        found = led | {department for department in parents if _ancestors(department, parents) & led}
        return found | self._closed_into(found)

    @property
    def leads(self) -> bool:
        """Whether the agent answers for any department."""
        return self.led_ids is None or bool(self.led_ids)

    @cached_property
    def works_nowhere(self) -> bool:
        """Whether the agent would see no tickets at all, because they work in no open department."""
        if self.agent.sees_all_departments:
            return False
        return not any(row.is_active and row.pk in self.memberships for row in self.departments)

    def _closed_into(self, seen: set[int]) -> set[int]:
        """The closed departments whose tickets went to one of these: who sees the successor sees what came before."""
        successors = {row.pk: row.successor_id for row in self.departments if not row.is_active}
        return {department for department in successors if _ancestors(department, successors) & seen}

    @cached_property
    def tree(self) -> list[Department]:
        """The departments seen, parents before children, each with its `depth` among those seen."""
        return _as_tree(self.departments, self.department_ids)


def sight_of(agent: User) -> Sight:
    """The agent's sight, worked out once for this object of theirs, which lives as long as a request."""
    sight: Sight | None = agent.__dict__.get("_sight")
    if sight is None:
        sight = agent.__dict__["_sight"] = Sight(agent)
    return sight


def department_choices(departments: Iterable[Department]) -> list[tuple[int, str]]:
    """Departments as a field offers them: each below the one it belongs to, as far as that is among them."""
    return [(row.pk, f"{'– ' * row.depth}{row.name}") for row in _as_tree(list(departments), None)]


def _as_tree(departments: Sequence[Department], allowed: set[int] | None) -> list[Department]:
    """Departments, parents before children, each with its `depth` among those `allowed` (None: all)."""
    there = {department.pk for department in departments}
    children: dict[int | None, list[Department]] = {}
    for department in departments:
        parent = department.parent_id if department.parent_id in there else None
        children.setdefault(parent, []).append(department)
    ordered: list[Department] = []

    def walk(parent: int | None, depth: int) -> None:
        for department in children.get(parent, []):
            shown = allowed is None or department.pk in allowed
            if shown:
                department.depth = depth
                ordered.append(department)
            walk(department.pk, depth + shown)

    walk(None, 0)
    return ordered


def agents_of(department_id: int) -> list[User]:
    """The active agents who are members of a department, by name. Whoever has left the staff is none of them, though
    the membership is still there for when they come back."""
    members = User.objects.filter(memberships__department=department_id, is_active=True).exclude(role=Role.CUSTOMER)
    return list(members.order_by("name").distinct())


def agents_around(department_id: int) -> list[User]:
    """The active agents who see a department's tickets by working there or by their role, by name."""
    agents = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER)
    around = Q(memberships__department=department_id) | Q(role__in=(Role.SUPPORT_LEAD, Role.ADMINISTRATOR))
    return list(agents.filter(around).order_by("name").distinct())


def load_arrangement(draft: RuleFact | None = None) -> Arrangement:
    """How the portal routes, in a constant number of queries; with `draft`, how it would with this rule, in the place
    of the one with its id, or after all others."""
    members: dict[int, set[int]] = {}
    working = DepartmentMember.objects.filter(user__is_active=True).exclude(user__role=Role.CUSTOMER)
    for department, user in working.values_list("department_id", "user_id"):
        members.setdefault(department, set()).add(user)
    rows = list(Department.objects.all())
    departments = {
        row.pk: DepartmentFact(row.pk, row.name, row.is_active, row.successor_id, frozenset(members.get(row.pk, ())))
        for row in rows
    }
    default = next(row.pk for row in rows if row.is_default)
    rules = _rules(draft)
    tables: dict[int, dict[str, int]] = {}
    asked = RoutingTableRow.objects.filter(table__in={rule.table for rule in rules if rule.table is not None})
    for table, key, department in asked.order_by().values_list("table_id", "value_key", "department_id"):
        tables.setdefault(table, {})[key] = department
    return Arrangement(departments, default, rules, tables)


def _rules(draft: RuleFact | None) -> tuple[RuleFact, ...]:
    if draft is None:
        return tuple(rule_fact(rule) for rule in RoutingRule.objects.filter(is_active=True))
    rules = list(RoutingRule.objects.all())
    there = any(rule.pk == draft.id for rule in rules)
    asked = [
        draft if rule.pk == draft.id else rule_fact(rule) for rule in rules if rule.is_active or rule.pk == draft.id
    ]
    return tuple(asked if there else [*asked, draft])


def rule_fact(rule: RoutingRule) -> RuleFact:
    """A rule as routing is told of it."""
    return RuleFact(
        id=rule.pk,
        name=rule.name,
        conditions=conditions_from_data(rule.conditions),
        joined=rule.joined,
        stops=rule.stops,
        department=rule.department_id,
        table=rule.table_id,
        table_fact=rule.table_fact,
        assigns=rule.assigns,
        assignee=rule.assignee_id,
        priority=rule.priority,
        tags=tuple(rule.tags),
        follower=rule.follower_id,
    )


def earlier_days() -> int:
    """For how many days a department goes on handling somebody on a topic (T5); 0 for not at all."""
    found = RoutingSettings.objects.first()
    return found.earlier_days if found else RoutingSettings().earlier_days


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


def those_below(department: Department) -> set[int]:
    """The department itself and all that stand below it."""
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    return {row for row in parents if row == department.pk or department.pk in _ancestors(row, parents)}


def open_successor(department: Department) -> Department | None:
    """The department itself while it is open, else the open one its tickets go to; None when that leads nowhere."""
    seen: set[int] = set()
    found: Department | None = department
    while found is not None and not found.is_active and found.pk not in seen:
        seen.add(found.pk)
        found = found.successor
    return found if found is not None and found.is_active else None


def _ancestors(department: int, parents: Mapping[int, int | None]) -> set[int]:
    """Those above a department; or, told of successors, those that took over from it."""
    found: set[int] = set()
    parent = parents.get(department)
    while parent is not None and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found
