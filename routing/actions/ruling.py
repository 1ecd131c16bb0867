"""The rules of routing, and for how long earlier communication counts. Tickets that are here already stay where they
are; every change holds for the next one."""

from collections.abc import Callable, Sequence
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.folding import clean_line
from accounts.models import User
from accounts.patterns import PatternError, check_pattern
from accounts.rules import require_administrator
from routing.actions.arranging import DepartmentClosed
from routing.conditions import is_fact, operators_of
from routing.drafts import conditions_as_data, conditions_from_data
from routing.enums import Assigns, Joined, Operator
from routing.facts import ConditionFact, RuleFact
from routing.models import Department, RoutingRule, RoutingSettings, RoutingTable

RULES_LIMIT = 500
CONDITIONS_LIMIT = 30
VALUES_LIMIT = 200  # of one condition; longer lists are tables
ALL_VALUES_LIMIT = 5_000  # of all rules together
PATTERNS_LIMIT = 5  # of one condition; each is held against every ticket
ALL_PATTERNS_LIMIT = 50
VALUE_LENGTH = 200
TAGS_LIMIT = 10
TAG_LENGTH = 40
EARLIER_DAYS_LIMIT = 730
PRIORITIES = ("", "low", "medium", "high", "urgent")  # a ticket's, or none; routing knows no ticket

Refusal = Literal[
    "name",
    "for_all",
    "conditions",
    "fact",
    "operator",
    "values",
    "pattern",
    "many",
    "many_patterns",
    "table",
    "agent",
    "priority",
    "tags",
]


class RuleNameTaken(ValueError):
    """Another rule of the portal has this name."""


class TooManyRules(ValueError):
    """The portal has as many rules as it can have."""


class RuleRefused(ValueError):
    """The rule cannot be kept as it is; `why` says because of what, `said` which."""

    def __init__(self, why: Refusal, said: str = "") -> None:
        super().__init__(why, said)
        self.why, self.said = why, said


def save_rule(*, actor: User | None, rule: RoutingRule | None, values: RuleFact, for_all: bool = False) -> RoutingRule:
    """Add a rule after all others (`rule` None), switched on; or change one, which keeps its place. `values.id` does
    not matter. Holds for tickets that are filed from now on. One without conditions holds for every ticket, and is kept
    only when that is said: `for_all`.

    Raises RuleNameTaken, TooManyRules, RuleRefused, DepartmentClosed where it newly points to a closed department,
    PermissionError unless the actor is an administrator. Ids of rows that are not there, or not this portal's, raise
    RuleRefused or DepartmentClosed.
    """
    require_administrator(actor)
    _refuse_unless(bool(values.conditions) or for_all, "for_all")
    with transaction.atomic():
        _hold(values)
        if rule is None:
            if RoutingRule.objects.count() >= RULES_LIMIT:
                raise TooManyRules
            last = RoutingRule.objects.aggregate(last=Max("position"))["last"]
            locked = RoutingRule(position=0 if last is None else last + 1)
        else:
            locked = _lock(rule)
        _check_number(values.conditions, before=conditions_from_data(locked.conditions), but=locked.pk)
        _take_over(locked, values)
        _save(locked)
    return locked


def move_rule(*, actor: User | None, rule: RoutingRule, up: bool) -> bool:
    """Let a rule be asked one place earlier, or later. Returns False, and does nothing, at the end of the list.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        rules = list(RoutingRule.objects.select_for_update().order_by("position", "pk"))
        here = next((place for place, one in enumerate(rules) if one.pk == rule.pk), None)
        there = None if here is None else here + (-1 if up else 1)
        if here is None or there is None or not 0 <= there < len(rules):
            return False
        rules[here], rules[there] = rules[there], rules[here]
        for place, one in enumerate(rules):
            if one.position != place:
                one.position = place
                one.save(update_fields=["position"])
    return True


def set_rule_active(*, actor: User | None, rule: RoutingRule, is_active: bool) -> RoutingRule:
    """Switch a rule on or off. It keeps its place. Raises PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(rule)
        if locked.is_active != is_active:
            locked.is_active = is_active
            locked.save(update_fields=["is_active"])
    return locked


def remove_rule(*, actor: User | None, rule: RoutingRule) -> bool:
    """Delete a rule. What tickets say about it stays on them. Returns False when it was gone already.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        deleted, _each = RoutingRule.objects.filter(pk=rule.pk).delete()
    return bool(deleted)


def set_earlier_days(*, actor: User | None, days: int) -> RoutingSettings:
    """For so many days the department that handled somebody on a topic goes on doing so (T5); 0 switches it off.

    Raises ValueError beyond two years, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    if not 0 <= days <= EARLIER_DAYS_LIMIT:
        raise ValueError(f"Not between 0 and {EARLIER_DAYS_LIMIT} days")
    with transaction.atomic():
        kept: RoutingSettings | None = RoutingSettings.objects.select_for_update().first()
        if kept is None:
            RoutingSettings.objects.bulk_create([RoutingSettings()], ignore_conflicts=True)
            kept = RoutingSettings.objects.select_for_update().get()
        if kept.earlier_days != days:
            kept.earlier_days = days
            kept.save(update_fields=["earlier_days"])
    return kept


