"""What routing is told, and what it answers. Plain values: routing knows no ticket."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

from accounts.folding import fold_text

Step = Literal["forced", "organisation", "exception", "rule", "earlier", "address", "topic", "default"]
# chosen; closed: without a successor; late: another step had decided; nobody: the table has no such value, or the
# person does not work there; stopped: a rule ended the asking; nothing: it names no department.
Outcome = Literal["chosen", "closed", "late", "nobody", "stopped", "nothing"]


@dataclass(frozen=True)
class DepartmentFact:
    """`successor`: where a closed department's tickets go. `members`: the active agents who work there."""

    id: int
    name: str
    is_active: bool = True
    successor: int | None = None
    members: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ConditionFact:
    """One condition of a rule. `fact` is one of FACTS, or "field:" and a question's key. Several `values` mean any of
    them, for the denying operators none of them."""

    fact: str
    operator: str
    values: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The values as they are compared. A rule's condition is asked about many tickets."""
        return tuple(filter(None, (fold_text(value) for value in self.values)))

    @cached_property
    def folded_set(self) -> frozenset[str]:
        return frozenset(self.folded)

    @cached_property
    def value_set(self) -> frozenset[str]:
        return frozenset(self.values)


@dataclass(frozen=True)
class RuleFact:
    """A rule as routing asks it, and as whoever edits it says how it is to be (`routing.actions.ruling.save_rule`).

    `conditions` must all hold, or with `joined` "any" one of them. `department`, or the one that `table` says of the
    fact `table_fact`; where the table does not say, `department` again. `assigns` is one of Assigns.
    """

    id: int
    name: str
    conditions: tuple[ConditionFact, ...] = ()
    joined: str = "all"
    stops: bool = False
    department: int | None = None
    table: int | None = None
    table_fact: str = ""
    assigns: str = ""
    assignee: int | None = None
    priority: str = ""
    tags: tuple[str, ...] = ()
    follower: int | None = None

    @cached_property
    def by_fact(self) -> Mapping[str, tuple[ConditionFact, ...]]:
        """The conditions about each fact. A rule is compared with every other one."""
        found: dict[str, tuple[ConditionFact, ...]] = {}
        for condition in self.conditions:
            found[condition.fact] = (*found.get(condition.fact, ()), condition)
        return found


@dataclass(frozen=True)
class Arrangement:
    """How a portal routes: loaded once, asked for many tickets. `rules` are the active ones in their order; a table is
    folded value → department."""

    departments: Mapping[int, DepartmentFact]
    default: int
    rules: tuple[RuleFact, ...] = ()
    tables: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


FIELD = "field:"
# What a condition can ask about, beside "field:<key>". Compared by: topic, its slug; channel, language, priority, their
# code; organisation, agreement, earlier, their id; address, the requester's mail address; words, subject and text.
FACTS = ("topic", "channel", "address", "organisation", "agreement", "language", "priority", "words", "earlier")


@dataclass(frozen=True)
class TicketFacts:
    """A ticket as it is filed. None or empty where something is not so.

    `exception`: the organisation has a say of its own about this topic; then `organisation_department` is that one, or
    None where the organisation's department is passed over. `earlier_department` last handled this person on this topic
    (T5), on ticket `earlier_ticket`. `mailed_to`: the portal's address it was mailed to, which may have a department.
    `answers`: a question's key → the values answered.
    """

    topic: str = ""
    topic_name: str = ""
    topic_department: int | None = None
    forced_department: int | None = None
    forced_by: str = ""
    organisation: int | None = None
    organisation_name: str = ""
    organisation_department: int | None = None
    exception: bool = False
    agreement: int | None = None
    channel: str = ""
    address: str = ""
    language: str = ""
    priority: str = ""
    words: str = ""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    earlier_department: int | None = None
    earlier_ticket: int | None = None
    mailed_to: str = ""
    mailed_to_department: int | None = None


@dataclass(frozen=True)
class Reason:
    """One step of the decision: which step looked at what (`subject`: an organisation, a topic, a rule's name, a
    ticket's number), which department it named, and what came of it. `detail` tells more: the table's value."""

    step: Step
    subject: str
    department: str
    outcome: Outcome
    detail: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Decision:
    """`assigns`: "" for nobody, "person" (`assignee`), or "least_loaded" among `members`, those of the department.
    `assigned_by`, `priority_by`: the rules' names. `rules`: which held."""

    department_id: int
    reasons: tuple[Reason, ...]
    assigns: str = ""
    assignee: int | None = None
    members: frozenset[int] = frozenset()
    assigned_by: str = ""
    priority: str = ""
    priority_by: str = ""
    tags: tuple[str, ...] = ()
    followers: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
