"""A department ends: everything that pointed at it goes to its successor, and no ticket is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.models import Delivery
from routing.actions.arranging import DepartmentClosed, add_member, set_responsible_department, set_shared
from routing.actions.departments import reopen_department
from routing.models import Department, DepartmentMember, OrganisationDepartment, RoutingRule, RoutingTable
from routing.queries import sight_of
from tests.factories import AgentFactory, DepartmentFactory, TopicFactory, make_ticket
from tests.notifications.conftest import told
from tests.pages import Page
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.closing_departments import (
    Closure,
    OwnSuccessor,
    TakesTheRest,
    close_department,
    left_to_move,
    move_open_tickets,
    plan_closure,
)
from tickets.actions.handing_over import NotAssignable, assign, transfer
from tickets.actions.replying import reply_to_ticket
from tickets.actions.snoozing import snooze
from tickets.actions.waiting import wait_for_third_party
from tickets.enums import Channel
from tickets.models import HelpTopic, OrganisationException, Ticket, TicketEvent
from tickets.queries import desk_tickets


@pytest.fixture
def fire(in_scope):
    """A department that everything points at, with one open and one closed ticket."""
    fire = DepartmentFactory(name="Fire")
    topic = TopicFactory(slug="fire", department=fire)
    set_responsible_department(actor=None, organisation=in_scope.organisation, department=fire)
    OrganisationException.objects.create(organisation=in_scope.organisation, topic=in_scope.topic, department=fire)
    RoutingRule.objects.create(
        name="Fire", department=fire, conditions=[{"fact": "earlier", "operator": "is", "values": [str(fire.pk)]}]
    )
    RoutingTable.objects.create(name="Towns").rows.create(value="Lund", value_key="lund", department=fire)
    DepartmentFactory(name="Fire north", parent=fire)
    add_member(actor=None, department=fire, user=AgentFactory(name="Frida"), is_lead=True)
    opened, closed = (make_ticket(requester=in_scope.customer, topic=topic) for _n in range(2))
    close_ticket(actor=in_scope.customer, ticket=closed)
    fire.opened, fire.closed, fire.topic = opened, closed, topic
    return fire


def close(fire, successor, **values):
    return close_department(actor=None, department=fire, successor=successor, **values)


def test_the_plan_says_in_numbers_what_goes_where(fire, in_scope, other_portal):
    assert plan_closure(fire) == Closure(
        open_tickets=1,
        closed_tickets=1,
        topics=1,
        rules=1,
        table_rows=1,
        organisations=1,
        exceptions=1,
        children=1,
        members=1,
    )
    assert set(vars(plan_closure(in_scope.other_department)).values()) == {0}
    with tenant_scope(other_portal.tenant):
        assert set(vars(plan_closure(fire)).values()) == {0}


def test_all_that_points_at_it_points_at_its_successor(fire, in_scope, other_portal):
    desk = in_scope.other_department

    closed = close(fire, desk)

    assert (closed.is_active, closed.successor, bool(closed.closed_at)) == (False, desk, True)
    assert HelpTopic.objects.get(slug="fire").department == desk
    assert OrganisationDepartment.objects.get().department == desk
    assert OrganisationException.objects.get().department == desk
    assert RoutingTable.objects.get().rows.get().department == desk
    rule = RoutingRule.objects.get()
    assert rule.department == desk
    assert rule.conditions[0]["values"] == [str(fire.pk), str(desk.pk)]
    assert Department.objects.get(name="Fire north").parent == desk
    left = plan_closure(fire)
    assert (left.open_tickets, left.closed_tickets, left.members) == (1, 1, 1)
    assert sum(vars(left).values()) == 3
    assert make_ticket(requester=in_scope.customer, topic=fire.topic).department == desk


def test_open_tickets_follow_quietly_and_closed_ones_stay(fire, in_scope):
    Ticket.objects.filter(pk=fire.opened.pk).update(assignee=fire.memberships.get().user, status="in_progress")
    before = Ticket.objects.get(pk=fire.opened.pk)
    close(fire, in_scope.other_department)

    assert [move_open_tickets(), move_open_tickets()] == [1, 0]

    moved = Ticket.objects.get(pk=fire.opened.pk)
    assert (moved.department, moved.assignee, moved.status) == (in_scope.other_department, None, "open")
    assert (moved.last_activity_at, moved.waiting_since) == (before.last_activity_at, before.waiting_since)
    assert Ticket.objects.get(pk=fire.closed.pk).department == fire
    event = TicketEvent.objects.get(ticket=moved, kind="transferred")
    assert event.actor is None
    assert event.data == {
        "department": in_scope.other_department.pk,
        "from_department": fire.pk,
        "from": "Fire",
        "to": "Field service",
        "closing": True,
    }
    add_member(actor=None, department=in_scope.other_department, user=in_scope.agent)
    told(in_scope.tenant)
    assert not Delivery.objects.filter(ticket_event=event).exists()


def test_what_rests_while_a_department_closes_follows_and_goes_on_resting(fire, in_scope, other_portal):
    """For a supplier, for the customer, or put off: it is open, and would be nobody's."""
    given = {"supplier": "Acme", "customer": "", "put off": ""}
    tickets = {name: make_ticket(requester=in_scope.customer, topic=fire.topic, subject=name) for name in given}
    lead = fire.memberships.get().user
    wait_for_third_party(actor=lead, ticket=tickets["supplier"], whom="Acme")
    reply_to_ticket(
        actor=lead, ticket=tickets["customer"], body="Which?", channel=Channel.PORTAL, as_staff=True,
        and_status="waiting_for_customer",
    )  # fmt: skip
    snooze(actor=lead, ticket=tickets["put off"], until=timezone.now() + timedelta(days=3))
    told(in_scope.tenant)
    before = {name: Ticket.objects.get(pk=one.pk) for name, one in tickets.items()}
    assert plan_closure(fire).open_tickets == 1 + len(tickets)
    close(fire, in_scope.other_department)
    with tenant_scope(other_portal.tenant):
        assert move_open_tickets() == 0

    assert [move_open_tickets(), move_open_tickets()] == [1 + len(tickets), 0]

    told(in_scope.tenant)
    for name, was in before.items():
        now = Ticket.objects.get(pk=was.pk)
        assert now.department == in_scope.other_department
        kept = ("waiting_on", "waiting_since", "waits_for", "snoozed_until", "status", "last_activity_at", "due_at")
        assert [getattr(now, one) for one in kept] == [getattr(was, one) for one in kept], name
    assert Ticket.objects.get(pk=tickets["supplier"].pk).waits_for == "Acme"
    assert left_to_move([fire]).count() == 0


