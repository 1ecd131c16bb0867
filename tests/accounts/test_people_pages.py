"""The desk's pages about people: found, read, changed, moved, closed; and by whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.people import move_person, set_role, update_person
from accounts.enums import AccountEventKind, AccountState, Role
from accounts.events_in_words import account_sentence
from accounts.models import AccountEvent, Agreement, Application, Invitation, SecondFactor, User
from accounts.paging import PAGE_SIZE
from accounts.scoping import tenant_scope
from tests.conftest import Portal, make_portal
from tests.factories import AgentFactory, OrganisationFactory, UserFactory, make_ticket
from tests.pages import Page, snapshot
from tickets.models import Ticket


def names(page: Page) -> list[str]:
    return [link for link in page.links() if link.startswith("/desk/people/") and link[13:-1].isdigit()]


def url(person: User, noun: str = "") -> str:
    return f"/desk/people/{person.pk}/{noun}{'/' if noun else ''}"


@pytest.fixture
def crowd(portal: Portal, other_portal: Portal) -> dict[str, User]:
    """Somebody in every state, in both portals."""
    now = timezone.now()
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            port = OrganisationFactory(name="Hamnbolaget")
            made = {
                "active": UserFactory(name="Ada Åberg", organisation=port, verified_at=now, password=None),
                "unverified": UserFactory(name="Bo Ek", email="bo@hamn.se", organisation=port, password=None),
                "waiting": UserFactory(name="Cilla", is_active=False, password=None),
                "closed": UserFactory(name="Dan", is_active=False, closed_at=now, password=None),
            }
            Application.objects.create(user=made["waiting"], created_at=now)
            UserFactory(name="Only Asked", is_active=False, password=None)  # whom to turn to: nobody to work with
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=aberg", {"active"}),
        ("?q=BO@hamn", {"unverified"}),
        ("?q=hamnbolaget", {"active", "unverified"}),
        ("?q=hamnbolaget+ek", {"unverified"}),
        ("?q=nobody+at+all", set()),
        ("?state=active", {"active"}),
        ("?state=unverified", {"unverified", "customer"}),
        ("?state=waiting", {"waiting"}),
        ("?state=closed", {"closed"}),
        ("", {"active", "unverified", "waiting", "closed", "customer"}),
        ("?state=nonsense&role=nonsense&organisation=x", {"active", "unverified", "waiting", "closed", "customer"}),
        ("?q=%00&after=%00~1", {"active", "unverified", "waiting", "closed", "customer"}),
        ("?role=staff", {"agent", "lead", "administrator"}),
        ("?role=all&q=berg", {"active", "administrator"}),
    ],
)
def test_people_are_found_by_name_address_organisation_and_state(portal, crowd, browse, query, found):
    everybody = {**crowd, **{name: getattr(portal, name) for name in ("customer", "agent", "lead", "administrator")}}

    page = Page(browse(portal, portal.agent).get(f"/desk/people/{query}"))

    assert set(names(page)) == {url(everybody[name]) for name in found}
    assert page.main["data-total"] == str(len(found))


def test_the_list_of_one_organisation(portal, crowd, other_portal, browse):
    client = browse(portal, portal.agent)
    with tenant_scope(other_portal.tenant):
        foreign = OrganisationFactory().pk

    here = Page(client.get(f"/desk/people/?organisation={crowd['active'].organisation_id}"))
    unknown = Page(client.get(f"/desk/people/?organisation={foreign + 500}"))

    assert here.main["data-total"] == "2"
    assert unknown.main["data-total"] == "5"  # a filter nobody knows is no filter


def test_every_person_stands_on_exactly_one_page(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        for number in range(PAGE_SIZE * 2 + 3):
            UserFactory(name="The Same" if number % 2 else f"Person {number:03}", password=None)
    client, seen, address = browse(portal, portal.agent), [], "/desk/people/"

    while address:
        page = Page(client.get(address))
        seen += names(page)
        address = next(("/desk/people/" + a["href"] for a in page.all("a") if a.get("rel") == "next"), "")

    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 4
    with tenant_scope(portal.tenant):
        ordered = User.objects.filter(role=Role.CUSTOMER).order_by("search_key", "pk")
        assert seen == [url(person) for person in ordered]


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/desk/people/", "/desk/people/?q=person&state=unverified", "{person}"])
def test_people_cost_the_same_few_or_many(portal, other_portal, browse, address):
    client = browse(portal, portal.agent)
    address = address.format(person=url(portal.customer))
    with tenant_scope(portal.tenant):
        UserFactory(organisation=portal.organisation)
        update_person(actor=portal.agent, user=portal.customer, values={"phone": "1"})
    few = queries(client, address)
    with tenant_scope(portal.tenant):
        for number in range(30):
            UserFactory(organisation=OrganisationFactory() if number % 2 else portal.organisation, password=None)
            update_person(actor=portal.agent, user=portal.customer, values={"phone": str(number)})

    assert queries(client, address) == few <= 18


def test_a_detail_is_changed_where_it_stands(portal, other_portal, browse):
    client = browse(portal, portal.agent)

    answer = client.post(url(portal.customer, "details"), {"phone": " 08-1 \n2"}, follow=True)

    assert answer.redirect_chain == [(url(portal.customer), 302)]
    with tenant_scope(portal.tenant):
        person = User.objects.get(pk=portal.customer.pk)
        event = AccountEvent.objects.get(kind=AccountEventKind.DETAILS_CHANGED)
    assert (person.phone, person.name) == ("08-1 2", "Anna Holm")
    assert (event.actor_id, event.user_id, event.data) == (portal.agent.pk, person.pk, {"fields": ["phone"]})
    assert "Details changed: phone" in Page(answer).text


def test_a_wrong_detail_is_named_and_kept(portal, other_portal, browse):
    answer = browse(portal, portal.agent).post(url(portal.customer, "details"), {"name": "x" * 121})

    assert answer.status_code == 422
    assert "x" * 121 in answer.content.decode()
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).name == "Anna Holm"


@pytest.mark.parametrize("field", ["role", "email", "is_active", "organisation", "is_named_contact", "is_agent"])
def test_the_form_of_details_changes_nothing_else(portal, other_portal, browse, field):
    """A fault that recurs: a field that was not asked for is taken from the request's body."""
    client = browse(portal, portal.agent)
    before = snapshot(without=("accounts.Session",))

    client.post(url(portal.customer, "details"), {field: "administrator"})

    assert snapshot(without=("accounts.Session",)) == before


