"""Whether conditions can hold together, and whether one rule holds wherever another does. Pure.

Both say yes only when it is certain; a pattern, for instance, is never compared with another one.
"""

from collections.abc import Sequence

from routing.conditions import NUMBER, fits
from routing.enums import Joined, Operator
from routing.facts import FIELD, ConditionFact, RuleFact

COMPARISONS = 300_000  # of conditions and values, for one portal: well under a second
DENYING = (Operator.IS_NOT, Operator.CONTAINS_NOT)
# What is said has one of these values, or begins with it …; the second of a pair holds if it holds for that value.
CARRIES_OVER = {
    Operator.IS: (
        Operator.IS,
        Operator.CONTAINS,
        Operator.STARTS,
        Operator.ENDS,
        Operator.AT_LEAST,
        Operator.AT_MOST,
        Operator.FILLED,
    ),
    Operator.CONTAINS: (Operator.CONTAINS, Operator.FILLED),
    Operator.STARTS: (Operator.STARTS, Operator.CONTAINS, Operator.FILLED),
    Operator.ENDS: (Operator.ENDS, Operator.CONTAINS, Operator.FILLED),
    Operator.AT_LEAST: (Operator.AT_LEAST, Operator.FILLED),
    Operator.AT_MOST: (Operator.AT_MOST, Operator.FILLED),
    Operator.MATCHES: (Operator.FILLED,),
    Operator.FILLED: (Operator.FILLED,),
    Operator.EMPTY: (Operator.EMPTY, Operator.IS_NOT, Operator.CONTAINS_NOT),
}


class TooMuch(Exception):
    """There is more to compare than is worth the time."""


class Budget:
    """How many comparisons may be made yet."""

    def __init__(self, left: int = COMPARISONS) -> None:
        self.left = left

    @property
    def is_spent(self) -> bool:
        return self.left < 0

    def spend(self, number: int = 1) -> None:
        """Raises TooMuch where nothing is left."""
        self.left -= number
        if self.left < 0:
            raise TooMuch


def reaches_as_far(
    wide: RuleFact, narrow: RuleFact, several: frozenset[str] = frozenset(), budget: Budget | None = None
) -> bool:
    """Whether `wide` surely holds for every ticket for which `narrow` does. `several`: questions with several
    answers. Raises TooMuch."""
    if not wide.conditions:
        return True
    if wide.joined != Joined.ANY and not wide.by_fact.keys() <= narrow.by_fact.keys():
        return False
    budget = budget or Budget()
    budget.spend(len(wide.conditions) if wide.joined == Joined.ANY else 0)
    together = any if wide.joined == Joined.ANY else all
    return together(_follows(condition, narrow, several, budget) for condition in wide.conditions)


def never_together(conditions: Sequence[ConditionFact], *, several: bool, budget: Budget | None = None) -> bool:
    """Whether conditions about one and the same fact cannot all hold. `several`: it may say more than one thing.
    Raises TooMuch."""
    budget = budget or Budget()
    return any(
        _excludes(one, other, several, budget) for one in conditions for other in conditions if one is not other
    ) or _nothing_left(conditions, several, budget)


def _follows(condition: ConditionFact, rule: RuleFact, several: frozenset[str], budget: Budget) -> bool:
    about = rule.by_fact.get(condition.fact, ())
    if not about or (rule.joined == Joined.ANY and len(about) < len(rule.conditions)):
        return False
    together = all if rule.joined == Joined.ANY else any
    return together(_implies(one, condition, several, budget) for one in about)


def _implies(one: ConditionFact, other: ConditionFact, several: frozenset[str], budget: Budget) -> bool:
    """Of two conditions about the same fact."""
    budget.spend()
    if one.operator == other.operator and one.value_set == other.value_set:
        return True
    if one.operator in DENYING:
        return _denies_more(one, other, budget)
    if other.operator in DENYING and one.operator == Operator.IS:
        key = one.fact.removeprefix(FIELD)
        return not (one.fact.startswith(FIELD) and key in several) and _each_value(one, other, budget)
    if other.operator not in CARRIES_OVER.get(Operator(one.operator), ()):
        return False
    if other.operator in (Operator.FILLED, Operator.EMPTY) or one.operator == Operator.EMPTY:
        return True
    return _each_value(one, other, budget)