def test_members_who_come_along_keep_their_tickets(fire, in_scope):
    frida = fire.memberships.get().user
    assign(actor=frida, ticket=fire.opened, assignee=frida)
    add_member(actor=None, department=in_scope.other_department, user=in_scope.lead, is_lead=True)

    close(fire, in_scope.other_department, with_members=True)
    move_open_tickets()

    assert Ticket.objects.get(pk=fire.opened.pk).assignee == frida
    members = DepartmentMember.objects.filter(department=in_scope.other_department)
    assert dict(members.values_list("user", "is_lead")) == {frida.pk: False, in_scope.lead.pk: True}


def test_who_sees_the_successor_sees_what_the_closed_one_had(fire, in_scope, other_portal):
    agent, stranger = AgentFactory(), AgentFactory()
    add_member(actor=None, department=in_scope.other_department, user=agent)
    last = DepartmentFactory(name="Last")
    add_member(actor=None, department=last, user=stranger)

    close(fire, in_scope.other_department)

    assert fire.closed in desk_tickets(agent)
    assert fire.closed not in desk_tickets(stranger)
    close(in_scope.other_department, last)
    stranger = AgentFactory._meta.model.objects.get(pk=stranger.pk)
    assert sight_of(stranger).department_ids == {last.pk, fire.pk, in_scope.other_department.pk}


