"""Which department a ticket goes to: always exactly one, and always with its reasons (T5, T12)."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.choosing import choose_department
from routing.facts import DepartmentFact, TicketFacts

departments = st.builds(DepartmentFact, id=st.integers(1, 9), name=st.text(max_size=8), is_active=st.booleans())
facts = st.builds(
    TicketFacts,
    topic=st.text(max_size=8),
    topic_department=st.none() | departments,
    organisation=st.none() | st.text(max_size=8),
    organisation_department=st.none() | departments,
    default_department=departments,
)


def candidates(given_facts: TicketFacts) -> list[tuple[str, DepartmentFact]]:
    named = [
        ("organisation", given_facts.organisation_department),
        ("topic", given_facts.topic_department),
        ("default", given_facts.default_department),
    ]
    return [(rule, department) for rule, department in named if department is not None]


@given(facts)
def test_there_is_always_exactly_one_department_and_it_is_one_that_was_named(given_facts):
    decision = choose_department(given_facts)

    assert decision.department_id in {department.id for _rule, department in candidates(given_facts)}


@given(facts)
def test_the_reasons_tell_every_step_and_end_with_the_choice(given_facts):
    decision = choose_department(given_facts)

    outcomes = [reason.outcome for reason in decision.reasons]
    assert outcomes == ["closed"] * (len(outcomes) - 1) + ["chosen"]
    steps = candidates(given_facts)[: len(outcomes)]
    assert [(reason.rule, reason.department) for reason in decision.reasons] == [
        (rule, department.name) for rule, department in steps
    ]
    assert steps[-1][1].id == decision.department_id


@given(facts)
def test_the_first_open_department_of_organisation_topic_and_default_is_taken(given_facts):
    """T12: the organisation's department goes before the topic's; a closed one is passed over."""
    named = candidates(given_facts)
    first = next((department for _rule, department in named[:-1] if department.is_active), named[-1][1])

    assert choose_department(given_facts).department_id == first.id


@given(facts)
def test_the_same_facts_always_give_the_same_decision_as_plain_data(given_facts):
    decision = choose_department(given_facts)

    assert decision == choose_department(given_facts)
    assert [reason.as_data() for reason in decision.reasons] == [asdict(reason) for reason in decision.reasons]


OPEN, CLOSED = DepartmentFact(1, "Fire", True), DepartmentFact(2, "Fire north", False)
DEFAULT = DepartmentFact(3, "Desk", True)


@pytest.mark.parametrize(
    ("organisation", "topic", "default", "chosen"),
    [
        (OPEN, CLOSED, DEFAULT, 1),
        (None, OPEN, DEFAULT, 1),
        (CLOSED, OPEN, DEFAULT, 1),
        (CLOSED, CLOSED, DEFAULT, 3),
        (None, None, DEFAULT, 3),
        (CLOSED, None, DepartmentFact(4, "Shut desk", False), 4),
    ],
)
def test_by_example(organisation, topic, default, chosen):
    told = TicketFacts("Fault", topic, "Åby", organisation, default)

    assert choose_department(told).department_id == chosen
