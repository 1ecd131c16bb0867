"""Which department a ticket goes to: always one, always with its reasons, in the order of the steps (T5, T12)."""

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.patterns import check_pattern
from routing.choosing import choose
from routing.conditions import Asked, condition_holds, holds
from routing.enums import Operator
from routing.facts import Arrangement, ConditionFact, Decision, DepartmentFact, RuleFact, TicketFacts
from tests.measuring import seconds_of, slowness
from tests.routing.given import PATIENT, arrangements, facts, rules

NAMES = ("Default", "Topic's", "Earlier", "First", "Second", "Responsible", "Forced")
DEFAULT, TOPIC, EARLIER, FIRST, SECOND, RESPONSIBLE, FORCED = range(1, 8)
DEPARTMENTS = {
    number: DepartmentFact(number, name, members=frozenset({number * 10})) for number, name in enumerate(NAMES, start=1)
}
ALWAYS = (
    RuleFact(1, "one", department=FIRST, priority="low", tags=("a",), follower=7),
    RuleFact(2, "two", department=SECOND, priority="urgent", tags=("a", "b"), follower=8),
)


def outcomes(decision: Decision) -> list[tuple[str, str, str]]:
    """What was said until it was decided, or of a department that would have had it."""
    said = [(reason.step, reason.department, reason.outcome) for reason in decision.reasons]
    return [one for one in said if one[2] != "nothing" and one != ("default", "Default", "late")]


def decided(rules: tuple[RuleFact, ...] = (), tables: dict | None = None, **said: object) -> Decision:
    return choose(TicketFacts(**said), Arrangement(DEPARTMENTS, DEFAULT, rules, tables or {}))


@PATIENT
@given(facts, arrangements())
def test_there_is_always_exactly_one_department_and_the_reasons_say_why(given_facts, arrangement):
    decision = choose(given_facts, arrangement)

    chosen = [reason.department for reason in decision.reasons if reason.outcome == "chosen"]
    assert chosen == [arrangement.departments[decision.department_id].name]
    named = [reason for reason in decision.reasons if reason.outcome == "chosen"]
    department = arrangement.departments[decision.department_id]
    assert department.is_active or named[0].step == "default"


@PATIENT
@given(facts, arrangements())
def test_the_same_facts_always_give_the_same_decision(given_facts, arrangement):
    assert choose(given_facts, arrangement) == choose(given_facts, arrangement)


@PATIENT
@given(facts, arrangements(), st.data())
def test_a_rule_that_does_not_hold_changes_nothing(given_facts, arrangement, data):
    added = data.draw(rules(99))
    if holds(added, Asked(given_facts)):
        added = replace(added, joined="all", conditions=(*added.conditions, ConditionFact("topic", "is", ("none",))))
    place = data.draw(st.integers(0, len(arrangement.rules)))
    more = (*arrangement.rules[:place], added, *arrangement.rules[place:])

    assert choose(given_facts, replace(arrangement, rules=more)) == choose(given_facts, arrangement)


@PATIENT
@given(facts, arrangements())
def test_of_the_rules_that_hold_the_first_open_department_decides(given_facts, arrangement):
    plain = replace(arrangement, rules=tuple(replace(rule, table=None, stops=False) for rule in arrangement.rules))
    without = replace(plain, rules=())
    before = choose(given_facts, without)
    holding = [rule for rule in plain.rules if holds(rule, Asked(given_facts))]
    decision = choose(given_facts, plain)

    by_rules = [reason for reason in decision.reasons if reason.step == "rule" and reason.outcome == "chosen"]
    if before.reasons and any(
        reason.step in ("forced", "organisation", "exception") and reason.outcome == "chosen"
        for reason in before.reasons
    ):
        assert decision.department_id == before.department_id
    elif by_rules:
        named = [rule.name for rule in holding if rule.department is not None]
        closed = [reason.subject for reason in decision.reasons if reason.outcome == "closed"]
        assert by_rules[0].subject == next(name for name in named if name not in closed)
    else:
        assert decision.department_id == before.department_id
    assert decision.rules == tuple(rule.id for rule in holding)


def test_each_step_decides_before_the_next():
    steps = {
        "forced_department": FORCED,
        "organisation_department": RESPONSIBLE,
        "rules": FIRST,
        "earlier_department": EARLIER,
        "topic_department": TOPIC,
    }
    while steps:
        left, expected = dict(steps), next(iter(steps.values()))
        rules = ALWAYS if left.pop("rules", None) else ()
        assert decided(rules, **left).department_id == expected
        steps.pop(next(iter(steps)))
    assert decided().department_id == DEFAULT


