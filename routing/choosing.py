"""Which department a ticket goes to, and why. Pure: the same facts always give the same decision."""

from collections.abc import Iterator

from routing.facts import Decision, DepartmentFact, Reason, Rule, TicketFacts


def choose_department(facts: TicketFacts) -> Decision:
    """The organisation's responsible department goes before the topic's (T12), that before the portal's default.

    A closed department is passed over, which is kept as a reason too. The default is taken even when closed, because
    every ticket ends in exactly one department.
    """
    reasons: list[Reason] = []
    for rule, subject, department in _candidates(facts):
        usable = department.is_active or rule == "default"
        reasons.append(Reason(rule, subject, department.name, "chosen" if usable else "closed"))
        if usable:
            return Decision(department.id, tuple(reasons))
    raise AssertionError("the default department always answers")


def _candidates(facts: TicketFacts) -> Iterator[tuple[Rule, str, DepartmentFact]]:
    if facts.organisation_department is not None:
        yield "organisation", facts.organisation or "", facts.organisation_department
    if facts.topic_department is not None:
        yield "topic", facts.topic, facts.topic_department
    yield "default", "", facts.default_department
