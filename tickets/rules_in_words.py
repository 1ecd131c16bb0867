"""A routing rule as a sentence: what must be so, and what happens then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routing.enums import Assigns, Joined, Operator
from routing.models import RoutingRule
from tickets.enums import Priority
from tickets.rule_catalogue import Catalogue, Fact

SHOWN = 4  # values of a condition that are named; of more, how many


@dataclass(frozen=True)
class RuleInWords:
    """`condition` is empty where a rule holds always; `actions` is empty where it does nothing."""

    condition: str
    actions: list[str]


def rule_in_words(rule: RoutingRule, catalogue: Catalogue) -> RuleInWords:
    """A rule in the reader's language. Reads the rule's table, assignee and follower, nothing else."""
    parts = [condition_in_words(condition, catalogue) for condition in rule.conditions]
    joined = _(" or ") if rule.joined == Joined.ANY else _(" and ")
    return RuleInWords(joined.join(parts), [said for say in _ACTIONS if (said := say(rule, catalogue))])


def condition_in_words(condition: Mapping[str, Any], catalogue: Catalogue) -> str:
    """One condition: "Municipality is Malmö or Lund"."""
    fact = catalogue.fact(str(condition.get("fact", "")))
    operator = str(condition.get("operator", ""))
    return " ".join(filter(None, (fact.name, fact.operator_in_words(operator), _values(fact, condition, catalogue))))


def _values(fact: Fact, condition: Mapping[str, Any], catalogue: Catalogue) -> str:
    if condition.get("operator") in (Operator.FILLED, Operator.EMPTY):
        return ""
    values = [str(value) for value in condition.get("values") or ()]
    named = [catalogue.value_in_words(fact, value) for value in values[:SHOWN]]
    if len(values) > SHOWN:
        more = len(values) - SHOWN
        named.append(ngettext("%d other", "%d others", more) % more)
    return _(" or ").join(named)


def _department(rule: RoutingRule, catalogue: Catalogue) -> str:
    department = catalogue.departments.get(rule.department_id or 0)
    if rule.table is not None:
        said = {"table": rule.table.name, "fact": catalogue.fact(rule.table_fact).name, "department": department}
        if department is not None:
            return _("to the department that “%(table)s” names for %(fact)s, otherwise to %(department)s") % said
        return _("to the department that “%(table)s” names for %(fact)s") % said
    return _("to %s") % department if department is not None else ""


def _assignee(rule: RoutingRule, catalogue: Catalogue) -> str:
    if rule.assigns == Assigns.LEAST_LOADED:
        return _("given to whoever there has the fewest open tickets")
    if rule.assigns == Assigns.PERSON and rule.assignee is not None:
        return _("given to %s") % rule.assignee
    return ""


def _priority(rule: RoutingRule, catalogue: Catalogue) -> str:
    if rule.priority not in Priority.values:
        return ""
    return _("priority: %s") % Priority(rule.priority).label


def _tags(rule: RoutingRule, catalogue: Catalogue) -> str:
    return _("tagged %s") % ", ".join(rule.tags) if rule.tags else ""


def _follower(rule: RoutingRule, catalogue: Catalogue) -> str:
    return _("followed by %s") % rule.follower if rule.follower is not None else ""


def _stops(rule: RoutingRule, catalogue: Catalogue) -> str:
    return _("later rules are not asked") if rule.stops else ""


_ACTIONS: tuple[Callable[[RoutingRule, Catalogue], str], ...] = (
    _department,
    _assignee,
    _priority,
    _tags,
    _follower,
    _stops,
)
