"""Which department a ticket goes to: always exactly one, and always with its reasons (T5, T12)."""

from hypothesis import given
from hypothesis import strategies as st

from routing.choosing import choose
from routing.facts import Arrangement, DepartmentFact, TicketFacts

IDS = st.integers(1, 6)


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    departments = {
        number: DepartmentFact(number, f"D{number}", draw(st.booleans()), draw(st.none() | IDS))
        for number in range(1, 7)
    }
    return Arrangement(departments, default=draw(IDS))


facts = st.builds(TicketFacts, topic_department=st.none() | IDS, organisation_department=st.none() | IDS)


@given(facts, arrangements())
def test_there_is_always_exactly_one_department_and_the_reasons_say_why(given_facts, arrangement):
    decision = choose(given_facts, arrangement)

    chosen = [reason.department for reason in decision.reasons if reason.outcome == "chosen"]
    assert chosen == [arrangement.departments[decision.department_id].name]
