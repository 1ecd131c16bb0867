"""Whether a rule's conditions hold for a ticket. Pure, and quick: a portal may have hundreds of rules."""

from collections.abc import Callable, Mapping
from functools import cached_property

from accounts.folding import fold_text
from accounts.patterns import PatternError, is_found_in
from routing.enums import Joined, Operator
from routing.facts import ConditionFact, RuleFact, TicketFacts

FIELD = "field:"


class Asked:
    """A ticket's facts as conditions ask for them: each a tuple of folded texts, worked out once."""

    def __init__(self, facts: TicketFacts) -> None:
        self.facts = facts
        self._found: dict[str, tuple[str, ...]] = {}

    def values(self, fact: str) -> tuple[str, ...]:
        """What the ticket says about a fact; nothing, where it says nothing or there is no such fact (any more)."""
        found = self._found.get(fact)
        if found is None:
            found = self._found[fact] = tuple(fold_text(value) for value in self._raw(fact) if value)
        return found

    def _raw(self, fact: str) -> tuple[str, ...]:
        if fact.startswith(FIELD):
            return self.facts.answers.get(fact.removeprefix(FIELD), ())
        value = self._plain.get(fact)
        return () if value in (None, "") else (str(value),)

    @cached_property
    def _plain(self) -> Mapping[str, str | int | None]:
        facts = self.facts
        return {
            "topic": facts.topic,
            "channel": facts.channel,
            "address": facts.address,
            "organisation": facts.organisation,
            "agreement": facts.agreement,
            "language": facts.language,
            "priority": facts.priority,
            "words": facts.words,
            "earlier": facts.earlier_department,
        }


def holds(rule: RuleFact, asked: Asked) -> bool:
    """Whether a rule holds. One without conditions holds always."""
    if not rule.conditions:
        return True
    together = any if rule.joined == Joined.ANY else all
    return together(condition_holds(condition, asked) for condition in rule.conditions)


def condition_holds(condition: ConditionFact, asked: Asked) -> bool:
    """Whether one condition holds. What names an unknown operator, or a pattern that is none, never does."""
    said = asked.values(condition.fact)
    if condition.operator == Operator.EMPTY:
        return not said
    if condition.operator == Operator.FILLED:
        return bool(said)
    if condition.operator in _DENIES:
        return not _any_fits(_DENIES[condition.operator], said, condition.values)
    compare = _COMPARES.get(condition.operator)
    return compare is not None and _any_fits(compare, said, condition.values)


Compare = Callable[[str, str], bool]


def _any_fits(compare: Compare, said: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(compare(one, other) for one in said for other in wanted)


def _is(said: str, wanted: str) -> bool:
    return said == fold_text(wanted)


def _contains(said: str, wanted: str) -> bool:
    return fold_text(wanted) in said


def _starts(said: str, wanted: str) -> bool:
    return said.startswith(fold_text(wanted))


def _ends(said: str, wanted: str) -> bool:
    return said.endswith(fold_text(wanted))


def _matches(said: str, wanted: str) -> bool:
    try:
        return is_found_in(wanted, said)
    except PatternError:
        return False


def _at_least(said: str, wanted: str) -> bool:
    return _compared(said, wanted) >= 0 if _comparable(said, wanted) else False


def _at_most(said: str, wanted: str) -> bool:
    return _compared(said, wanted) <= 0 if _comparable(said, wanted) else False


def _comparable(said: str, wanted: str) -> bool:
    return (_number(said) is None) == (_number(wanted) is None)


def _compared(said: str, wanted: str) -> int:
    """Numbers as numbers; dates, which are kept in ISO 8601, by their letters."""
    one, other = _number(said), _number(wanted)
    if one is not None and other is not None:
        return (one > other) - (one < other)
    shorter = min(len(said), len(wanted))  # a day is as late as any moment of it
    return (said[:shorter] > wanted[:shorter]) - (said[:shorter] < wanted[:shorter])


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_COMPARES: Mapping[str, Compare] = {
    Operator.IS: _is,
    Operator.CONTAINS: _contains,
    Operator.STARTS: _starts,
    Operator.ENDS: _ends,
    Operator.MATCHES: _matches,
    Operator.AT_LEAST: _at_least,
    Operator.AT_MOST: _at_most,
}
_DENIES: Mapping[str, Compare] = {Operator.IS_NOT: _is, Operator.CONTAINS_NOT: _contains}
