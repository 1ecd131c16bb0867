"""Whether conditions can hold together, and whether one rule holds wherever another does. Pure.

Both say yes only when it is certain; a pattern, for instance, is never compared with another one.
"""

from collections.abc import Sequence

from routing.conditions import NUMBER, Asked, condition_holds
from routing.enums import Joined, Operator
from routing.facts import FIELD, ConditionFact, RuleFact, TicketFacts

PROBE = "probe"
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


def reaches_as_far(wide: RuleFact, narrow: RuleFact, several: frozenset[str] = frozenset()) -> bool:
    """Whether `wide` surely holds for every ticket for which `narrow` does. `several`: questions with several
    answers."""
    if not wide.conditions:
        return True
    together = any if wide.joined == Joined.ANY else all
    return together(_follows(condition, narrow, several) for condition in wide.conditions)


def never_together(conditions: Sequence[ConditionFact], *, several: bool) -> bool:
    """Whether conditions about one and the same fact cannot all hold. `several`: it may say more than one thing."""
    return any(
        _excludes(one, other, several) for one in conditions for other in conditions if one is not other
    ) or _nothing_left(conditions, several)


def _follows(condition: ConditionFact, rule: RuleFact, several: frozenset[str]) -> bool:
    together = all if rule.joined == Joined.ANY else any
    return bool(rule.conditions) and together(_implies(one, condition, several) for one in rule.conditions)


def _implies(one: ConditionFact, other: ConditionFact, several: frozenset[str]) -> bool:
    if one.fact != other.fact:
        return False
    if one.operator == other.operator and set(one.values) == set(other.values):
        return True
    if one.operator in DENYING:
        return _denies_more(one, other)
    if other.operator in DENYING and one.operator == Operator.IS:
        key = one.fact.removeprefix(FIELD)
        return not (one.fact.startswith(FIELD) and key in several) and _each_value(one, other)
    if other.operator not in CARRIES_OVER.get(Operator(one.operator), ()):
        return False
    if other.operator in (Operator.FILLED, Operator.EMPTY) or one.operator == Operator.EMPTY:
        return True
    return _each_value(one, other)


def _each_value(one: ConditionFact, other: ConditionFact) -> bool:
    """Whether `other` holds for each value of `one`, taken for the whole of what is said."""
    if other.operator in (Operator.AT_LEAST, Operator.AT_MOST) and not _equally_exact(one, other):
        return False
    return bool(one.folded) and all(_holds_for(value, other) for value in one.folded)


def _equally_exact(one: ConditionFact, other: ConditionFact) -> bool:
    """Numbers are compared with numbers, days with days: a day is as late as any of its moments."""
    values = (*one.folded, *other.folded)
    numbers = [bool(NUMBER.fullmatch(value)) for value in values]
    return all(numbers) or (not any(numbers) and len({len(value) for value in values}) == 1)


def _holds_for(value: str, condition: ConditionFact) -> bool:
    asked = Asked(TicketFacts(answers={PROBE: (value,)}))
    return condition_holds(ConditionFact(f"{FIELD}{PROBE}", condition.operator, condition.values), asked)


def _denies_more(one: ConditionFact, other: ConditionFact) -> bool:
    """Whether what `one` denies covers all that `other` denies."""
    if other.operator not in DENYING or not other.folded:
        return False
    if one.operator == Operator.IS_NOT:
        return other.operator == Operator.IS_NOT and set(other.folded) <= set(one.folded)
    return all(any(part in value for part in one.folded) for value in other.folded)


def _excludes(one: ConditionFact, other: ConditionFact, several: bool) -> bool:
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
        return all(any(part in value for part in other.folded) for value in one.folded)
    if other.operator == Operator.IS_NOT and one.operator == Operator.IS:
        return set(one.folded) <= set(other.folded)
    if several:
        return False
    if one.operator == other.operator == Operator.STARTS:
        return not any(a.startswith(b) or b.startswith(a) for a in one.folded for b in other.folded)
    if one.operator == Operator.AT_LEAST and other.operator == Operator.AT_MOST:
        return _equally_exact(one, other) and not any(
            _holds_for(low, ConditionFact("", Operator.AT_MOST, (high,))) for low in one.folded for high in other.folded
        )
    return False


def _nothing_left(conditions: Sequence[ConditionFact], several: bool) -> bool:
    """Whether none of the values asked for passes all the other conditions."""
    if several:
        return False
    asked = next((one for one in conditions if one.operator == Operator.IS and one.folded), None)
    if asked is None:
        return False
    others = [one for one in conditions if one is not asked and one.operator != Operator.MATCHES]
    return not any(all(_holds_for(value, other) for other in others) for value in asked.folded)
