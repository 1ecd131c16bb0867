"""Departments are a tree; who sees which is decided here, for every page of the desk (T2, T3)."""

import pytest
from django.db import IntegrityError, transaction
from django_scopes import ScopeError

from accounts.actions.people import set_role
from accounts.enums import Role
from accounts.scoping import tenant_scope
from routing.actions.arranging import (
    DepartmentClosed,
    DepartmentNameTaken,
    add_department,
    add_member,
    set_responsible_department,
)
from routing.models import Department, DepartmentMember, OrganisationDepartment
from routing.queries import (
    agents_of,
    default_department,
    department_choices,
    responsible_department,
    sight_of,
)
from tests.factories import AgentFactory, DepartmentFactory, make_ticket
from tests.pages import Page
from tickets.models import Ticket, TicketEvent
from tickets.queries import desk_tickets


@pytest.fixture
def tree(in_scope):
    """Fire → north → coast, and burglary beside it."""
    fire = DepartmentFactory(name="Fire")
    north = DepartmentFactory(name="North", parent=fire)
    coast = DepartmentFactory(name="Coast", parent=north)
    return {"fire": fire, "north": north, "coast": coast, "burglary": DepartmentFactory(name="Burglary")}


def department_ids_of(agent):
    return sight_of(type(agent).objects.get(pk=agent.pk)).department_ids


def departments_seen_by(agent):
    return sight_of(type(agent).objects.get(pk=agent.pk)).tree


@pytest.mark.parametrize(
    ("member_of", "leads", "sees"),
    [
        ((), (), set()),
        (("north",), (), {"north"}),
        (("fire",), (), {"fire"}),
        ((), ("fire",), {"fire", "north", "coast"}),
        ((), ("north",), {"north", "coast"}),
        (("fire",), ("coast",), {"fire", "coast"}),
        (("burglary",), ("north",), {"burglary", "north", "coast"}),
    ],
)
def test_a_member_sees_their_departments_and_a_lead_everything_below(tree, member_of, leads, sees):
    agent = AgentFactory()
    for name in member_of:
        add_member(actor=None, department=tree[name], user=agent)
    for name in leads:
        add_member(actor=None, department=tree[name], user=agent, is_lead=True)

    assert department_ids_of(agent) == {tree[name].pk for name in sees}
    assert {department.pk for department in departments_seen_by(agent)} == {tree[name].pk for name in sees}


def test_an_administrator_sees_all_and_a_customer_none(tree, in_scope):
    assert department_ids_of(in_scope.administrator) is None
    assert department_ids_of(in_scope.customer) == set()
    shown = departments_seen_by(in_scope.administrator)
    assert {department.tenant_id for department in shown} == {in_scope.tenant.pk}
    assert len(shown) == Department.objects.count()


def test_the_tree_is_told_in_reading_order_with_depths(tree, in_scope):
    shown = [(item.name, item.depth) for item in departments_seen_by(in_scope.administrator)]

    assert shown[shown.index(("Fire", 0)) :][:3] == [("Fire", 0), ("North", 1), ("Coast", 2)]


def test_what_is_seen_without_its_parent_stands_at_the_left(tree):
    agent = AgentFactory()
    add_member(actor=None, department=tree["coast"], user=agent)

    assert [(item.name, item.depth) for item in departments_seen_by(agent)] == [("Coast", 0)]


def test_departments_in_a_circle_do_not_hang_the_desk(tree, in_scope):
    Department.objects.filter(pk=tree["fire"].pk).update(parent=tree["coast"])
    agent = AgentFactory()
    add_member(actor=None, department=tree["north"], user=agent, is_lead=True)

    assert tree["north"].pk in department_ids_of(agent)
    departments_seen_by(agent)


def test_the_desk_shows_the_departments_tickets_and_those_assigned_to_the_agent(tree, in_scope):
    agent, stranger = AgentFactory(), AgentFactory()
    add_member(actor=None, department=tree["north"], user=agent)
    inside, outside, mine = (make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _n in range(3))
    Ticket.objects.filter(pk=inside.pk).update(department=tree["north"])
    Ticket.objects.filter(pk=mine.pk).update(assignee=agent)

    assert set(desk_tickets(agent)) == {inside, mine}
    assert outside not in desk_tickets(agent)
    assert list(desk_tickets(stranger)) == []
    assert list(desk_tickets(in_scope.customer)) == []
    assert set(desk_tickets(in_scope.administrator)) == {inside, outside, mine}


