"""What is wrong with rules, before a ticket finds out: what never holds, what is never asked, what leads nowhere. Pure.

Only what is certain is said. That nothing is said of a rule does not mean that it does what was meant: that is what
trying it is for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from accounts.folding import fold_text
from accounts.patterns import PatternError, check_pattern
from routing.choosing import open_department
from routing.comparing import Budget, TooMuch, never_together, reaches_as_far
from routing.enums import Assigns, Joined, Operator
from routing.facts import FIELD, Arrangement, ConditionFact, RuleFact

# never: its conditions cannot hold; value: something that was chosen is no longer there (`subject` says of what, `said`
# which); fact: the question is asked no more; pattern: it is none (`said`: why); hidden: the rule `other` ends the
# asking before; late: `other` has decided the department before; contradicts: the same, with equal conditions and
# another department; closed: the department (`said`: where its tickets go); empty: nobody works in the department;
# table: it has no rows; assignee, follower: has left, or does not work in the department; idle: it does nothing.
CautionKind = Literal[
    "never",
    "value",
    "fact",
    "pattern",
    "hidden",
    "late",
    "contradicts",
    "closed",
    "empty",
    "table",
    "assignee",
    "follower",
    "idle",
]
DENIES = (Operator.IS_NOT, Operator.CONTAINS_NOT, Operator.EMPTY)
VALUELESS = (Operator.FILLED, Operator.EMPTY)
EXACT = (Operator.IS, Operator.IS_NOT)


@dataclass(frozen=True)
class Known:
    """What the portal has that rules can name.

    `names`: for facts that have a limited number of values, those there are and what people call them; a fact that is
    not there can be anything. `fields`: the keys of all questions that are asked, with their label. `several`: those
    that can have several answers at once. `agents`: who works here, with their names.
    """

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    several: frozenset[str] = frozenset()
    agents: Mapping[int, str] = field(default_factory=dict)

    def has(self, fact: str, value: str) -> bool:
        """Whether there is this value among those that the fact has."""
        if fact not in self._folded:
            self._folded[fact] = frozenset(fold_text(one) for one in self.names[fact])
        return fold_text(value) in self._folded[fact]

    @cached_property
    def _folded(self) -> dict[str, frozenset[str]]:
        return {}


@dataclass(frozen=True)
class Caution:
    """One thing to know about a rule. Said in words by `routing.cautions_in_words`."""

    kind: CautionKind
    rule: int
    subject: str = ""
    said: str = ""
    other: int | None = None


def check(arrangement: Arrangement, known: Known, budget: Budget | None = None) -> dict[int, tuple[Caution, ...]]:
    """What there is to know about each active rule, by its id; a rule that is as it should be is not there. Once the
    `budget` is spent, conditions are compared with each other no more."""
    budget = budget or Budget()
    found: dict[int, tuple[Caution, ...]] = {}
    for place, rule in enumerate(arrangement.rules):
        cautions = (
            *_of_conditions(rule, known, budget),
            *_of_neighbours(rule, arrangement.rules[:place], arrangement, known, budget),
            *_of_actions(rule, arrangement, known),
        )
        if cautions:
            found[rule.id] = tuple(dict.fromkeys(cautions))
    return found


def _of_conditions(rule: RuleFact, known: Known, budget: Budget) -> Iterator[Caution]:
    dead = 0
    for condition in rule.conditions:
        wrong = list(_of_condition(rule, condition, known))
        yield from wrong
        dead += _is_dead(condition, wrong)
    if rule.joined == Joined.ANY:
        never = bool(rule.conditions) and dead == len(rule.conditions)
    else:
        never = bool(dead) or _contradict(rule, known, budget)
    if never:
        yield Caution("never", rule.id)


def _contradict(rule: RuleFact, known: Known, budget: Budget) -> bool:
    if budget.is_spent:
        return False
    try:
        return any(
            never_together(about, several=_has_several(fact, known), budget=budget)
            for fact, about in rule.by_fact.items()
        )
    except TooMuch:
        return False


def _of_condition(rule: RuleFact, condition: ConditionFact, known: Known) -> Iterator[Caution]:
    key = condition.fact.removeprefix(FIELD)
    if condition.fact.startswith(FIELD) and key not in known.fields:
        yield Caution("fact", rule.id, key)
        return
    if condition.operator == Operator.MATCHES:
        for pattern in condition.values:
            try:
                check_pattern(pattern)
            except PatternError as wrong:
                yield Caution("pattern", rule.id, pattern, str(wrong))
    there = known.names.get(condition.fact)
    if there is not None and condition.operator in EXACT:
        for value in condition.values:
            if not known.has(condition.fact, value):
                yield Caution("value", rule.id, condition.fact, value)


def _is_dead(condition: ConditionFact, wrong: Sequence[Caution]) -> bool:
    """Whether a condition can never hold, because nothing is left of what it asks for."""
    if condition.operator in DENIES:
        return False
    if any(caution.kind == "fact" for caution in wrong):
        return True
    return condition.operator not in VALUELESS and len(wrong) >= len(condition.values)


def _has_several(fact: str, known: Known) -> bool:
    return fact.removeprefix(FIELD) in known.several if fact.startswith(FIELD) else False


def _of_neighbours(
    rule: RuleFact, earlier: Sequence[RuleFact], arrangement: Arrangement, known: Known, budget: Budget
) -> Iterator[Caution]:
    """The first rule before this one that makes it idle, in whole or in part."""
    try:
        yield from _first_in_the_way(rule, () if budget.is_spent else earlier, arrangement, known, budget)
    except TooMuch:
        return


def _first_in_the_way(
    rule: RuleFact, earlier: Sequence[RuleFact], arrangement: Arrangement, known: Known, budget: Budget
) -> Iterator[Caution]:
    for other in earlier:
        if not reaches_as_far(other, rule, known.several, budget):
            continue
        if other.stops:
            yield Caution("hidden", rule.id, other.name, other=other.id)
            return
        if _names_department(rule) and _always_decides(other, arrangement):
            same = reaches_as_far(rule, other, known.several, budget)
            differs = (rule.department, rule.table) != (other.department, other.table)
            yield Caution("contradicts" if same and differs else "late", rule.id, other.name, other=other.id)
            return


def _names_department(rule: RuleFact) -> bool:
    return rule.department is not None or rule.table is not None


def _always_decides(rule: RuleFact, arrangement: Arrangement) -> bool:
    """Whether a rule that holds surely names a department that is open: a table may have no such value."""
    return open_department(arrangement, rule.department) is not None


def _of_actions(rule: RuleFact, arrangement: Arrangement, known: Known) -> Iterator[Caution]:
    if rule.table is not None and not arrangement.tables.get(rule.table):
        yield Caution("table", rule.id)
    if rule.table is not None and rule.table_fact.startswith(FIELD):
        key = rule.table_fact.removeprefix(FIELD)
        if key not in known.fields:
            yield Caution("fact", rule.id, key)
    in_table = arrangement.tables.get(rule.table, {}).values() if rule.table is not None else ()
    for department in dict.fromkeys((rule.department, *in_table)):
        if department is not None:
            yield from _of_department(rule, department, arrangement)
    yield from _of_people(rule, arrangement, known)
    does = (rule.stops, _names_department(rule), rule.assigns, rule.priority, rule.tags, rule.follower is not None)
    if not any(does):
        yield Caution("idle", rule.id)


def _of_department(rule: RuleFact, pk: int, arrangement: Arrangement) -> Iterator[Caution]:
    named = arrangement.departments.get(pk)
    if named is None:
        return
    takes = open_department(arrangement, pk)
    if not named.is_active:
        yield Caution("closed", rule.id, named.name, takes.name if takes else "")
    if takes is not None and not takes.members:
        yield Caution("empty", rule.id, takes.name)


def _of_people(rule: RuleFact, arrangement: Arrangement, known: Known) -> Iterator[Caution]:
    if rule.assigns == Assigns.PERSON:
        name = known.agents.get(rule.assignee or 0, "")
        takes = open_department(arrangement, rule.department) if rule.table is None else None
        if not name or (takes is not None and rule.assignee not in takes.members):
            yield Caution("assignee", rule.id, name, takes.name if takes else "")
    if rule.follower is not None and rule.follower not in known.agents:
        yield Caution("follower", rule.id)
