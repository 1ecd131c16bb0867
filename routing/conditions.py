"""Whether a rule's conditions hold for a ticket. Pure, and quick: a portal may have hundreds of rules."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from accounts.folding import fold_text
from accounts.patterns import PatternError, is_found_in
from routing.enums import Joined, Operator
from routing.facts import FACTS, FIELD, ConditionFact, RuleFact, TicketFacts

# What is a code or an id is that one or another: parts of it, or which is greater, mean nothing.
OF_CODES = (Operator.IS, Operator.IS_NOT, Operator.FILLED, Operator.EMPTY)
OF_TEXTS = (
    Operator.IS,
    Operator.IS_NOT,
    Operator.CONTAINS,
    Operator.CONTAINS_NOT,
    Operator.STARTS,
    Operator.ENDS,
    Operator.MATCHES,
)
OF_ANSWERS = (*OF_TEXTS, Operator.AT_LEAST, Operator.AT_MOST, Operator.FILLED, Operator.EMPTY)
TEXTS = ("address", "words")
LOOKED_THROUGH = 5_000  # characters of what is said about a fact that patterns are held against
NUMBER = re.compile(r"[+-]?\d{1,30}([.,]\d{1,30})?")


def is_fact(name: str) -> bool:
    """Whether conditions and tables can ask for this; whether a form asks the question is another matter."""
    return name in FACTS or (name.startswith(FIELD) and bool(re.fullmatch(r"[-\w]{1,40}", name.removeprefix(FIELD))))


def operators_of(fact: str) -> tuple[Operator, ...]:
    """The ways in which a fact can be compared."""
    if fact.startswith(FIELD):
        return OF_ANSWERS
    return OF_TEXTS if fact in TEXTS else OF_CODES


class Asked:
    """A ticket's facts as conditions ask for them: each a tuple of texts, as said and folded, worked out once."""

    def __init__(self, facts: TicketFacts) -> None:
        self.facts = facts
        self._folded: dict[str, tuple[str, ...]] = {}

    def values(self, fact: str) -> tuple[str, ...]:
        """What the ticket says about a fact, folded; nothing, where it says nothing or there is no such fact (any
        more)."""
        found = self._folded.get(fact)
        if found is None:
            found = self._folded[fact] = tuple(filter(None, (fold_text(value) for value in self.said(fact))))
        return found

    def said(self, fact: str) -> tuple[str, ...]:
        """The same as it was said."""
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
    if condition.operator == Operator.MATCHES:
        beginning = _beginning(asked.said(condition.fact))
        return any(_matches(one, pattern) for one in beginning for pattern in condition.values)
    return fits(condition, asked.values(condition.fact))


def fits(condition: ConditionFact, said: tuple[str, ...]) -> bool:
    """Whether one condition holds where this, folded, is all that is said about its fact. Patterns are not asked."""
    operator = condition.operator
    if operator == Operator.EMPTY:
        return not said
    if operator == Operator.FILLED:
        return bool(said)
    if operator == Operator.IS:
        return not condition.folded_set.isdisjoint(said)
    if operator == Operator.IS_NOT:
        return condition.folded_set.isdisjoint(said)
    if operator == Operator.CONTAINS_NOT:
        return not _any_fits(_contains, said, condition.folded)
    compare = _COMPARES.get(operator)
    return compare is not None and _any_fits(compare, said, condition.folded)


Compare = Callable[[str, str], bool]


def _any_fits(compare: Compare, said: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(compare(one, other) for one in said for other in wanted)


def _beginning(said: tuple[str, ...]) -> Iterator[str]:
    """As much of what is said as patterns are held against: they take their time for every character."""
    left = LOOKED_THROUGH
    for one in said:
        if left <= 0:
            return
        yield one[:left]
        left -= len(one)


def _contains(said: str, wanted: str) -> bool:
    return wanted in said


def _matches(said: str, pattern: str) -> bool:
    try:
        return is_found_in(pattern, said)
    except PatternError:
        return False


def _at_least(said: str, wanted: str) -> bool:
    compared = _compared(said, wanted)
    return compared is not None and compared >= 0


def _at_most(said: str, wanted: str) -> bool:
    compared = _compared(said, wanted)
    return compared is not None and compared <= 0


def _compared(said: str, wanted: str) -> int | None:
    """Numbers as numbers; dates, which are kept in ISO 8601, by their letters; None for one of each."""
    one, other = _number(said), _number(wanted)
    if one is not None and other is not None:
        return (one > other) - (one < other)
    if one is not None or other is not None:
        return None
    shorter = min(len(said), len(wanted))  # a day is as late as any moment of it
    return (said[:shorter] > wanted[:shorter]) - (said[:shorter] < wanted[:shorter])


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


_COMPARES: Mapping[str, Compare] = {
    Operator.CONTAINS: _contains,
    Operator.STARTS: str.startswith,
    Operator.ENDS: str.endswith,
    Operator.AT_LEAST: _at_least,
    Operator.AT_MOST: _at_most,
}
