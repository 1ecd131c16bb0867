"""The settings of departments: who works where, who sees what; for administrators only."""

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from routing.actions.arranging import add_member, remove_member, rename_department, set_shared
from routing.models import Department, DepartmentMember
from routing.queries import responsible_department, sight_of
from tests.conftest import make_portal
from tests.factories import AgentFactory, DepartmentFactory, make_ticket
from tests.pages import Page, snapshot


def url(department: Department, noun: str = "") -> str:
    return f"/settings/departments/{department.pk}/{noun}{'/' if noun else ''}"


def test_the_list_shows_the_tree_with_its_people(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        north = DepartmentFactory(name="North", parent=portal.other_department)

    page = Page(browse(portal, portal.administrator).get("/settings/departments/"))

    assert page.main["data-total"] == "3"
    assert "Elin Lund" in page.text
    assert "Johan Strand (lead)" in page.text
    tree = [url(department) for department in (portal.other_department, north, portal.department)]
    assert [link for link in page.links() if link in tree] == tree


def test_a_department_is_founded_and_named(portal, other_portal, browse):
    client = browse(portal, portal.administrator)

    client.post("/settings/departments/new/", {"name": "North", "parent": str(portal.department.pk)})
    twice = client.post("/settings/departments/new/", {"name": "North", "parent": ""})
    with tenant_scope(portal.tenant):
        north = Department.objects.get(name="North")
    client.post(url(north, "name"), {"name": "Far north"})
    taken = client.post(url(north, "name"), {"name": "Service desk"})

    assert twice.status_code == taken.status_code == 422
    with tenant_scope(portal.tenant):
        north.refresh_from_db()
        assert (north.name, north.parent) == ("Far north", portal.department)


def test_members_come_lead_and_leave(portal, other_portal, browse):
    client = browse(portal, portal.administrator)

    client.post(url(portal.department, "members"), {"user": str(portal.agent.pk), "is_lead": "on"})

    with tenant_scope(portal.tenant):
        members = DepartmentMember.objects.filter(department=portal.department)
        assert [member.user for member in members.filter(is_lead=True)] == [portal.agent]
        row = members.get(user=portal.lead)
    client.post(url(portal.department, f"members/{row.pk}/removal"))
    with tenant_scope(portal.tenant):
        assert [member.user for member in members.all()] == [portal.agent]
    client.post(url(portal.department, "members"), {"user": str(portal.agent.pk)})
    with tenant_scope(portal.tenant):
        assert not members.filter(is_lead=True).exists()


def test_a_member_is_removed_through_their_own_department_only(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        row = DepartmentMember.objects.get(user=portal.agent)

    answer = browse(portal, portal.administrator).post(url(portal.other_department, f"members/{row.pk}/removal"))

    assert answer.status_code == 404
    with tenant_scope(portal.tenant):
        assert DepartmentMember.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("who", ["customer", "closed", "far", "nobody"])
def test_only_active_staff_of_the_portal_become_members(portal, other_portal, browse, who):
    far = make_portal("west")
    with tenant_scope(far.tenant):
        far_agent = [AgentFactory(password=None) for _each in range(9)][-1]
    with tenant_scope(portal.tenant):
        closed = AgentFactory(is_active=False, closed_at=timezone.now())
    key = {"customer": portal.customer.pk, "closed": closed.pk, "far": far_agent.pk, "nobody": 10**30}[who]

    answer = browse(portal, portal.administrator).post(url(portal.other_department, "members"), {"user": str(key)})

    assert answer.status_code == 422
    with tenant_scope(portal.tenant):
        assert DepartmentMember.objects.filter(department=portal.other_department).count() == 0


def test_sharing_shows_the_tickets_to_all_agents_and_hides_them_again(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        outsider = AgentFactory(name="Otto")
        add_member(actor=None, department=portal.other_department, user=outsider)
    theirs, client = browse(portal, outsider), browse(portal, portal.administrator)
    address = f"/desk/tickets/{ticket.number}/"

    assert theirs.get(address).status_code == 404
    client.post(url(portal.department, "sharing"), {"is_shared": "yes"})
    assert theirs.get(address).status_code == 200
    client.post(url(portal.department, "sharing"), {"is_shared": "no"})
    assert theirs.get(address).status_code == 404


def test_the_responsible_department_is_set_and_taken_away(portal, other_portal, browse):
    client = browse(portal, portal.administrator)
    address = f"/desk/organisations/{portal.organisation.pk}/department/"

    client.post(address, {"department": str(portal.other_department.pk)})
    with tenant_scope(portal.tenant):
        assert responsible_department(portal.organisation) == portal.other_department
    assert "Field service" in Page(client.get(f"/desk/organisations/{portal.organisation.pk}/")).text
    client.post(address, {"department": ""})
    with tenant_scope(portal.tenant):
        assert responsible_department(portal.organisation) is None


@pytest.mark.parametrize("which", ["closed", "far"])
def test_no_closed_or_foreign_department_is_made_responsible(portal, other_portal, browse, which):
    far = make_portal("west")
    with tenant_scope(far.tenant):
        far_department = [DepartmentFactory() for _each in range(9)][-1]
    with tenant_scope(portal.tenant):
        closed = DepartmentFactory(is_active=False)
    key = {"closed": closed.pk, "far": far_department.pk}[which]

    answer = browse(portal, portal.administrator).post(
        f"/desk/organisations/{portal.organisation.pk}/department/", {"department": str(key)}
    )

    assert answer.status_code == 422
    with tenant_scope(portal.tenant):
        assert responsible_department(portal.organisation) is None


def test_only_administrators_arrange(in_scope):
    for actor in (in_scope.agent, in_scope.lead, in_scope.customer):
        for forbidden in (
            lambda actor=actor: set_shared(actor=actor, department=in_scope.department, is_shared=True),
            lambda actor=actor: remove_member(actor=actor, department=in_scope.department, user=in_scope.agent),
            lambda actor=actor: rename_department(actor=actor, department=in_scope.department, name="Mine"),
            lambda actor=actor: add_member(actor=actor, department=in_scope.other_department, user=in_scope.agent),
        ):
            with pytest.raises(PermissionError):
                forbidden()


def test_who_is_removed_sees_the_departments_tickets_no_more(in_scope):
    remove_member(actor=in_scope.administrator, department=in_scope.department, user=in_scope.agent)

    assert sight_of(in_scope.agent).department_ids == set()
    assert remove_member(actor=in_scope.administrator, department=in_scope.department, user=in_scope.agent) is False


@pytest.mark.parametrize("noun", ["", "name", "sharing", "members"])
def test_another_portals_department_is_not_there(portal, other_portal, browse, noun):
    far = make_portal("west")
    with tenant_scope(far.tenant):
        department = [DepartmentFactory() for _each in range(9)][-1]
    client = browse(portal, portal.administrator)
    before = snapshot(without=("accounts.Session",))

    assert client.get(url(department)).status_code == 404
    assert client.post(url(department, noun), {"name": "Mine", "is_shared": "yes"}).status_code == 404
    assert snapshot(without=("accounts.Session",)) == before