def _take_over(rule: RoutingRule, values: RuleFact) -> None:
    rule.name = _cleaned(values.name, 80, "name")
    _refuse_unless(values.joined in Joined.values, "conditions")
    _refuse_unless(len(values.conditions) <= CONDITIONS_LIMIT, "conditions")
    for condition in values.conditions:
        _check_condition(condition)
    rule.conditions = conditions_as_data(values.conditions)
    rule.joined, rule.stops = values.joined, values.stops
    _take_department(rule, values)
    _refuse_unless(values.assigns in Assigns.values, "agent")
    rule.assigns = values.assigns
    assignee = values.assignee if values.assigns == Assigns.PERSON else None
    rule.assignee = _agent(assignee, rule.assignee_id)
    _refuse_unless(values.assigns != Assigns.PERSON or assignee is not None, "agent")
    rule.follower = _agent(values.follower, rule.follower_id)
    _refuse_unless(values.priority in PRIORITIES, "priority")
    rule.priority = values.priority
    rule.tags = list(dict.fromkeys(_cleaned(tag, TAG_LENGTH, "tags") for tag in values.tags))
    _refuse_unless(len(rule.tags) <= TAGS_LIMIT, "tags")


def _hold(values: RuleFact) -> None:
    """Let nobody close the department or remove the table before the rule points there. Locked before the rule itself,
    in the order of the doors that close and remove."""
    for rows, pk in ((Department.objects, values.department), (RoutingTable.objects, values.table)):
        if pk is not None:
            rows.select_for_update(no_key=True).filter(pk=pk).first()


def _take_department(rule: RoutingRule, values: RuleFact) -> None:
    if values.department != rule.department_id:
        department = Department.objects.filter(pk=values.department).first() if values.department else None
        if values.department and (department is None or not department.is_active):
            raise DepartmentClosed
        rule.department = department
    table = RoutingTable.objects.filter(pk=values.table).first() if values.table else None
    _refuse_unless(not values.table or table is not None, "table")
    _refuse_unless(table is None or is_fact(values.table_fact), "table", values.table_fact)
    rule.table, rule.table_fact = table, values.table_fact if table else ""


def _check_condition(condition: ConditionFact) -> None:
    _refuse_unless(is_fact(condition.fact), "fact", condition.fact)
    _refuse_unless(condition.operator in operators_of(condition.fact), "operator", condition.operator)
    asks_nothing = condition.operator in (Operator.FILLED, Operator.EMPTY)
    _refuse_unless(asks_nothing or 0 < len(condition.values) <= VALUES_LIMIT, "values", condition.fact)
    few = condition.operator != Operator.MATCHES or len(condition.values) <= PATTERNS_LIMIT
    _refuse_unless(few, "values", condition.fact)
    for value in condition.values:
        _refuse_unless(bool(value.strip()) and len(value) <= VALUE_LENGTH, "values", value[:VALUE_LENGTH])
        if condition.operator == Operator.MATCHES:
            try:
                check_pattern(value)
            except PatternError as wrong:
                raise RuleRefused("pattern", str(wrong)) from None


def _check_number(conditions: Sequence[ConditionFact], *, before: Sequence[ConditionFact], but: int | None) -> None:
    """Refuse more values, or patterns, than all rules of a portal can have; fewer than before are always welcome."""
    others = [
        one
        for rule in RoutingRule.objects.exclude(pk=but).values_list("conditions", flat=True)
        for one in conditions_from_data(rule)
    ]
    limits: tuple[tuple[Callable[[Sequence[ConditionFact]], int], int, Refusal], ...] = (
        (_values, ALL_VALUES_LIMIT, "many"),
        (_patterns, ALL_PATTERNS_LIMIT, "many_patterns"),
    )
    for number, limit, why in limits:
        wanted = number(conditions)
        _refuse_unless(wanted <= number(before) or wanted + number(others) <= limit, why)


def _values(conditions: Sequence[ConditionFact]) -> int:
    return sum(len(one.values) for one in conditions)


def _patterns(conditions: Sequence[ConditionFact]) -> int:
    return _values([one for one in conditions if one.operator == Operator.MATCHES])


def _agent(pk: int | None, before: int | None) -> User | None:
    """The agent of this id. Whoever was there before may stay, though they have left: the rules' page says so."""
    if pk is None:
        return None
    found: User | None = User.objects.filter(pk=pk).first()
    _refuse_unless(found is not None and (found.pk == before or (found.is_agent and found.is_active)), "agent")
    return found


def _cleaned(text: str, longest: int, why: Refusal) -> str:
    cleaned = clean_line(text)
    _refuse_unless(0 < len(cleaned) <= longest, why, cleaned[:longest])
    return cleaned


def _refuse_unless(good: bool, why: Refusal, said: str = "") -> None:
    if not good:
        raise RuleRefused(why, said)


def _lock(rule: RoutingRule) -> RoutingRule:
    locked: RoutingRule = RoutingRule.objects.select_for_update().get(pk=rule.pk)
    return locked


def _save(rule: RoutingRule) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        if RoutingRule.objects.filter(name=rule.name).exclude(pk=rule.pk).exists():
            raise RuleNameTaken from None
        raise