def test_every_step_says_something_also_where_another_one_had_decided():
    nothing = decided(organisation_name="Tallen", topic_name="Fault")
    assert [(reason.step, reason.subject, reason.outcome) for reason in nothing.reasons] == [
        ("forced", "", "nothing"),
        ("organisation", "Tallen", "nothing"),
        ("rule", "", "nothing"),
        ("earlier", "", "nothing"),
        ("topic", "Fault", "nothing"),
        ("default", "", "chosen"),
    ]
    tags = RuleFact(1, "tags", tags=("a",))
    everything = decided((tags,), exception=True, earlier_department=EARLIER, topic_department=TOPIC)
    assert [(reason.step, reason.department, reason.outcome) for reason in everything.reasons] == [
        ("forced", "", "nothing"),
        ("exception", "", "nothing"),
        ("rule", "", "nothing"),
        ("earlier", "Earlier", "chosen"),
        ("topic", "Topic's", "late"),
        ("default", "Default", "late"),
    ]
    assert everything.reasons[2].subject == "tags"


def test_the_order_of_the_rules_decides_and_the_later_one_is_told_as_late():
    assert outcomes(decided(ALWAYS)) == [("rule", "First", "chosen"), ("rule", "Second", "late")]
    assert outcomes(decided(ALWAYS[::-1])) == [("rule", "Second", "chosen"), ("rule", "First", "late")]


def test_what_else_rules_do_happens_whichever_step_decided():
    decision = decided(ALWAYS, organisation_department=RESPONSIBLE)

    assert decision.department_id == RESPONSIBLE
    assert (decision.priority, decision.priority_by) == ("low", "one")
    assert decision.tags == ("a", "b")
    assert decision.followers == (7, 8)


def test_after_a_rule_that_stops_no_other_is_asked():
    decision = decided((replace(ALWAYS[0], stops=True, department=None), ALWAYS[1]), topic_department=TOPIC)

    assert outcomes(decision) == [("rule", "", "stopped"), ("topic", "Topic's", "chosen")]
    assert decision.tags == ("a",)


def test_an_exception_without_a_department_passes_the_organisations_over():
    decision = decided(exception=True, organisation_department=None, topic_department=TOPIC)

    assert outcomes(decision) == [("topic", "Topic's", "chosen")]


def test_a_table_names_the_department_of_the_first_value_it_has():
    rule = RuleFact(1, "local", table=5, table_fact="field:municipality")
    tables = {5: {"malmo": FIRST, "lund": SECOND}}

    assert outcomes(decided((rule,), tables, answers={"municipality": ("Malmö",)})) == [("rule", "First", "chosen")]
    unknown = decided((rule,), tables, answers={"municipality": ("Ystad",)}, topic_department=TOPIC)
    assert outcomes(unknown) == [("rule", "", "nobody"), ("topic", "Topic's", "chosen")]
    assert [reason.detail for reason in unknown.reasons if reason.outcome == "nobody"] == ["Ystad"]
    otherwise = replace(rule, department=EARLIER)
    assert decided((otherwise,), tables, answers={}).department_id == EARLIER


def test_a_closed_department_hands_on_and_a_circle_of_closed_ones_is_passed_over():
    departments = {
        **DEPARTMENTS,
        FIRST: DepartmentFact(FIRST, "First", False, SECOND),
        TOPIC: DepartmentFact(TOPIC, "Topic's", False, EARLIER),
        EARLIER: DepartmentFact(EARLIER, "Earlier", False, TOPIC),
    }

    handed_on = choose(TicketFacts(), Arrangement(departments, DEFAULT, ALWAYS[:1]))
    assert outcomes(handed_on) == [("rule", "Second", "chosen")]
    circle = choose(TicketFacts(topic_department=TOPIC), Arrangement(departments, DEFAULT))
    assert outcomes(circle) == [("topic", "Topic's", "closed"), ("default", "Default", "chosen")]


def test_only_who_works_in_the_department_is_given_the_ticket():
    there, elsewhere = (RuleFact(n, f"r{n}", assigns="person", assignee=n) for n in (TOPIC * 10, FIRST * 10))

    decision = decided((elsewhere, there), topic_department=TOPIC)

    assert (decision.assignee, decision.assigned_by) == (TOPIC * 10, there.name)
    assert ("rule", "Topic's", "nobody") in outcomes(decision)
    nobody = decided((RuleFact(1, "r", assigns="least_loaded"),), topic_department=TOPIC)
    assert (nobody.assigns, nobody.members) == ("least_loaded", frozenset({TOPIC * 10}))