def _each_value(one: ConditionFact, other: ConditionFact, budget: Budget) -> bool:
    """Whether `other` holds for each value of `one`, taken for the whole of what is said."""
    if other.operator == Operator.IS:
        return bool(one.folded) and one.folded_set <= other.folded_set
    if other.operator == Operator.IS_NOT:
        return bool(one.folded) and one.folded_set.isdisjoint(other.folded_set)
    if other.operator in (Operator.AT_LEAST, Operator.AT_MOST) and not _equally_exact(one, other, budget):
        return False
    return bool(one.folded) and all(_holds_for(value, other, budget) for value in one.folded)


def _equally_exact(one: ConditionFact, other: ConditionFact, budget: Budget) -> bool:
    """Numbers are compared with numbers, days with days: a day is as late as any of its moments."""
    budget.spend(len(one.folded) + len(other.folded))
    values = (*one.folded, *other.folded)
    numbers = [bool(NUMBER.fullmatch(value)) for value in values]
    return all(numbers) or (not any(numbers) and len({len(value) for value in values}) == 1)


def _holds_for(value: str, condition: ConditionFact, budget: Budget) -> bool:
    budget.spend(1 if condition.operator in (Operator.IS, Operator.IS_NOT) else len(condition.folded))
    return fits(condition, (value,))


def _denies_more(one: ConditionFact, other: ConditionFact, budget: Budget) -> bool:
    """Whether what `one` denies covers all that `other` denies."""
    if other.operator not in DENYING or not other.folded:
        return False
    if one.operator == Operator.IS_NOT:
        return other.operator == Operator.IS_NOT and other.folded_set <= one.folded_set
    return _each_has_one(other.folded, one.folded, budget)


def _each_has_one(values: Sequence[str], parts: Sequence[str], budget: Budget) -> bool:
    """Whether each value contains one of the parts."""
    for value in values:
        budget.spend(len(parts))
        if not any(part in value for part in parts):
            return False
    return True


def _excludes(one: ConditionFact, other: ConditionFact, several: bool, budget: Budget) -> bool:
    budget.spend()
    if one.operator == Operator.EMPTY:
        return other.operator not in (Operator.EMPTY, *DENYING)
    if not one.folded or not other.folded:
        return False
    if other.operator == Operator.CONTAINS_NOT and one.operator in (
        Operator.IS,
        Operator.CONTAINS,
        Operator.STARTS,
        Operator.ENDS,
    ):
        return _each_has_one(one.folded, other.folded, budget)
    if other.operator == Operator.IS_NOT and one.operator == Operator.IS:
        return one.folded_set <= other.folded_set
    if several:
        return False
    if one.operator == other.operator == Operator.STARTS:
        budget.spend(len(one.folded) * len(other.folded))
        return not any(a.startswith(b) or b.startswith(a) for a in one.folded for b in other.folded)
    if one.operator == Operator.AT_LEAST and other.operator == Operator.AT_MOST:
        return _equally_exact(one, other, budget) and not any(_holds_for(low, other, budget) for low in one.folded)
    return False


def _nothing_left(conditions: Sequence[ConditionFact], several: bool, budget: Budget) -> bool:
    """Whether none of the values asked for passes all the other conditions."""
    if several:
        return False
    asked = next((one for one in conditions if one.operator == Operator.IS and one.folded), None)
    if asked is None:
        return False
    others = [one for one in conditions if one is not asked and one.operator != Operator.MATCHES]
    return not any(all(_holds_for(value, other, budget) for other in others) for value in asked.folded)
