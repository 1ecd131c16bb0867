"""A ticket lands by itself where it belongs, and says why: the rules at filing (T5, T12, T16), and on the pages."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from routing.actions.arranging import DepartmentClosed, add_member, set_responsible_department
from routing.actions.ruling import PRIORITIES, save_rule, set_earlier_days
from routing.actions.tables import add_table
from routing.checking import check
from routing.choosing import choose
from routing.facts import ConditionFact, RuleFact
from routing.models import Department, RoutingRule
from routing.queries import load_arrangement
from tests.factories import (
    AgentFactory,
    DepartmentFactory,
    OrganisationFactory,
    TopicFactory,
    UserFactory,
    ask,
    make_ticket,
)
from tests.pages import Page
from tickets import filing_rules
from tickets.actions import opening
from tickets.actions.arranging import add_topic, update_topic
from tickets.actions.exceptions import remove_exception, set_exception
from tickets.actions.handing_over import assign, transfer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel, EventKind, FieldKind, Priority, Status
from tickets.models import (
    Follower,
    HelpTopic,
    OrganisationException,
    PrioritySettings,
    Ticket,
    TicketEvent,
    TicketTag,
)
from tickets.reasons_in_words import reasons_in_words
from tickets.routing_facts import facts_of, known_facts

FAULT = ConditionFact("topic", "is", ("fault",))


def add_rule(name: str = "Faults", *conditions: ConditionFact, **values: object) -> RoutingRule:
    return save_rule(actor=None, rule=None, values=RuleFact(0, name, conditions, **values), for_all=True)


def routed(ticket: Ticket) -> TicketEvent:
    return TicketEvent.objects.select_related("ticket__topic").filter(ticket=ticket, kind=EventKind.ROUTED).get()


def outcomes(ticket: Ticket) -> list[tuple[str, str]]:
    """What agents, organisations, rules and earlier tickets said, if anything."""
    said = [(reason["step"], reason["outcome"]) for reason in routed(ticket).data["reasons"]]
    return [one for one in said if one[1] != "nothing" and one not in (("topic", "late"), ("default", "late"))]


def decided_by(ticket: Ticket) -> str:
    return next(reason["subject"] for reason in routed(ticket).data["reasons"] if reason["outcome"] == "chosen")


def handled(portal, ticket: Ticket, department: Department, *, days_ago: int = 0) -> Ticket:
    """A ticket that staff of a department answered, so long ago."""
    transfer(actor=portal.administrator, ticket=ticket, department=department)
    reply_to_ticket(actor=portal.administrator, ticket=ticket, body="So.", channel=Channel.PORTAL, as_staff=True)
    when = timezone.now() - timedelta(days=days_ago)
    Ticket.objects.filter(pk=ticket.pk).update(last_activity_at=when)
    return ticket


def test_rules_are_asked_before_anybody_is_locked_out(in_scope, other_portal, monkeypatch):
    add_rule(department=in_scope.other_department.pk)
    done = []
    for module, name in (
        (opening, "facts_at_filing"),
        (filing_rules, "load_arrangement"),
        (opening, "choose"),
        (opening, "lock_counter"),
    ):
        meant = getattr(module, name)
        monkeypatch.setattr(
            module,
            name,
            lambda *args, _name=name, _meant=meant, **kwargs: (done.append(_name), _meant(*args, **kwargs))[1],
        )

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert done == ["facts_at_filing", "load_arrangement", "choose", "lock_counter"]
    assert ticket.department == in_scope.other_department


def test_rules_can_set_the_priorities_that_tickets_have():
    assert ("", *Priority.values) == PRIORITIES


def test_what_points_to_a_department_or_table_holds_it_first(in_scope, other_portal, monkeypatch):
    locked = []
    lock = QuerySet.select_for_update
    table = add_table(actor=None, name="Towns", rows=[])
    monkeypatch.setattr(
        QuerySet,
        "select_for_update",
        lambda rows, *args, **kwargs: (locked.append(rows.model.__name__), lock(rows, *args, **kwargs))[1],
    )

    def locks(door, **values):
        locked.clear()
        return door(**values), list(locked)

    values = RuleFact(0, "Faults", (FAULT,), department=in_scope.department.pk, table=table.pk, table_fact="topic")
    rule, of_rule = locks(save_rule, actor=None, rule=None, values=values)
    _rule, of_change = locks(save_rule, actor=None, rule=rule, values=values)
    topic, of_topic = locks(add_topic, actor=None, slug="new", names=("N", "N"), department=in_scope.department)
    other = {"department": in_scope.other_department}
    _topic, of_topic_change = locks(update_topic, actor=None, topic=topic, values=other)
    excepted = {"organisation": in_scope.organisation, "topic": topic, "department": in_scope.department}
    _exception, of_exception = locks(set_exception, actor=None, **excepted)

    assert of_rule == ["Department", "RoutingTable"]
    assert of_change == ["Department", "RoutingTable", "RoutingRule"]
    assert of_topic[:2] == of_topic_change[:2] == ["Department", "HelpTopic"]
    assert "Department" in of_exception


def test_a_rule_decides_the_department_and_does_what_else_it_says(in_scope, other_portal):
    worker, follower = AgentFactory(name="Ali"), in_scope.lead
    add_member(actor=None, department=in_scope.other_department, user=worker)
    add_member(actor=None, department=in_scope.other_department, user=follower)
    add_rule(
        "Faults",
        FAULT,
        department=in_scope.other_department.pk,
        assigns="person",
        assignee=worker.pk,
        priority="high",
        tags=("Field", "field", "vip"),
        follower=follower.pk,
    )

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    ticket.refresh_from_db()
    assert (ticket.department, ticket.assignee) == (in_scope.other_department, worker)
    assert (ticket.status, ticket.priority) == (Status.IN_PROGRESS, Priority.HIGH)
    assert [row.tag.name for row in TicketTag.objects.filter(ticket=ticket)] == ["Field", "vip"]
    assert [row.user for row in Follower.objects.filter(ticket=ticket)] == [follower]
    kinds = list(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))
    assert kinds == ["opened", "routed", "assigned", "tags_changed", "follower_added"]
    assert not TicketEvent.objects.filter(ticket=ticket).exclude(kind="opened").exclude(actor=None).exists()
    with tenant_scope(other_portal.tenant):
        theirs = make_ticket(requester=other_portal.customer, topic=other_portal.topic)
        assert (theirs.department, theirs.assignee) == (other_portal.department, None)


def test_the_member_with_the_fewest_open_tickets_gets_it(in_scope):
    add_rule(department=in_scope.department.pk, assigns="least_loaded")

    taken = [make_ticket(requester=in_scope.customer, topic=in_scope.topic).assignee for _each in range(3)]
    assert taken == [in_scope.agent, in_scope.lead, in_scope.agent]
    for ticket in Ticket.objects.filter(assignee=in_scope.agent):
        assign(actor=in_scope.agent, ticket=ticket, assignee=in_scope.lead)
    assert make_ticket(requester=in_scope.customer, topic=in_scope.topic).assignee == in_scope.agent


def test_who_left_or_cannot_see_the_ticket_gets_nothing(in_scope):
    away, stranger = AgentFactory(), AgentFactory()
    add_member(actor=None, department=in_scope.department, user=away)
    add_rule(assigns="person", assignee=away.pk, follower=stranger.pk)
    away.is_active = False
    away.save()

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert (ticket.assignee, ticket.status) == (None, Status.OPEN)
    assert not Follower.objects.filter(ticket=ticket).exists()
    assert ("rule", "nobody") in outcomes(ticket)


def test_an_agent_chooses_the_department_and_the_priority_whatever_the_rules_say(in_scope):
    add_rule(department=in_scope.department.pk, priority="urgent")

    ticket = make_ticket(
        actor=in_scope.agent,
        requester=in_scope.customer,
        topic=in_scope.topic,
        channel=Channel.PHONE,
        department=in_scope.other_department,
        priority=Priority.LOW,
    )

    assert (ticket.department, ticket.priority) == (in_scope.other_department, Priority.LOW)
    assert outcomes(ticket) == [("forced", "chosen"), ("rule", "late")]
    assert decided_by(ticket) == in_scope.agent.public_name


def test_nobody_else_chooses_the_department(in_scope):
    filed = partial(make_ticket, topic=in_scope.topic, department=in_scope.other_department)

    for who, channel in (
        (in_scope.customer, Channel.PORTAL),
        (in_scope.customer, Channel.PHONE),
        (in_scope.agent, Channel.GUEST),
        (in_scope.agent, Channel.MAIL),
    ):
        with pytest.raises(PermissionError):
            filed(actor=who, requester=who, channel=channel)
    assert not Ticket.objects.exists()


def test_a_department_of_another_portal_cannot_be_chosen(in_scope, other_portal):
    ticket = make_ticket(
        actor=in_scope.agent,
        requester=in_scope.customer,
        topic=in_scope.topic,
        channel=Channel.PHONE,
        department=other_portal.department,
    )

    assert ticket.department == in_scope.department
    assert outcomes(ticket) == [("forced", "closed"), ("topic", "chosen")]


@pytest.mark.parametrize(
    ("use", "chosen", "expected"),
    [("chosen", "low", "low"), ("chosen", None, "medium"), ("hidden", "urgent", "medium")],
)
def test_a_customer_chooses_the_priority_only_where_the_portal_lets_them(in_scope, use, chosen, expected):
    PrioritySettings.objects.create(use=use)
    ticket = make_ticket(
        requester=in_scope.customer, topic=in_scope.topic, priority=Priority(chosen) if chosen else None
    )

    assert ticket.priority == expected


def test_a_rule_changes_the_priority_a_customer_chose_and_asks_about_the_one_before(in_scope):
    PrioritySettings.objects.create(use="chosen")
    add_rule("Urgent is high", ConditionFact("priority", "is", ("urgent",)), priority="high")

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, priority=Priority.URGENT)

    assert ticket.priority == Priority.HIGH
    assert routed(ticket).data["priority"] == {"value": "high", "why": "rule", "rule": "Urgent is high"}
    assert "The rule “Urgent is high” set the priority to high." in reasons_in_words(routed(ticket)).rest


def test_a_field_picks_the_local_team_from_a_table_and_the_national_one_takes_the_rest(in_scope):
    """T16"""
    place = ask(in_scope.topic, "municipality")
    malmo = DepartmentFactory(name="Fire Malmö")
    table = add_table(actor=None, name="Municipalities", rows=[("Malmö", malmo.pk)])
    add_rule("Local", FAULT, table=table.pk, table_fact="field:municipality", department=in_scope.other_department.pk)

    def lands(value: str) -> Department:
        answers = {place: value} if value else {}
        return make_ticket(requester=in_scope.customer, topic=in_scope.topic, answers=answers).department

    assert lands(" MALMÖ") == malmo
    assert lands("Lund") == in_scope.other_department
    assert lands("") == in_scope.other_department


def test_several_choices_are_asked_one_by_one(in_scope):
    systems = ask(in_scope.topic, "systems", kind=FieldKind.CHOICES)
    add_rule("Access", ConditionFact("field:systems", "is", ("access",)), department=in_scope.other_department.pk)

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, answers={systems: "fire\naccess"})

    assert ticket.department == in_scope.other_department


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        ("channel", ("portal",)),
        ("address", ("anna@kund.example",)),
        ("language", ("en",)),
        ("priority", ("medium",)),
    ],
)
def test_rules_ask_what_is_known_when_a_ticket_is_filed(in_scope, fact, values):
    add_rule("r", ConditionFact(fact, "is", values), department=in_scope.other_department.pk)

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert ticket.department == in_scope.other_department


def test_the_language_of_the_form_counts_before_the_persons(in_scope):
    add_rule("Swedish", ConditionFact("language", "is", ("sv",)), department=in_scope.other_department.pk)

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, language="sv")

    assert ticket.department == in_scope.other_department


def test_a_form_filled_in_in_swedish_is_swedish_whatever_the_account_says(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        add_rule("Swedish", ConditionFact("language", "is", ("sv",)), department=portal.other_department.pk)
    said = {"subject": "Det piper", "body": "Sedan i dag.", "email": portal.customer.email, "name": "Anna"}

    browse(portal, language="sv").post("/tickets/new/fault/", said)

    with tenant_scope(portal.tenant):
        ticket = Ticket.objects.get()
        assert (ticket.requester, ticket.requester.language) == (portal.customer, "en")
        assert ticket.department == portal.other_department


def test_the_organisations_department_goes_before_rules_and_its_exception_before_it(in_scope, other_portal):
    """T12"""
    special = DepartmentFactory(name="Special")
    add_rule("Faults", FAULT, department=in_scope.department.pk)
    set_responsible_department(actor=None, organisation=in_scope.organisation, department=in_scope.other_department)
    filed = partial(make_ticket, requester=in_scope.customer, topic=in_scope.topic)

    assert filed().department == in_scope.other_department
    set_exception(
        actor=in_scope.administrator, organisation=in_scope.organisation, topic=in_scope.topic, department=special
    )
    excepted = filed()
    assert (excepted.department, outcomes(excepted)) == (special, [("exception", "chosen"), ("rule", "late")])
    assert filed(topic=TopicFactory()).department == in_scope.other_department
    set_exception(actor=None, organisation=in_scope.organisation, topic=in_scope.topic, department=None)
    assert outcomes(filed()) == [("rule", "chosen")]
    assert OrganisationException.objects.count() == 1
    assert remove_exception(actor=None, organisation=in_scope.organisation, topic=in_scope.topic)
    assert not remove_exception(actor=None, organisation=in_scope.organisation, topic=in_scope.topic)
    assert filed().department == in_scope.other_department


def test_exceptions_are_made_by_administrators_for_open_departments_of_the_portal(in_scope, other_portal):
    made = partial(set_exception, organisation=in_scope.organisation, topic=in_scope.topic)
    for actor in (in_scope.agent, in_scope.lead, in_scope.customer):
        with pytest.raises(PermissionError):
            made(actor=actor, department=None)
        with pytest.raises(PermissionError):
            remove_exception(actor=actor, organisation=in_scope.organisation, topic=in_scope.topic)
    for department in (DepartmentFactory(is_active=False), other_portal.department):
        with pytest.raises(DepartmentClosed):
            made(actor=None, department=department)
    assert not OrganisationException.objects.exists()


def test_who_handled_somebody_on_a_topic_goes_on_doing_so(in_scope):
    """T5"""
    filed = partial(make_ticket, requester=in_scope.customer, topic=in_scope.topic)
    first = handled(in_scope, filed(), in_scope.other_department)

    again = filed()

    assert again.department == in_scope.other_department
    assert outcomes(again) == [("earlier", "chosen")]
    assert decided_by(again) == str(first.number)
    assert filed(topic=TopicFactory()).department == in_scope.department
    assert filed(requester=UserFactory(organisation=in_scope.organisation)).department == in_scope.department


def test_rules_go_before_earlier_communication_and_can_ask_for_it(in_scope):
    handled(in_scope, make_ticket(requester=in_scope.customer, topic=in_scope.topic), in_scope.other_department)
    third = DepartmentFactory()
    asked = ConditionFact("earlier", "is", (str(in_scope.other_department.pk),))
    add_rule("Followed up", asked, department=third.pk)

    assert make_ticket(requester=in_scope.customer, topic=in_scope.topic).department == third


@pytest.mark.parametrize(("days_ago", "days", "counts"), [(13, 14, True), (15, 14, False), (0, 0, False)])
def test_earlier_communication_counts_for_so_many_days(in_scope, days_ago, days, counts):
    filed = partial(make_ticket, requester=in_scope.customer, topic=in_scope.topic)
    handled(in_scope, filed(), in_scope.other_department, days_ago=days_ago)
    set_earlier_days(actor=None, days=days)

    assert filed().department == (in_scope.other_department if counts else in_scope.department)


def test_what_nobody_of_the_staff_has_touched_is_no_earlier_communication(in_scope):
    filed = partial(make_ticket, requester=in_scope.customer, topic=in_scope.topic)
    untouched = filed()
    transfer(actor=in_scope.administrator, ticket=untouched, department=in_scope.other_department)
    reply_to_ticket(actor=in_scope.customer, ticket=untouched, body="And?", channel=Channel.PORTAL)

    assert filed().department == in_scope.department
    add_note(actor=in_scope.agent, ticket=untouched, body="I call them.")
    assert filed().department == in_scope.other_department


MADE_UP = st.lists(
    st.tuples(
        st.sampled_from(
            [
                FAULT,
                ConditionFact("field:place", "is", ("Malmö", "Lund")),
                ConditionFact("field:place", "empty"),
                ConditionFact("words", "contains", ("beeps",)),
                ConditionFact("words", "matches", ("smo+ke$",)),
                ConditionFact("priority", "is", ("medium",)),
                ConditionFact("earlier", "filled"),
                ConditionFact("channel", "is", ("portal",)),
            ]
        ),
        st.sampled_from(["department", "other_department", ""]),
        st.sampled_from(["", "low", "urgent"]),
        st.booleans(),
    ),
    max_size=4,
)


@given(
    made_up=MADE_UP,
    place=st.sampled_from(["", "Malmö", "Ystad"]),
    body=st.sampled_from(["It beeps", "It smokes: smoooke"]),
    responsible=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_dry_run_of_a_filed_ticket_says_what_really_happened(in_scope, made_up, place, body, responsible):
    question = ask(in_scope.topic, "place") if in_scope.topic.form is None else in_scope.topic.form.fields.get()
    RoutingRule.objects.all().delete()
    for number, (condition, name, priority, stops) in enumerate(made_up):
        department = getattr(in_scope, name).pk if name else None
        add_rule(f"r{number}", condition, department=department, priority=priority, stops=stops)
    set_responsible_department(
        actor=None,
        organisation=in_scope.organisation,
        department=in_scope.other_department if responsible else None,
    )
    ticket = make_ticket(
        requester=in_scope.customer, topic=in_scope.topic, body=body, answers={question: place} if place else {}
    )
    expected = routed(ticket).data["reasons"]
    # What changes afterwards does not change what was so.
    transfer(actor=in_scope.administrator, ticket=ticket, department=DepartmentFactory())
    ticket.answers.all().delete()
    Ticket.objects.filter(pk=ticket.pk).update(priority="high", topic=TopicFactory())

    (facts,) = facts_of(list(Ticket.objects.select_related("requester", "topic", "organisation").filter(pk=ticket.pk)))
    decision = choose(facts, load_arrangement())

    assert [reason.as_data() for reason in decision.reasons] == expected
    assert decision.department_id == ticket.department_id


def test_facts_of_tickets_from_before_they_were_kept_are_read_from_the_ticket(in_scope, monkeypatch):
    question = ask(in_scope.topic, "place")
    monkeypatch.setattr("tickets.actions.routing.kept_facts", lambda _facts: {})
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, answers={question: "Malmö"})

    (facts,) = facts_of([ticket])

    assert (facts.topic, facts.answers, facts.priority) == ("fault", {"place": ("Malmö",)}, "medium")
    assert reasons_in_words(routed(ticket)).first == ["Service desk answers tickets about “Fault report”."]


def test_facts_of_many_tickets_cost_the_same_as_of_few(in_scope, django_assert_num_queries):
    for _each in range(6):
        make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    tickets = list(Ticket.objects.select_related("requester", "topic", "organisation"))

    for some in (tickets[:1], tickets):
        with django_assert_num_queries(5):
            assert len(facts_of(some)) == len(some)


def test_filing_costs_the_same_for_any_number_of_rules(in_scope):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            make_ticket(requester=in_scope.customer, topic=in_scope.topic)
        return len(counted)

    table = add_table(actor=None, name="Places", rows=[("Malmö", in_scope.department.pk)])
    add_rule("first", FAULT, table=table.pk, table_fact="field:place")
    before = cost()
    for number in range(10):
        add_rule(f"r{number}", FAULT, table=table.pk, table_fact="field:place")
    assert cost() <= before + 1  # earlier tickets are looked at


def test_the_checks_know_what_the_portal_has(in_scope, other_portal):
    question = ask(in_scope.topic, "kind", kind=FieldKind.CHOICE, choices=[{"value": "a", "sv": "A", "en": "A"}])
    far = OrganisationFactory()
    rules = [
        add_rule("topic", ConditionFact("topic", "is", ("gone",))),
        add_rule("field", ConditionFact("field:kind", "is", ("b",)), tags=("x",)),
        add_rule("fine", ConditionFact("field:kind", "is", ("a",)), tags=("x",)),
        add_rule("organisation", ConditionFact("organisation", "is", (str(far.pk),)), tags=("x",)),
        add_rule("priority", tags=("x",), follower=in_scope.agent.pk),
    ]
    far.delete()
    in_scope.agent.is_active = False
    in_scope.agent.save()

    def said() -> dict[str, list[str]]:
        arrangement = load_arrangement()
        found = check(arrangement, known_facts(arrangement.rules))
        names = {rule.pk: rule.name for rule in rules}
        return {names[number]: [caution.kind for caution in cautions] for number, cautions in found.items()}

    assert said() == {
        "topic": ["value", "never", "idle"],
        "field": ["value", "never"],
        "organisation": ["value", "never"],
        "priority": ["follower"],
    }
    question.is_active = False
    question.save()
    assert said()["fine"] == ["fact", "never"]


def test_staff_read_every_step_and_the_one_that_decided_first(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        set_responsible_department(actor=None, organisation=portal.organisation, department=portal.other_department)
        add_rule("Faults", FAULT, department=portal.department.pk, priority="high")
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)

    page = Page(browse(portal, portal.administrator).get(f"/desk/tickets/{ticket.number}/"))

    steps = (
        "No agent chose a department.",
        "Decided: Field service is responsible for Åby kommun.",
        "Too late: The rule “Faults” names Service desk.",
        "No earlier ticket of this person about the same topic counts.",
        "Too late: Service desk answers tickets about “Fault report”.",
        "Too late: Service desk takes what nothing else decides.",
    )
    assert " ".join(("Field service is responsible for Åby kommun.", "All steps", *steps)) in page.text
    assert "The rule “Faults” set the priority to high." in page.text


@pytest.mark.parametrize("is_public", [True, False])
def test_customers_read_one_sentence_without_rules_and_hidden_names(portal, other_portal, browse, is_public):
    with tenant_scope(portal.tenant):
        Department.objects.filter(pk=portal.other_department.pk).update(is_public=is_public)
        add_rule("Secret rule", FAULT, department=portal.other_department.pk)
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)

    page = Page(browse(portal, portal.customer).get(f"/tickets/{ticket.number}/"))

    name = "Field service" if is_public else portal.tenant.name
    assert f"{name} answers tickets like this one." in page.text
    assert "Secret rule" not in page.text
    assert is_public or "Field service" not in page.text


def test_once_handed_over_customers_read_no_reason_and_staff_read_where_it_came_first(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        assert (
            "answers tickets about “Fault report”"
            in Page(browse(portal, portal.customer).get(f"/tickets/{ticket.number}/")).text
        )
        transfer(actor=portal.agent, ticket=ticket, department=portal.other_department)

    customers = Page(browse(portal, portal.customer).get(f"/tickets/{ticket.number}/"))
    desk = Page(browse(portal, portal.administrator).get(f"/desk/tickets/{ticket.number}/"))

    assert "answers tickets about" not in customers.text
    assert "Elin Lund handed the ticket over from Service desk to Field service" in desk.text
    assert "At first: Service desk answers tickets about “Fault report”." in desk.text
    assert "Decided: Service desk answers tickets about “Fault report”." in desk.text


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (("forced", "Elin", "chosen", ""), "Elin chose Fire."),
        (("forced", "", "nothing", ""), "No agent chose a department."),
        (("organisation", "Åby", "late", ""), "Fire is responsible for Åby."),
        (("organisation", "Åby", "nothing", ""), "No department is responsible for Åby."),
        (("organisation", "", "nothing", ""), "It belongs to no organisation."),
        (("exception", "Åby", "nothing", ""), "What Åby asks about “Fault report” is left to the next steps."),
        (("rule", "R", "nothing", ""), "The rule “R” held, but names no department."),
        (("rule", "", "nothing", ""), "No rule held."),
        (("earlier", "", "nothing", ""), "No earlier ticket of this person about the same topic counts."),
        (("topic", "Fault report", "nothing", ""), "No department answers tickets about “Fault report”."),
        (("exception", "Åby", "chosen", ""), "Fire is responsible for what Åby asks about “Fault report”."),
        (("rule", "R", "chosen", "Malmö"), "The rule “R” names Fire, which its table has for “Malmö”."),
        (("rule", "R", "closed", ""), "The rule “R” names Fire. But it is closed, so it was passed over."),
        (("rule", "R", "stopped", ""), "After the rule “R”, no other rule was asked."),
        (("earlier", "7", "chosen", ""), "Fire handled this person’s earlier ticket 7 about the same topic."),
        (("default", "", "chosen", ""), "Fire takes what nothing else decides."),
    ],
)
def test_each_step_in_words(in_scope, reason, expected):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    event = routed(ticket)
    step, subject, outcome, detail = reason
    kept = {"step": step, "subject": subject, "department": "Fire", "outcome": outcome, "detail": detail}
    event.data = {"reasons": [kept]}

    why = reasons_in_words(event)
    assert [[line.words for line in lines] for lines in why.steps] == [[expected]]
    assert why.first == ([expected] if outcome == "chosen" else [])


def test_a_topic_is_named_as_it_was_then(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    Ticket.objects.filter(pk=ticket.pk).update(topic=TopicFactory(name_en="Order"))

    assert reasons_in_words(routed(ticket)).first == ["Service desk answers tickets about “Fault report”."]
    assert HelpTopic.objects.count() == 2