STAFF_ACTIONS = {
    "details": {"name": "Mallory"},
    "contact": {"what": "contact_person", "value": "yes"},
    "organisation": {"organisation": "none"},
    "closure": {},
    "reopening": {},
}


@pytest.mark.parametrize("noun", [*STAFF_ACTIONS, "role", "factors"])
@pytest.mark.parametrize("whose", ["lead", "administrator"])
def test_an_agent_changes_no_member_of_the_staff(portal, other_portal, browse, noun, whose):
    data = {**STAFF_ACTIONS, "role": {"role": "agent"}, "factors": {}}[noun]
    client = browse(portal, portal.agent)
    before = snapshot(without=("accounts.Session",))

    answer = client.post(url(getattr(portal, whose), noun), data)

    assert answer.status_code == 404
    assert snapshot(without=("accounts.Session",)) == before


@pytest.mark.parametrize("noun", [*STAFF_ACTIONS, "role", "factors", ""])
def test_another_portals_people_are_not_there(portal, browse, noun):
    far = make_portal("west")
    with tenant_scope(far.tenant):
        for _number in range(20):
            far_person = UserFactory(password=None)
    data = {**STAFF_ACTIONS, "role": {"role": "agent"}, "factors": {}, "": {}}[noun]
    client = browse(portal, portal.administrator)
    before = snapshot(without=("accounts.Session",))

    assert client.get(url(far_person)).status_code == 404
    assert client.post(url(far_person, noun), data).status_code == 404
    assert snapshot(without=("accounts.Session",)) == before


def test_no_agent_makes_anybody_anything(portal, other_portal, browse):
    """An agent may not raise their own or another's role, by whichever form."""
    for person in (portal.agent, portal.customer, portal.lead):
        assert browse(portal, portal.agent).post(url(person, "role"), {"role": "administrator"}).status_code == 404
        with tenant_scope(portal.tenant), pytest.raises(PermissionError):
            set_role(actor=portal.agent, user=person, role=Role.ADMINISTRATOR)

    with tenant_scope(portal.tenant):
        assert [person.pk for person in User.objects.filter(role=Role.ADMINISTRATOR)] == [portal.administrator.pk]


