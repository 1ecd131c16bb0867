"""A rule as plain data and back: as its conditions are kept, and as a change that is tried before it is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from routing.facts import ConditionFact, RuleFact


def rule_as_data(rule: RuleFact) -> dict[str, Any]:
    """The rule as JSON can keep it."""
    return {**asdict(rule), "conditions": conditions_as_data(rule.conditions), "tags": list(rule.tags)}


def rule_from_data(data: Mapping[str, Any]) -> RuleFact:
    """What `rule_as_data` was given. Raises TypeError or KeyError for anything else."""
    values = {**data, "conditions": conditions_from_data(data["conditions"]), "tags": tuple(data["tags"])}
    return RuleFact(**values)


def conditions_as_data(conditions: Iterable[ConditionFact]) -> list[dict[str, Any]]:
    """A rule's conditions as they are kept with it."""
    return [{"fact": one.fact, "operator": str(one.operator), "values": list(one.values)} for one in conditions]


def conditions_from_data(data: Iterable[Mapping[str, Any]]) -> tuple[ConditionFact, ...]:
    """What `conditions_as_data` was given."""
    return tuple(ConditionFact(one["fact"], one["operator"], tuple(one.get("values") or ())) for one in data)