def holds_for(fact: str, operator: str, values: tuple[str, ...], **said: object) -> bool:
    return holds(RuleFact(1, "r", (ConditionFact(fact, operator, values),)), Asked(TicketFacts(**said)))


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("is", ("Malmö", "Lund"), ("MALMO",), True),
        ("is", ("Malmö",), ("Malmö stad",), False),
        ("is", (), ("Malmö",), False),
        ("is_not", ("Malmö",), ("Lund",), True),
        ("is_not", ("Malmö",), ("Lund", "Malmö"), False),
        ("is_not", ("Malmö",), (), True),
        ("contains", ("ALM",), ("Malmö",), True),
        ("contains_not", ("x", "alm"), ("Malmö",), False),
        ("starts", ("mal",), ("Malmö",), True),
        ("ends", ("mö",), ("Malmö",), True),
        ("matches", ("^m.lmö$",), ("Malmö",), True),
        ("matches", ("(",), ("(",), False),
        ("at_least", ("9",), ("10",), True),
        ("at_least", ("9,5",), ("9.4",), False),
        ("at_most", ("-1",), ("-2",), True),
        ("at_least", ("5",), ("nan",), False),
        ("at_least", ("5",), ("1_0",), False),
        ("at_least", ("2026-11-21",), ("2026-11-21T10:00",), True),
        ("at_most", ("2026-11-21",), ("2026-11-21T10:00",), True),
        ("at_most", ("2026-11-20",), ("2026-11-21",), False),
        ("at_most", ("2026-11-21T09:00",), ("2026-11-21T10:00",), False),
        ("filled", (), ("x",), True),
        ("empty", (), (), True),
        ("unheard_of", ("x",), ("x",), False),
    ],
)
def test_how_a_condition_compares(operator, values, said, expected):
    assert holds_for("field:place", operator, values, answers={"place": said} if said else {}) is expected


def test_what_no_form_asks_is_never_stated():
    assert not holds_for("field:gone", "is", ("x",), answers={"place": ("x",)})
    assert not holds_for("unheard of", "filled", ())


def test_a_pattern_made_to_take_for_ever_does_not():
    begun = perf_counter()

    assert not holds_for("words", "matches", ("(a+)+$",), words="a" * 4_999 + "b")
    assert perf_counter() - begun < 1


def test_patterns_are_held_against_the_first_5000_characters_that_are_said():
    assert holds_for("words", "matches", ("fire",), words="a" * 4_996 + "fire")
    assert not holds_for("words", "matches", ("fire",), words="a" * 5_000 + "fire")
    assert holds_for("words", "contains", ("fire",), words="a" * 5_000 + "fire")
    said = ("a" * 2_000, "b" * 2_000, "c" * 1_000, "fire")
    assert not condition_holds(ConditionFact("field:x", "matches", ("fire",)), Asked(TicketFacts(answers={"x": said})))


@pytest.mark.parametrize(
    "pattern",
    [r"^[A-ZÅÄÖ]{3}\d{5}-\d{2}$", r"[\w.+-]+@[\w-]+\.[\w.-]+", r"(brand|larm)\w{0,40}", r"\p{Lu}\p{L}+", ".{1,200}"],
)
def test_ordinary_patterns_fit_into_the_memory_they_may_take(pattern):
    check_pattern(pattern)


def test_two_hundred_rules_are_asked_in_five_milliseconds():
    conditions = (
        ConditionFact("topic", Operator.IS, ("order", "access", "sales", "personal")),
        ConditionFact("field:place", Operator.CONTAINS, ("Malmö", "Lund", "Ystad")),
        ConditionFact("words", Operator.CONTAINS, ("brand", "inbrott", "larm")),
        ConditionFact("words", Operator.MATCHES, ("nyckel(kort|bricka)",)),
    )
    many = tuple(RuleFact(n, f"r{n}", conditions, joined="any", department=FIRST) for n in range(200))
    arrangement = Arrangement(DEPARTMENTS, DEFAULT, many)
    said = TicketFacts(topic="fire", words="It beeps. " * 60, answers={"place": ("Kristianstad",)})

    def ask() -> None:
        assert choose(said, arrangement).department_id == DEFAULT

    ask()
    assert min(seconds_of(ask) / slowness() for _each in range(20)) < 0.005
