"""Which department a ticket goes to, and why. Pure: the same facts always give the same decision.

The first step that names a department decides: an agent's word, the organisation's department or its exception for the
topic (T12), the first rule that holds, earlier communication (T5), the address a mail was sent to (T9), the topic's
department, the portal's default. Rules are asked once, in their order and about the ticket as it was filed, so no rule
can set another one off. What else they do (assign, priority, tags, followers) is done whichever step decided.
"""

from accounts.folding import fold_text
from routing.conditions import Asked, holds
from routing.enums import Assigns
from routing.facts import Arrangement, Decision, DepartmentFact, Outcome, Reason, RuleFact, Step, TicketFacts


def choose(facts: TicketFacts, arrangement: Arrangement) -> Decision:
    """The department and what else the rules say, with what every step said, also the ones after it was decided."""
    return _Choosing(facts, arrangement).decide()


def open_department(arrangement: Arrangement, department: int | None) -> DepartmentFact | None:
    """The department itself, or where its tickets go since it closed; None when that leads nowhere."""
    seen: set[int] = set()
    found = arrangement.departments.get(department) if department is not None else None
    while found is not None and not found.is_active:
        if found.id in seen or found.successor is None:
            return None
        seen.add(found.id)
        found = arrangement.departments.get(found.successor)
    return found


class _Choosing:
    def __init__(self, facts: TicketFacts, arrangement: Arrangement) -> None:
        self.facts, self.arrangement = facts, arrangement
        self.asked = Asked(facts)
        self.reasons: list[Reason] = []
        self.chosen: DepartmentFact | None = None
        self.held: list[RuleFact] = []

    def decide(self) -> Decision:
        self._forced_or_organisation()
        self._ask_rules()
        self._others()
        default = self._default()
        return self._with_the_rest(self.chosen or default)

    def _forced_or_organisation(self) -> None:
        facts = self.facts
        self._name("forced", facts.forced_by, facts.forced_department)
        self._name(
            "exception" if facts.exception else "organisation",
            facts.organisation_name,
            facts.organisation_department,
            detail=facts.topic_name if facts.exception else "",
        )

    def _ask_rules(self) -> None:
        for rule in self.arrangement.rules:
            if not holds(rule, self.asked):
                continue
            self.held.append(rule)
            self._rule_names(rule)
            if rule.stops:
                self.reasons.append(Reason("rule", rule.name, "", "stopped"))
                return
        if not self.held:
            self._name("rule", "", None)

    def _rule_names(self, rule: RuleFact) -> None:
        if rule.table is not None:
            self._table_names(rule)
        else:
            self._name("rule", rule.name, rule.department)

    def _table_names(self, rule: RuleFact) -> None:
        table = self.arrangement.tables.get(rule.table or 0, {})
        said = self.asked.said(rule.table_fact)
        for value in said:
            department = table.get(fold_text(value))
            if department is not None:
                self._name("rule", rule.name, department, detail=value)
                return
        self.reasons.append(Reason("rule", rule.name, "", "nobody", ", ".join(said)))
        if rule.department is not None:
            self._name("rule", rule.name, rule.department)

    def _others(self) -> None:
        facts = self.facts
        self._name("earlier", str(facts.earlier_ticket or ""), facts.earlier_department)
        if facts.mailed_to:
            self._name("address", facts.mailed_to, facts.mailed_to_department)
        self._name("topic", facts.topic_name, facts.topic_department)

    def _default(self) -> DepartmentFact:
        """The portal's default; taken even when closed, because every ticket ends in exactly one department."""
        default = self.arrangement.departments[self.arrangement.default]
        found = open_department(self.arrangement, default.id) or default
        self.reasons.append(Reason("default", "", found.name, "late" if self.chosen else "chosen"))
        return found

    def _name(self, step: Step, subject: str, department: int | None, *, detail: str = "") -> None:
        """A step names a department, or none: the first one that is open is chosen, and what came of each is kept."""
        if department is None:
            self.reasons.append(Reason(step, subject, "", "nothing", detail))
            return
        named = self.arrangement.departments.get(department)
        found = open_department(self.arrangement, department)
        name = found.name if found else named.name if named else ""
        outcome: Outcome = "closed" if found is None else "chosen" if self.chosen is None else "late"
        self.chosen = self.chosen or found
        self.reasons.append(Reason(step, subject, name, outcome, detail))

    def _with_the_rest(self, chosen: DepartmentFact) -> Decision:
        assigns, assignee, assigned_by = self._assigned(chosen)
        priority = next((rule for rule in self.held if rule.priority), None)
        tags = dict.fromkeys(tag for rule in self.held for tag in rule.tags)
        followers = dict.fromkeys(rule.follower for rule in self.held if rule.follower is not None)
        return Decision(
            department_id=chosen.id,
            reasons=tuple(self.reasons),
            assigns=assigns,
            assignee=assignee,
            members=chosen.members,
            assigned_by=assigned_by,
            priority=priority.priority if priority else "",
            priority_by=priority.name if priority else "",
            tags=tuple(tags),
            followers=tuple(followers),
            rules=tuple(rule.id for rule in self.held),
        )

    def _assigned(self, chosen: DepartmentFact) -> tuple[str, int | None, str]:
        """The first rule that can give the ticket to somebody who works in the department that got it."""
        for rule in self.held:
            if rule.assigns == Assigns.LEAST_LOADED and chosen.members:
                return rule.assigns, None, rule.name
            if rule.assigns == Assigns.PERSON and rule.assignee in chosen.members:
                return rule.assigns, rule.assignee, rule.name
            if rule.assigns:
                self.reasons.append(Reason("rule", rule.name, chosen.name, "nobody"))
        return "", None, ""