@pytest.mark.parametrize("how", ["door", "reply"])
def test_a_ticket_of_a_closed_department_that_comes_to_life_again_is_handed_on(fire, in_scope, how):
    close(fire, in_scope.other_department)
    if how == "door":
        reopen_ticket(actor=in_scope.customer, ticket=fire.closed)
    else:
        reply_to_ticket(actor=in_scope.customer, ticket=fire.closed, body="Still", channel=Channel.PORTAL)

    ticket = Ticket.objects.get(pk=fire.closed.pk)
    assert (ticket.department, ticket.status) == (in_scope.other_department, "open")
    kinds = list(ticket.events.values_list("kind", flat=True))
    assert kinds.index("transferred") < kinds.index("reopened")


def test_what_was_filed_in_the_moment_of_closing_is_found_by_the_next_round(fire, in_scope):
    close(fire, in_scope.other_department)
    move_open_tickets()
    late = make_ticket(topic=in_scope.topic)
    Ticket.objects.filter(pk=late.pk).update(department=fire)  # routed a moment before

    assert move_open_tickets() == 1
    assert not left_to_move([fire]).exists()


def test_nothing_is_handed_to_a_department_that_closed_while_the_page_was_open(fire, in_scope):
    ticket = make_ticket(topic=in_scope.topic)
    stale = Department.objects.get(pk=fire.pk)
    close(fire, in_scope.other_department)

    with pytest.raises(NotAssignable):
        transfer(actor=in_scope.lead, ticket=ticket, department=stale)


def test_the_default_is_closed_only_when_it_is_handed_on(fire, in_scope, other_portal):
    with pytest.raises(TakesTheRest):
        close(in_scope.department, fire)
    assert Department.objects.get(is_default=True) == in_scope.department

    close(in_scope.department, fire, with_default=True)

    assert Department.objects.get(is_default=True) == fire
    with tenant_scope(other_portal.tenant):
        assert Department.objects.get(is_default=True) == other_portal.department


def test_it_needs_an_open_successor_that_is_another_one(fire, in_scope):
    with pytest.raises(OwnSuccessor):
        close(fire, fire)
    gone = DepartmentFactory(name="Gone")
    close(gone, fire)
    with pytest.raises(DepartmentClosed):
        close(fire, gone)
    with pytest.raises(PermissionError):
        close_department(actor=in_scope.lead, department=fire, successor=in_scope.other_department)
    assert Department.objects.get(pk=fire.pk).is_active


@pytest.mark.parametrize("depth", [0, 1])
def test_one_from_below_may_take_over_and_takes_its_place(fire, in_scope, depth):
    """The successor stands where the closed one stood, and nobody stands below themselves."""
    north = Department.objects.get(name="Fire north")
    coast = DepartmentFactory(name="Coast", parent=north)
    Department.objects.filter(pk=fire.pk).update(parent=in_scope.department)

    close(fire, (north, coast)[depth])

    parents = dict(Department.objects.values_list("name", "parent__name"))
    successor, other = ("Fire north", "Coast") if depth == 0 else ("Coast", "Fire north")
    assert parents[successor] == "Service desk"
    assert parents[other] == successor


def test_closing_again_does_nothing_and_reopening_takes_nothing_back(fire, in_scope):
    first = close(fire, in_scope.other_department)
    assert close(fire, in_scope.department).successor == in_scope.other_department

    reopened = reopen_department(actor=None, department=fire)

    assert first.closed_at
    assert (reopened.is_active, reopened.successor, reopened.closed_at) == (True, None, None)
    assert HelpTopic.objects.get(slug="fire").department == in_scope.other_department
    assert move_open_tickets() == 0
    assert Ticket.objects.get(pk=fire.opened.pk).department == fire


def address(department, noun="closure"):
    return f"/settings/departments/{department.pk}/{noun}/"


