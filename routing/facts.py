"""What routing is told, and what it answers. Plain values: routing knows no ticket."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Rule = Literal["organisation", "topic", "default"]
Outcome = Literal["chosen", "closed"]


@dataclass(frozen=True)
class DepartmentFact:
    id: int
    name: str
    is_active: bool


@dataclass(frozen=True)
class TicketFacts:
    """`organisation_department` and `topic_department` are None where nobody has set one."""

    topic: str
    topic_department: DepartmentFact | None
    organisation: str | None
    organisation_department: DepartmentFact | None
    default_department: DepartmentFact


@dataclass(frozen=True)
class Reason:
    """One step of the decision: which rule looked at what, which department it named, and what came of it."""

    rule: Rule
    subject: str
    department: str
    outcome: Outcome

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Decision:
    department_id: int
    reasons: tuple[Reason, ...]