def test_a_department_has_one_lead_and_a_new_one_takes_over(in_scope):
    """T3"""
    add_member(actor=None, department=in_scope.department, user=in_scope.agent, is_lead=True)

    leads = DepartmentMember.objects.filter(department=in_scope.department, is_lead=True)
    assert [lead.user for lead in leads] == [in_scope.agent]
    assert department_ids_of(in_scope.lead) == {in_scope.department.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        DepartmentMember.objects.filter(user=in_scope.lead).update(is_lead=True)


def test_only_agents_are_members(in_scope, other_portal):
    with pytest.raises(ValueError, match="agents"):
        add_member(actor=None, department=in_scope.department, user=in_scope.customer)
    with pytest.raises(ScopeError):
        add_member(actor=None, department=in_scope.department, user=other_portal.agent)


def test_who_left_is_offered_no_tickets(in_scope):
    in_scope.agent.is_active = False
    in_scope.agent.save()

    assert agents_of(in_scope.department.pk) == [in_scope.lead]


def test_who_is_a_customer_now_is_offered_no_tickets(in_scope):
    set_role(actor=in_scope.administrator, user=in_scope.agent, role=Role.CUSTOMER)

    assert agents_of(in_scope.department.pk) == [in_scope.lead]
    assert departments_seen_by(in_scope.agent) == []


def test_an_organisations_department_takes_its_tickets_before_the_topics(in_scope, other_portal):
    """T12"""
    set_responsible_department(actor=None, organisation=in_scope.organisation, department=in_scope.other_department)
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert responsible_department(in_scope.organisation) == in_scope.other_department
    assert ticket.department == in_scope.other_department
    reasons = TicketEvent.objects.get(ticket=ticket, kind="routed").data["reasons"]
    said = [(reason["step"], reason["subject"], reason["outcome"]) for reason in reasons]
    assert [one for one in said if one[2] == "chosen"] == [("organisation", "Åby kommun", "chosen")]
    assert ("topic", "Fault report", "late") in said
    with tenant_scope(other_portal.tenant):
        assert responsible_department(other_portal.organisation) is None


def test_a_closed_department_is_passed_over_and_the_reason_is_kept(in_scope):
    in_scope.department.is_active = False
    in_scope.department.save()
    closed = DepartmentFactory()
    set_responsible_department(actor=None, organisation=in_scope.organisation, department=closed)
    closed.is_active = False
    closed.save()
    with pytest.raises(DepartmentClosed):
        set_responsible_department(actor=None, organisation=in_scope.organisation, department=closed)
    in_scope.topic.department = DepartmentFactory(name="Topic's own")
    in_scope.topic.save()

    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert ticket.department.name == "Topic's own"
    outcomes = [reason["outcome"] for reason in TicketEvent.objects.get(ticket=ticket, kind="routed").data["reasons"]]
    assert [outcome for outcome in outcomes if outcome != "nothing"] == ["closed", "chosen", "late"]


def test_a_later_choice_moves_no_older_ticket(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    for department in (in_scope.other_department, in_scope.department, in_scope.other_department):
        set_responsible_department(actor=None, organisation=in_scope.organisation, department=department)

    assert OrganisationDepartment.objects.count() == 1
    assert Ticket.objects.get(pk=ticket.pk).department == in_scope.department


def test_a_portal_has_one_default_department(in_scope, other_portal):
    assert default_department() == in_scope.department
    with pytest.raises(IntegrityError), transaction.atomic():
        add_department(actor=None, name="Second default", is_default=True)
    with pytest.raises(DepartmentNameTaken):
        add_department(actor=None, name=in_scope.department.name)


def test_no_department_is_founded_below_a_closed_one(in_scope):
    closed = DepartmentFactory(name="Closed", is_active=False)

    with pytest.raises(DepartmentClosed):
        add_department(actor=None, name="Below", parent=closed)
    assert not Department.objects.filter(name="Below").exists()


def test_no_department_stands_under_another_portals(in_scope, other_portal):
    with pytest.raises(ScopeError):
        add_department(actor=None, name="Mole", parent=other_portal.department)


def test_departments_are_chosen_from_their_tree(in_scope, browse):
    above = DepartmentFactory(name="Zone")
    DepartmentFactory(name="Alarm", parent=DepartmentFactory(name="Middle", parent=above))
    wanted = ["Field service", "Service desk", "Zone", "– Middle", "– – Alarm"]
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    client = browse(in_scope, in_scope.administrator)

    assert [name for _key, name in department_choices(Department.objects.all())] == wanted
    for address in (
        f"/desk/tickets/{ticket.number}/",
        "/desk/tickets/new/?topic=fault",
        "/settings/departments/",
        f"/settings/departments/{in_scope.other_department.pk}/",
        f"/settings/departments/{in_scope.other_department.pk}/closure/",
        f"/settings/topics/{in_scope.topic.pk}/",
        f"/desk/organisations/{in_scope.organisation.pk}/department/",
    ):
        assert "Zone – Middle – – Alarm" in Page(client.get(address)).text, address
