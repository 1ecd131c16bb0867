"""Which ageing policy counts for which tickets, and how far a rung of the ladder is up. Reads; changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from routing.enums import Rung
from routing.models import AgeingPolicy, AlertSettings, Department
from routing.promises import Promises
from routing.working_time import Hours

ANY = ""  # priority


@dataclass(frozen=True)
class Reach:
    """The tickets that a policy counts for: those of these departments and priorities. Their time is counted in
    `hours`."""

    policy: AgeingPolicy
    hours: Hours
    departments: frozenset[int]
    priorities: tuple[str, ...]


def percentages() -> dict[Rung, int]:
    """At how much of a target or of a policy's time each rung is told."""
    row = AlertSettings.objects.first() or AlertSettings()
    return {Rung.ASSIGNEE: row.assignee_at, Rung.LEAD: row.lead_at, Rung.SUPPORT_LEAD: row.support_lead_at}


def reaches(promises: Promises, priorities: Iterable[str]) -> list[Reach]:
    """Of each condition the policies that count, each with the tickets it counts for; no ticket has two of the same
    condition. One that is paused counts as if it were not there."""
    policies = list(AgeingPolicy.objects.filter(is_active=True).order_by("pk"))
    if not policies:
        return []
    above = dict(Department.objects.values_list("pk", "parent"))
    said = {(row.condition, row.department_id, row.priority): row for row in policies}
    found: dict[tuple[int, Hours], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for condition in dict.fromkeys(row.condition for row in policies):
        for department in above:
            hours = promises.hours(None, department)
            for priority in priorities:
                policy = policy_for(said, condition, _upwards(above, department), priority)
                if policy is not None:
                    found[policy.pk, hours][priority].add(department)
    rows = {row.pk: row for row in policies}
    return [
        Reach(rows[policy], hours, departments, tuple(those))
        for (policy, hours), counts_for in found.items()
        for departments, those in _alike(counts_for).items()
    ]


def policy_for(
    said: Mapping[tuple[str, int | None, str], AgeingPolicy],
    condition: str,
    departments: Iterable[int],
    priority: str,
) -> AgeingPolicy | None:
    """The policy that says most about a ticket: of its department, then of the nearest one above that says anything,
    at last of all departments; each time the one for its priority before the one for all."""
    for department in (*departments, None):
        for wanted in (priority, ANY):
            policy = said.get((condition, department, wanted))
            if policy is not None:
                return policy
    return None


def _upwards(above: Mapping[int, int | None], department: int) -> Iterator[int]:
    seen: set[int] = set()
    place: int | None = department
    while place is not None and place not in seen:
        yield place
        seen.add(place)
        place = above.get(place)


def _alike(counts_for: Mapping[str, set[int]]) -> dict[frozenset[int], list[str]]:
    """The priorities that count in the same departments."""
    found: dict[frozenset[int], list[str]] = defaultdict(list)
    for priority, departments in counts_for.items():
        found[frozenset(departments)].append(priority)
    return found
