"""Portals as routing knows them, made up by hypothesis: small enough that rules meet each other."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from routing.conditions import operators_of
from routing.enums import Assigns, Joined
from routing.facts import Arrangement, ConditionFact, DepartmentFact, RuleFact, TicketFacts

# A whole portal is drawn each time, which takes its time on a busy machine.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
IDS = st.integers(1, 6)
FACTS = st.sampled_from(["topic", "organisation", "address", "words", "field:place", "field:amount", "field:day"])
VALUES = st.sampled_from(
    ["", "fire", "Fire", "fire alarm", "Åby", "aby", "5", "10", "-1", "2026-11-21", "2026-11-21T10:00", "a@b.example"]
)


@st.composite
def departments(draw: st.DrawFn) -> dict[int, DepartmentFact]:
    return {
        number: DepartmentFact(
            number, f"D{number}", draw(st.booleans()), draw(st.none() | IDS), draw(st.frozensets(IDS, max_size=3))
        )
        for number in range(1, 7)
    }


@st.composite
def conditions(draw: st.DrawFn) -> ConditionFact:
    fact = draw(FACTS)
    operator = draw(st.sampled_from(operators_of(fact)))
    return ConditionFact(fact, operator, tuple(draw(st.lists(VALUES, max_size=3))))


@st.composite
def rules(draw: st.DrawFn, number: int = 1) -> RuleFact:
    return RuleFact(
        id=number,
        name=f"R{number}",
        conditions=tuple(draw(st.lists(conditions(), max_size=3))),
        joined=draw(st.sampled_from(Joined.values)),
        stops=draw(st.booleans()),
        department=draw(st.none() | IDS),
        table=draw(st.none() | st.just(1)),
        table_fact="field:place",
        assigns=draw(st.sampled_from(Assigns.values)),
        assignee=draw(st.none() | IDS),
        priority=draw(st.sampled_from(["", "low", "urgent"])),
        tags=tuple(draw(st.lists(st.sampled_from("ab"), max_size=2))),
        follower=draw(st.none() | IDS),
    )


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    amount = draw(st.integers(0, 5))
    return Arrangement(
        draw(departments()),
        default=draw(IDS),
        rules=tuple(draw(rules(number)) for number in range(1, amount + 1)),
        tables={1: draw(st.dictionaries(st.sampled_from(["fire", "aby", "5"]), IDS))},
    )


answers = st.dictionaries(
    st.sampled_from(["place", "amount", "day"]), st.lists(VALUES.filter(bool), min_size=1, max_size=1).map(tuple)
)
facts = st.builds(
    TicketFacts,
    topic=st.sampled_from(["", "fire", "order"]),
    topic_department=st.none() | IDS,
    forced_department=st.none() | IDS,
    organisation=st.none() | IDS,
    organisation_department=st.none() | IDS,
    exception=st.booleans(),
    address=st.just("a@b.example"),
    words=st.sampled_from(["", "The fire alarm in Åby beeps 5 times"]),
    answers=answers,
    earlier_department=st.none() | IDS,
)
