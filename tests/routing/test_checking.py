"""What is wrong with rules is said before a ticket finds out; and only what is certain."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.cautions_in_words import caution_in_words
from routing.checking import Known, check
from routing.choosing import choose
from routing.comparing import Budget, never_together, reaches_as_far
from routing.conditions import Asked, condition_holds, holds, operators_of
from routing.facts import Arrangement, ConditionFact, DepartmentFact, RuleFact, TicketFacts
from tests.measuring import seconds_of
from tests.routing.given import PATIENT, arrangements, facts

OPEN, OTHER, CLOSED, EMPTY, GONE = range(1, 6)
DEPARTMENTS = {
    OPEN: DepartmentFact(OPEN, "Fire", members=frozenset({10})),
    OTHER: DepartmentFact(OTHER, "Burglary", members=frozenset({20})),
    CLOSED: DepartmentFact(CLOSED, "Old", is_active=False, successor=OPEN),
    EMPTY: DepartmentFact(EMPTY, "New"),
    GONE: DepartmentFact(GONE, "Lost", is_active=False),
}
KNOWN = Known(
    names={"topic": {"fire": "Fire alarm", "order": "Order"}, "organisation": {"7": "Åby"}, "field:kind": {"a": "A"}},
    fields={"kind": "Kind", "place": "Place", "several": "Several", "amount": "Amount"},
    several=frozenset({"several"}),
    agents={10: "Elin", 20: "Ali"},
)


def one(fact: str, operator: str, *values: str) -> ConditionFact:
    return ConditionFact(fact, operator, values)


def rule(number: int, *conditions: ConditionFact, **values: object) -> RuleFact:
    return RuleFact(number, f"R{number}", conditions, **{"department": OPEN, **values})


def kinds(*some: RuleFact, tables: dict | None = None) -> list[tuple[int, str]]:
    found = check(Arrangement(DEPARTMENTS, OPEN, some, tables or {}), KNOWN)
    for cautions in found.values():
        for caution in cautions:
            assert caution_in_words(caution)
    return [(number, caution.kind) for number, cautions in found.items() for caution in cautions]


FIRE = one("topic", "is", "fire")


def test_nothing_is_said_of_rules_that_are_as_they_should_be():
    assert kinds(rule(1, FIRE), rule(2, one("topic", "is", "order"), department=OTHER), rule(3)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        (FIRE, one("topic", "is", "order")),
        (FIRE, one("topic", "is_not", "fire")),
        (FIRE, one("topic", "empty")),
        (one("field:place", "empty"), one("field:place", "contains", "x")),
        (one("field:place", "starts", "ab"), one("field:place", "starts", "b")),
        (one("field:place", "contains", "abc"), one("field:place", "contains_not", "b")),
        (one("field:amount", "at_least", "10"), one("field:amount", "at_most", "9")),
        (one("field:amount", "is", "3", "4"), one("field:amount", "at_least", "5")),
        (one("field:place", "is", "a", "b"), one("field:place", "is_not", "a"), one("field:place", "is_not", "b")),
        (one("field:several", "is", "a"), one("field:several", "is_not", "a", "b")),
    ],
)
def test_conditions_that_contradict_each_other_never_hold(conditions):
    assert kinds(rule(1, *conditions)) == [(1, "never")]
    assert kinds(rule(1, *conditions, joined="any")) == []


@pytest.mark.parametrize(
    "conditions",
    [
        (one("field:several", "is", "a"), one("field:several", "is", "b")),
        (one("field:several", "is", "a", "b"), one("field:several", "is_not", "a")),
        (one("field:place", "starts", "a"), one("field:place", "ends", "b")),
        (one("field:amount", "at_least", "9"), one("field:amount", "at_most", "10")),
        (FIRE, one("field:place", "is", "order")),
    ],
)
def test_conditions_that_can_hold_together_are_left_alone(conditions):
    assert kinds(rule(1, *conditions)) == []


def test_what_no_longer_exists_is_named():
    assert kinds(rule(1, one("topic", "is", "fire", "ended"))) == [(1, "value")]
    assert kinds(rule(1, one("topic", "is", "ended"))) == [(1, "value"), (1, "never")]
    assert kinds(rule(1, one("topic", "is_not", "ended"))) == [(1, "value")]
    assert kinds(rule(1, one("organisation", "is", "8"), FIRE, joined="any")) == [(1, "value")]
    assert kinds(rule(1, one("field:kind", "is", "b"))) == [(1, "value"), (1, "never")]
    assert kinds(rule(1, one("field:removed", "is", "b"))) == [(1, "fact"), (1, "never")]
    assert kinds(rule(1, one("field:removed", "empty"))) == [(1, "fact")]
    assert kinds(rule(1, one("field:place", "matches", "("))) == [(1, "pattern"), (1, "never")]


def test_a_rule_behind_one_that_ends_the_asking_is_hidden():
    assert kinds(rule(1, stops=True), rule(2, FIRE)) == [(2, "hidden")]
    assert kinds(rule(1, FIRE, stops=True), rule(2, FIRE, one("field:place", "is", "x"))) == [(2, "hidden")]
    assert kinds(rule(1, FIRE, stops=True), rule(2)) == []


def test_a_rule_whose_department_an_earlier_one_always_decides_is_told_of():
    assert kinds(rule(1, FIRE), rule(2, FIRE, one("field:place", "is", "x"), department=OTHER)) == [(2, "late")]
    assert kinds(rule(1, FIRE), rule(2, FIRE, department=None, priority="high")) == []
    assert kinds(rule(1, FIRE, department=None, tags=("a",)), rule(2, FIRE)) == []
    in_table = rule(1, FIRE, department=None, table=1, table_fact="field:place")
    assert kinds(in_table, rule(2, FIRE), tables={1: {"x": OTHER}}) == []


def test_the_same_conditions_with_another_department_contradict():
    assert kinds(rule(1, FIRE), rule(2, FIRE, department=OTHER)) == [(2, "contradicts")]
    assert kinds(rule(1, FIRE), rule(2, FIRE)) == [(2, "late")]


def test_departments_and_tables_that_lead_nowhere():
    assert kinds(rule(1, department=CLOSED)) == [(1, "closed")]
    assert kinds(rule(1, department=GONE)) == [(1, "closed")]
    assert kinds(rule(1, department=EMPTY)) == [(1, "empty")]
    in_table = rule(1, department=None, table=1, table_fact="field:place")
    assert kinds(in_table) == [(1, "table")]
    assert kinds(in_table, tables={1: {"a": EMPTY, "b": EMPTY}}) == [(1, "empty")]
    assert kinds(replace(in_table, table_fact="field:removed"), tables={1: {"a": OPEN}}) == [(1, "fact")]


def test_people_who_left_or_work_elsewhere():
    assert kinds(rule(1, assigns="person", assignee=10)) == []
    assert kinds(rule(1, assigns="person", assignee=20)) == [(1, "assignee")]
    assert kinds(rule(1, assigns="person", assignee=None)) == [(1, "assignee")]
    assert kinds(rule(1, department=None, assigns="person", assignee=20)) == []
    assert kinds(rule(1, follower=30)) == [(1, "follower")]


def test_a_rule_that_does_nothing():
    assert kinds(rule(1, FIRE, department=None)) == [(1, "idle")]


PLACES = st.sampled_from(["fire", "fire alarm", "alarm", "Åby", "5", "10", "7", "2026-11-21", "2026-11-21T10:00"])
about_place = st.builds(
    ConditionFact,
    st.just("field:place"),
    st.sampled_from(operators_of("field:place")),
    st.lists(PLACES, max_size=2).map(tuple),
)
said_of_place = st.lists(PLACES, max_size=2).map(lambda values: {"place": tuple(values)} if values else {})
joined = st.sampled_from(["all", "any"])
some = st.lists(about_place, min_size=1, max_size=2).map(tuple)


def many_rules(rules: int, conditions: int, values: int, operator: str = "contains") -> Arrangement:
    def about(rule: int, fact: int) -> ConditionFact:
        key = "words" if conditions > 10 else ("words", "field:place", "address")[fact % 3]
        return ConditionFact(key, operator, tuple(f"r{rule}c{fact}v{value}" for value in range(values)))

    made = (
        RuleFact(
            number,
            f"r{number}",
            tuple(about(number, fact) for fact in range(conditions)),
            joined="any" if number % 2 else "all",
            department=OPEN,
        )
        for number in range(1, rules + 1)
    )
    return Arrangement(DEPARTMENTS, OPEN, tuple(made), {})


@pytest.mark.parametrize(
    ("size", "whole", "seconds"), [((200, 3, 5), True, 1), ((500, 3, 3), False, 2), ((20, 30, 100), False, 1)]
)
@pytest.mark.parametrize("operator", ["contains", "is", "is_not", "starts", "ends", "at_least"])
def test_checking_takes_no_longer_than_somebody_waits_however_many_rules_there_are(size, whole, seconds, operator):
    arrangement, budget = many_rules(*size, operator), Budget()

    assert seconds_of(lambda: check(arrangement, KNOWN, budget)) < seconds
    assert not (whole and budget.is_spent)


def test_when_the_budget_is_spent_nothing_more_is_compared_and_the_rest_is_still_said():
    arrangement = many_rules(3, 2, 2)
    twice = RuleFact(4, "r4", arrangement.rules[0].conditions, joined="all", table=9)
    arrangement = replace(arrangement, rules=(*arrangement.rules, replace(arrangement.rules[0], id=5), twice))
    spent = Budget(3)

    assert {caution.kind for caution in check(arrangement, KNOWN)[4]} >= {"table"}
    assert {caution.kind for caution in check(arrangement, KNOWN, spent)[4]} == {"table"}
    assert spent.is_spent
    assert 5 not in check(arrangement, KNOWN, Budget(0))


@given(st.builds(RuleFact, st.just(1), st.just("w"), some, joined), st.data())
@settings(PATIENT, max_examples=500)
def test_a_rule_said_to_reach_as_far_holds_wherever_the_other_does(wide, data):
    narrow = data.draw(st.builds(RuleFact, st.just(2), st.just("n"), some, joined))
    reaches = reaches_as_far(wide, narrow, frozenset({"place"}))
    asked = Asked(TicketFacts(answers=data.draw(said_of_place)))

    assert not reaches or holds(wide, asked) or not holds(narrow, asked)


@given(st.lists(about_place, min_size=2, max_size=3), st.data())
@settings(PATIENT, max_examples=500)
def test_conditions_said_never_to_hold_together_do_not(about, data):
    asked = Asked(TicketFacts(answers=data.draw(said_of_place)))
    never = never_together(about, several=len(asked.values("field:place")) > 1)

    assert not never or not all(condition_holds(condition, asked) for condition in about)


@given(facts, arrangements())
@settings(PATIENT, max_examples=200)
def test_what_is_said_of_a_rule_is_so(given_facts, arrangement):
    known = Known(fields={"place": "", "amount": "", "day": ""}, agents=dict.fromkeys(range(1, 7), "x"))
    found = check(arrangement, known)
    decision = choose(given_facts, arrangement)
    decided = {reason.subject for reason in decision.reasons if reason.outcome == "chosen" and reason.step == "rule"}

    for number, cautions in found.items():
        said = {caution.kind for caution in cautions}
        if said & {"never", "hidden"}:
            assert number not in decision.rules
        if said & {"late", "contradicts"}:
            assert f"R{number}" not in decided