def test_an_administrator_changes_roles_but_not_their_own(portal, other_portal, browse):
    client = browse(portal, portal.administrator)

    client.post(url(portal.agent, "role"), {"role": "support_lead"})
    own = client.post(url(portal.administrator, "role"), {"role": "customer"}, follow=True)

    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.agent.pk).role == Role.SUPPORT_LEAD
        assert User.objects.get(pk=portal.administrator.pk).role == Role.ADMINISTRATOR
        event = AccountEvent.objects.get(kind=AccountEventKind.ROLE_CHANGED)
        assert event.data == {"from": "agent", "to": "support_lead"}
        assert account_sentence(event) == "Role changed from Agent to Support lead"
        AgentFactory(role=Role.ADMINISTRATOR)  # so that it is not for being the last one
        with pytest.raises(PermissionError):
            set_role(actor=portal.administrator, user=portal.administrator, role=Role.AGENT)
    assert "Nobody changes their own role" in Page(own).text


def test_whoever_joins_the_staff_leaves_their_organisation_and_signs_in_again(portal, other_portal, browse):
    theirs = browse(portal, portal.customer)
    assert theirs.get("/tickets/").status_code == 200
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(is_named_contact=True, sees_colleagues=True)
        set_role(actor=portal.administrator, user=portal.customer, role=Role.AGENT)
        person = User.objects.get(pk=portal.customer.pk)

    assert (person.organisation, person.is_named_contact, person.sees_colleagues) == (None, False, False)
    assert theirs.get("/desk/").status_code == 302


@pytest.mark.parametrize("values", [{"is_active": False}, {"is_active": False, "closed_at": timezone.now()}])
def test_nobody_who_is_not_let_in_gets_a_role(in_scope, values):
    person = UserFactory(**values)

    with pytest.raises(ValueError, match="let in"):
        set_role(actor=in_scope.administrator, user=person, role=Role.ADMINISTRATOR)


