"""Where a department stands and what customers know of it, as administrators set it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from routing.actions.arranging import DepartmentClosed
from routing.actions.departments import (
    BelowItself,
    PersonsAddress,
    SenderRefused,
    lock_departments,
    make_default,
    move_department,
    set_mail_identity,
)
from routing.models import Department
from routing.queries import open_successor, sight_of, those_below
from tests.factories import AgentFactory, DepartmentFactory, UserFactory
from tests.pages import Page


def url(department: Department, noun: str = "") -> str:
    return f"/settings/departments/{department.pk}/{noun}{'/' if noun else ''}"


@pytest.fixture
def tree(in_scope):
    """Fire → north → coast."""
    fire = DepartmentFactory(name="Fire")
    north = DepartmentFactory(name="North", parent=fire)
    return {"fire": fire, "north": north, "coast": DepartmentFactory(name="Coast", parent=north)}


def test_a_department_moves_with_what_stands_below_it(tree, in_scope):
    move_department(actor=in_scope.administrator, department=tree["north"], parent=in_scope.other_department)

    assert those_below(in_scope.other_department) == {
        in_scope.other_department.pk,
        tree["north"].pk,
        tree["coast"].pk,
    }
    assert those_below(tree["fire"]) == {tree["fire"].pk}
    move_department(actor=None, department=tree["north"], parent=None)
    assert Department.objects.get(name="North").parent is None


@pytest.mark.parametrize("below", ["fire", "north", "coast"])
def test_no_department_stands_below_itself(tree, in_scope, below):
    with pytest.raises(BelowItself):
        move_department(actor=None, department=tree["fire"], parent=tree[below])
    assert Department.objects.get(name="Fire").parent is None


def test_moves_ask_who_moves_and_where_to(tree, in_scope, other_portal):
    with pytest.raises(PermissionError):
        move_department(actor=in_scope.lead, department=tree["coast"], parent=None)
    with pytest.raises(KeyError):
        move_department(actor=None, department=tree["coast"], parent=other_portal.department)
    Department.objects.filter(pk=tree["fire"].pk).update(is_active=False)
    with pytest.raises(DepartmentClosed):
        move_department(actor=None, department=tree["coast"], parent=tree["fire"])


@given(st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 4)), max_size=12))
def test_whatever_is_moved_the_tree_stays_a_tree(moves):
    """The rule alone, without a database: nobody is ever below themselves."""
    from routing.actions.departments import _with_those_above

    rows = {number: Department(pk=number, name=str(number)) for number in range(5)}
    for moved, parent in moves:
        if parent is None or moved not in _with_those_above(parent, rows):
            rows[moved].parent_id = parent
    for row in rows.values():
        place, steps = row.parent_id, 0
        while place is not None:
            place, steps = rows[place].parent_id, steps + 1
            assert steps <= len(rows)


def test_a_successor_is_followed_to_whoever_is_open(tree, in_scope):
    fire, north, coast = tree["fire"], tree["north"], tree["coast"]
    Department.objects.filter(pk=fire.pk).update(is_active=False, successor=north)
    Department.objects.filter(pk=north.pk).update(is_active=False, successor=coast)

    assert open_successor(Department.objects.get(pk=fire.pk)) == coast
    assert open_successor(coast) == coast
    Department.objects.filter(pk=coast.pk).update(is_active=False, successor=fire)
    assert open_successor(Department.objects.get(pk=fire.pk)) is None
    assert set(lock_departments()) >= {fire.pk, north.pk, coast.pk}


def test_the_default_is_handed_on_and_only_to_an_open_one(tree, in_scope, other_portal):
    make_default(actor=in_scope.administrator, department=tree["fire"])

    assert Department.objects.get(is_default=True).name == "Fire"
    Department.objects.filter(pk=tree["coast"].pk).update(is_active=False)
    with pytest.raises(DepartmentClosed):
        make_default(actor=None, department=tree["coast"])
    with tenant_scope(other_portal.tenant):
        assert Department.objects.get(is_default=True) == other_portal.department


@pytest.mark.parametrize("address", ["agent@north.example", "Agent@North.Example", "anna@kund.example"])
def test_nobodys_own_address_is_a_departments(in_scope, other_portal, address):
    """M3"""
    words = {"mail_name": "Fire", "signature_sv": "", "signature_en": ""}
    with pytest.raises(PersonsAddress):
        set_mail_identity(actor=None, department=in_scope.department, mail_address=address, **words)


def identify(department, address="fire@shared.example", name="Fire"):
    return set_mail_identity(
        actor=None, department=department, mail_name=name, mail_address=address, signature_sv="", signature_en=""
    )


@pytest.fixture
def neighbours(in_scope, other_portal):
    """Two portals whose addresses are at one domain."""
    for number, portal in enumerate((in_scope, other_portal)):
        portal.tenant.mail_address = f"support{number}@shared.example"
        portal.tenant.save()


def test_no_department_sends_as_another_portal(in_scope, other_portal, neighbours):
    with tenant_scope(other_portal.tenant):
        identify(other_portal.department, "theirs@shared.example")
        AgentFactory(email="agent@shared.example")
        AgentFactory(email="left@shared.example", is_active=False)
        UserFactory(email="customer@shared.example")

    for address in ("Support1@Shared.example", "theirs@SHARED.example", "agent@shared.example"):
        with pytest.raises(SenderRefused) as refused:
            identify(in_scope.department, address)
        assert refused.value.why == "taken"
    for address in ("left@shared.example", "customer@shared.example", "support0@shared.example", ""):
        assert identify(in_scope.department, address).mail_address == address


@pytest.mark.parametrize(
    "address", ["fire@bank.example", "fire@sub.shared.example", "fire@notshared.example", "fire@shared.example.com"]
)
def test_a_department_sends_from_the_portals_domain_alone(in_scope, neighbours, address):
    with pytest.raises(SenderRefused) as refused:
        identify(in_scope.department, address)

    assert refused.value.why == "domain"


@pytest.mark.parametrize(
    "name", ["Boss <a", "a>", "boss@bank", "A, B", "A; B", 'The "bank"', "A\nB", "A\u202eB", "boss＠bank", "“Bank”"]
)
def test_a_senders_name_reads_like_no_address(in_scope, neighbours, name):
    with pytest.raises(SenderRefused) as refused:
        identify(in_scope.department, name=name)

    assert refused.value.why == "name"
    assert identify(in_scope.department, name="Children's fire & rescue (north)").mail_name


def test_the_page_says_why_a_sender_is_refused(portal, other_portal, browse):
    client = browse(portal, portal.administrator)
    said = {}
    for values in (
        {"mail_name": "Boss <x@y.z>"},
        {"mail_address": "boss@bank.example"},
        {"mail_name": "Fire", "mail_address": other_portal.tenant.mail_address},
    ):
        answer = client.post(url(portal.department, "mail"), values)
        assert answer.status_code == 422
        said[str(values)] = Page(answer).text

    first, *others = said.values()
    assert "Write a name alone" in first
    assert all("must end with @north.example" in text for text in others)


def test_who_works_in_no_open_department_is_known(in_scope):
    newcomer = AgentFactory()

    assert sight_of(newcomer).works_nowhere
    assert not sight_of(in_scope.agent).works_nowhere
    assert not sight_of(in_scope.administrator).works_nowhere
    Department.objects.filter(pk=in_scope.department.pk).update(is_active=False)
    assert sight_of(type(in_scope.agent).objects.get(pk=in_scope.agent.pk)).works_nowhere


def test_the_page_moves_shows_and_signs(portal, other_portal, browse):
    client = browse(portal, portal.administrator)
    moved, hidden, signed = (
        client.post(url(portal.other_department, noun), values, follow=True)
        for noun, values in (
            ("place", {"parent": str(portal.department.pk)}),
            ("visibility", {"is_public": "no"}),
            (
                "mail",
                {
                    "mail_name": "Field",
                    "mail_address": "field@north.example",
                    "signature_sv": "Fält\r\nJour  ",
                    "signature_en": "",
                },
            ),
        )
    )

    assert "Field service belongs to Service desk now." in Page(moved).text
    assert "Customers read the portal’s name instead of Field service now." in Page(hidden).text
    page = Page(signed)
    assert "Field <field@north.example>" in page.text
    assert "Jour" in page.text
    with tenant_scope(portal.tenant):
        row = Department.objects.get(pk=portal.other_department.pk)
        assert (row.parent, row.is_public, row.signature_sv) == (portal.department, False, "Fält\nJour")
    with tenant_scope(other_portal.tenant):
        assert not Department.objects.exclude(mail_name="").exists()


def test_what_cannot_be_is_said_and_what_was_typed_is_kept(portal, other_portal, browse):
    client = browse(portal, portal.administrator)
    below_itself = client.post(url(portal.department, "place"), {"parent": str(portal.department.pk)})
    foreign = client.post(url(portal.department, "place"), {"parent": str(10**9)})
    own = client.post(
        url(portal.department, "mail"), {"mail_address": "agent@north.example", "signature_en": "Kept words"}
    )
    wrong = client.post(url(portal.department, "mail"), {"mail_address": "boss@corp <x@evil.example>"})

    assert [answer.status_code for answer in (below_itself, foreign, own, wrong)] == [422] * 4
    assert "own address of Elin Lund" in Page(own).text
    assert b"Kept words" in own.content
    assert b"Error:" in own.content.partition(b"</title>")[0]


def test_a_new_default_is_chosen_on_its_page(portal, other_portal, browse):
    client = browse(portal, portal.administrator)
    assert url(portal.department, "default") not in client.get(url(portal.department)).content.decode()

    client.post(url(portal.other_department, "default"))

    with tenant_scope(portal.tenant):
        assert Department.objects.get(is_default=True) == portal.other_department