def test_the_page_says_what_moves_does_it_and_tells_how_far_it_is(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        make_ticket(requester=portal.customer, topic=portal.topic)
    client = browse(portal, portal.administrator)

    plan = Page(client.get(address(portal.department)))
    assert "Agents of all departments see" not in plan.text
    with tenant_scope(portal.tenant):
        set_shared(actor=portal.administrator, department=portal.other_department, is_shared=True)
    shared = Page(client.get(address(portal.department)))
    assert "Agents of all departments see the tickets of Field service. If one" in shared.text
    unsaid = client.post(address(portal.department), {"successor": str(portal.other_department.pk)})
    closing = {"successor": str(portal.other_department.pk), "with_members": "on", "with_default": "on"}
    done = client.post(address(portal.department), closing, follow=True)
    waiting = client.get(address(portal.department), headers={"HX-Request": "true"})

    assert "Open tickets 1" in plan.text
    assert unsaid.status_code == 422
    assert "Service desk has closed. Field service takes over." in Page(done).text
    assert "1 open ticket is still to be moved to Field service" in Page(done).text
    assert b'data-left="1"' in waiting.content
    assert b"<html" not in waiting.content
    with tenant_scope(portal.tenant):
        assert move_open_tickets() == 1
        assert DepartmentMember.objects.filter(department=portal.other_department).count() == 2
    assert client.get(address(portal.department), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "All its open tickets are with Field service" in Page(client.get(address(portal.department))).text


def test_the_page_names_what_moves_as_far_as_it_can_be_read(fire, in_scope, browse):
    for number in range(10):
        TopicFactory(slug=f"more-{number}", name_en=f"Detector {number}", department=fire, position=number + 5)

    page = Page(browse(in_scope, in_scope.administrator).get(address(fire)))

    north, rule = Department.objects.get(name="Fire north"), RoutingRule.objects.get()
    links = {link["href"] for link in page.all("a") if "href" in link}
    assert {f"/settings/departments/{north.pk}/", f"/settings/routing/rules/{rule.pk}/"} <= links
    assert f"/settings/topics/{fire.topic.pk}/" in links
    assert "Departments below it 1 Fire north" in page.text
    assert "Detector 8 and 1 more" in page.text
    assert "Detector 9" not in page.text


def test_the_page_takes_no_successor_that_is_closed_its_own_or_anothers(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        gone = DepartmentFactory(name="Gone", is_active=False)
    client = browse(portal, portal.administrator)

    for key in (gone.pk, portal.department.pk, 10**9, ""):
        answer = client.post(address(portal.department), {"successor": str(key), "with_default": "on"})
        assert answer.status_code == 422
    with tenant_scope(portal.tenant):
        assert Department.objects.get(pk=portal.department.pk).is_active


def test_a_closed_department_is_listed_apart_and_can_be_opened_again(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        close_department(actor=None, department=portal.other_department, successor=portal.department)
    client = browse(portal, portal.administrator)

    listed = Page(client.get("/settings/departments/"))
    opened = client.post(address(portal.other_department, "reopening"), follow=True)

    assert listed.main["data-total"] == "1"
    assert "1 closed department" in listed.text
    assert "Field service takes tickets again" in Page(opened).text
    with tenant_scope(portal.tenant):
        assert Department.objects.get(pk=portal.other_department.pk).is_active


def test_an_agent_of_no_open_department_is_told_whom_to_ask(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        newcomer = AgentFactory()
        close_department(actor=None, department=portal.department, successor=portal.other_department, with_default=True)

    for who, is_told in ((newcomer, True), (portal.agent, True), (portal.administrator, False)):
        text = Page(browse(portal, who).get("/desk/")).text
        assert ("You work in no department yet" in text) == is_told
        assert ("add you to a department: Maria Berg." in text) == is_told


def test_the_rail_drops_a_closed_department_with_its_last_open_ticket(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        make_ticket(topic=portal.topic)
        close_department(actor=None, department=portal.department, successor=portal.other_department, with_default=True)
    client, link = browse(portal, portal.administrator), f"department={portal.department.pk}"

    assert link in client.get("/desk/").content.decode()
    with tenant_scope(portal.tenant):
        move_open_tickets()
    assert link not in client.get("/desk/").content.decode()
    assert "Department: Service desk" in Page(client.get(f"/desk/?view=all&{link}")).text