def test_a_second_factor_is_taken_by_an_administrator_only(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        SecondFactor.objects.create(user=portal.agent, kind="totp", secret="s", created_at=timezone.now())
    shown = browse(portal, portal.administrator).get(url(portal.agent))
    browse(portal, portal.lead).post(url(portal.agent, "factors"))
    with tenant_scope(portal.tenant):
        assert SecondFactor.objects.count() == 1

    browse(portal, portal.administrator).post(url(portal.agent, "factors"))

    assert url(portal.agent, "factors") in shown.content.decode()
    with tenant_scope(portal.tenant):
        assert SecondFactor.objects.count() == 0


# Moving


def test_somebody_who_moves_leaves_their_tickets_and_their_place(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        person = User.objects.get(pk=portal.customer.pk)
        person.is_named_contact = person.is_contact_person = person.sees_colleagues = True
        person.save()
        target = OrganisationFactory(name="Hamnbolaget")
    client = browse(portal, portal.agent)
    page = Page(client.get(url(person, "organisation")))

    answer = client.post(url(person, "organisation"), {"organisation": str(target.pk)}, follow=True)

    assert "Their tickets so far stay with Åby kommun" in page.text
    assert "Anna Holm belongs to Hamnbolaget now." in Page(answer).text
    assert "Moved from Åby kommun to Hamnbolaget" in Page(answer).text
    with tenant_scope(portal.tenant):
        moved = User.objects.get(pk=person.pk)
        assert (moved.organisation, moved.is_named_contact, moved.is_contact_person, moved.sees_colleagues) == (
            target,
            False,
            False,
            False,
        )
        assert Ticket.objects.get(pk=ticket.pk).organisation == portal.organisation
        assert make_ticket(requester=moved, topic=portal.topic).organisation == target


def test_an_open_invitation_follows_without_the_place_it_kept(in_scope):
    person = UserFactory(organisation=in_scope.organisation, is_active=False)
    now, target = timezone.now(), OrganisationFactory()
    values = {"user": person, "organisation": in_scope.organisation, "created_at": now, "expires_at": now}
    Invitation.objects.create(**values, accepted_at=now, is_named_contact=True)
    Invitation.objects.create(**values, is_named_contact=True, is_contact_person=True)

    move_person(actor=in_scope.agent, user=person, organisation=target)

    accepted, still_open = Invitation.objects.order_by("pk")
    assert (still_open.organisation, still_open.is_named_contact, still_open.is_contact_person) == (
        target,
        False,
        False,
    )
    assert (accepted.organisation, accepted.is_named_contact) == (in_scope.organisation, True)


@pytest.mark.parametrize("typed", ["", "-1", "x", "99999999999999999999", "1\x00", "None"])
def test_nobody_moves_to_an_organisation_that_is_not_there(portal, other_portal, browse, typed):
    answer = browse(portal, portal.agent).post(url(portal.customer, "organisation"), {"organisation": typed})

    assert answer.status_code == 422
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).organisation == portal.organisation


def test_nobody_moves_to_another_portals_organisation(portal, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        for _number in range(9):
            far = OrganisationFactory()

    answer = browse(portal, portal.administrator).post(
        url(portal.customer, "organisation"), {"organisation": str(far.pk)}
    )

    assert answer.status_code == 422
    assert far.name not in answer.content.decode()
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).organisation == portal.organisation


def test_staff_are_moved_nowhere(in_scope):
    with pytest.raises(ValueError, match="no customer"):
        move_person(actor=in_scope.administrator, user=in_scope.agent, organisation=in_scope.organisation)


# Contacts


def test_a_contact_is_named_on_the_persons_page_and_the_limit_leads_to_a_choice(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        organisation = portal.organisation
        organisation.agreement = Agreement.objects.create(name="Standard", contact_limit=1)
        organisation.save()
        colleague = UserFactory(name="Bo Ek", organisation=organisation)
    client, naming = browse(portal, portal.agent), {"what": "named_contact", "value": "yes"}

    client.post(url(portal.customer, "contact"), naming)
    full = client.post(url(colleague, "contact"), naming)

    page = Page(full)
    assert full.status_code == 422
    assert "All places are taken: 1 of 1. Nothing has changed yet." in page.text
    assert [radio["value"] for radio in page.all("input") if radio.get("type") == "radio"] == [str(portal.customer.pk)]
    client.post(
        f"/desk/organisations/{organisation.pk}/contacts/", {"new": str(colleague.pk), "old": str(portal.customer.pk)}
    )
    with tenant_scope(portal.tenant):
        assert [person.name for person in User.objects.filter(is_named_contact=True)] == ["Bo Ek"]


@pytest.mark.parametrize(
    ("what", "field"), [("contact_person", "is_contact_person"), ("sees_colleagues", "sees_colleagues")]
)
def test_marks_are_switched_on_and_off(portal, other_portal, browse, what, field):
    client = browse(portal, portal.agent)
    for value, is_on in (("yes", True), ("no", False)):
        client.post(url(portal.customer, "contact"), {"what": what, "value": value})
        with tenant_scope(portal.tenant):
            assert getattr(User.objects.get(pk=portal.customer.pk), field) is is_on


@pytest.mark.parametrize("data", [{}, {"what": "role", "value": "yes"}, {"what": "named_contact", "value": "maybe"}])
def test_a_mark_nobody_knows_changes_nothing(portal, other_portal, browse, data):
    client = browse(portal, portal.agent)
    before = snapshot(without=("accounts.Session",))

    answer = client.post(url(portal.customer, "contact"), data, follow=True)

    assert "Nothing has changed" in Page(answer).text
    assert snapshot(without=("accounts.Session",)) == before


# In words


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(AccountEventKind.values), data=st.sampled_from([{}, {"to": "x"}, {"fields": ["name", "?"]}])
)
def test_every_event_has_its_words(in_scope, kind, data):
    event = AccountEvent(kind=kind, user=in_scope.customer, data=data)

    assert account_sentence(event) != kind
    assert account_sentence(event).strip()


def test_a_state_is_what_the_list_says(in_scope):
    now = timezone.now()
    made = {
        AccountState.ACTIVE: UserFactory(verified_at=now),
        AccountState.UNVERIFIED: UserFactory(),
        AccountState.WAITING: UserFactory(is_active=False),
        AccountState.CLOSED: AgentFactory(is_active=False, closed_at=now),
    }
    assert {state: person.state for state, person in made.items()} == {state: state for state in made}
