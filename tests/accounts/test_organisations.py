"""The desk's pages about organisations and agreements: read by agents, arranged by administrators."""

from datetime import date, timedelta

import idna
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.agreeing import add_agreement, retire_agreement, update_agreement
from accounts.actions.domains import add_domain
from accounts.actions.helpers import Unreachable, add_local_administrator, set_provider_contact
from accounts.actions.organising import AgreementRetired, NameTaken, add_organisation, set_agreement
from accounts.enums import ProviderContactKind, Visibility
from accounts.models import (
    Agreement,
    Invitation,
    LocalAdministrator,
    Organisation,
    OrganisationDomain,
    PrivateDomain,
    ProviderContact,
    User,
)
from accounts.queries.entitlement import administrators_for
from accounts.scoping import tenant_scope
from tests.conftest import Portal, make_portal
from tests.factories import OrganisationFactory, UserFactory
from tests.pages import Page, snapshot


def url(organisation: Organisation, noun: str = "") -> str:
    return f"/desk/organisations/{organisation.pk}/{noun}{'/' if noun else ''}"


@pytest.fixture
def company(portal: Portal, other_portal: Portal) -> Organisation:
    """An organisation with two places, and one just like it next door."""
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            agreement = Agreement.objects.create(name="Standard", contact_limit=2)
            organisation = OrganisationFactory(name="Hamnbolaget", agreement=agreement)
            UserFactory(name="Ada", organisation=organisation, is_named_contact=True, password=None)
            UserFactory(name="Bo", organisation=organisation, password=None)
    return organisation


def person(name: str) -> User:
    return User.objects.get(name=name)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", {"Hamnbolaget", "Åby kommun"}),
        ("aby", {"Åby kommun"}),
        ("HAMN", {"Hamnbolaget"}),
        ("hamn.se", {"Hamnbolaget"}),
        ("nothing", set()),
    ],
)
def test_organisations_are_found_by_name_and_domain(portal, company, browse, words, found):
    with tenant_scope(portal.tenant):
        add_domain(actor=portal.administrator, organisation=company, domain="hamn.se")

    page = Page(browse(portal, portal.agent).get("/desk/organisations/", {"q": words}))

    assert page.main["data-total"] == str(len(found))
    assert {name for name in ("Hamnbolaget", "Åby kommun") if name in page.text} == found


def test_the_list_tells_how_many_places_are_taken(portal, company, browse):
    assert "1 of 2" in Page(browse(portal, portal.agent).get("/desk/organisations/")).text


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("which", ["list", "one", "agreements"])
def test_organisations_cost_the_same_few_or_many(portal, company, browse, which):
    client = browse(portal, portal.administrator)
    address = {"list": "/desk/organisations/", "one": url(company), "agreements": "/settings/agreements/"}[which]

    def more(times: int) -> None:
        with tenant_scope(portal.tenant):
            for number in range(times):
                key = Organisation.objects.count()
                other = OrganisationFactory(agreement=Agreement.objects.create(name=f"A{key}"))
                add_domain(actor=portal.administrator, organisation=company, domain=f"d{key}.se")
                add_local_administrator(actor=portal.agent, organisation=company, name=f"L{key}", phone="1")
                UserFactory(organisation=company, is_named_contact=bool(number % 2), password=None)
                UserFactory(organisation=other, password=None)

    more(2)
    few = queries(client, address)
    more(20)

    assert queries(client, address) == few <= 24


def test_places_are_told_and_replacing_is_one_step(portal, company, browse):
    client = browse(portal, portal.agent)
    with tenant_scope(portal.tenant):
        ada, bo = person("Ada"), person("Bo")
    client.post(f"/desk/people/{bo.pk}/contact/", {"what": "named_contact", "value": "yes"})
    full = Page(client.get(url(company)))
    with tenant_scope(portal.tenant):
        cilla = UserFactory(name="Cilla", organisation=company)

    choice = Page(client.get(url(company, "contacts/replacement") + f"?old={ada.pk}"))
    done = client.post(url(company, "contacts"), {"old": str(ada.pk), "new": str(cilla.pk)}, follow=True)

    assert full.marked("data-places")[0]["data-places"] == "2 / 2"
    assert "Cilla" in choice.text
    assert "Cilla has Ada’s place as a named contact." in Page(done).text
    with tenant_scope(portal.tenant):
        assert [found.name for found in User.objects.filter(is_named_contact=True).order_by("name")] == ["Bo", "Cilla"]


def test_a_smaller_number_takes_nobodys_place(portal, company, browse):
    client = browse(portal, portal.administrator)
    with tenant_scope(portal.tenant):
        User.objects.filter(organisation=company).update(is_named_contact=True)
        agreement = company.agreement_id

    client.post(url(company, "agreement"), {"agreement": str(agreement), "contact_limit": "1"})

    page = Page(client.get(url(company)))
    assert page.marked("data-places")[0]["data-places"] == "2 / 1"
    assert "Nobody loses their place by that" in page.text


def test_a_place_kept_for_somebody_invited_is_taken(portal, company, browse):
    now = timezone.now()
    with tenant_scope(portal.tenant):
        Invitation.objects.create(
            user=UserFactory(is_active=False),
            organisation=company,
            is_named_contact=True,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    page = Page(browse(portal, portal.agent).get(url(company)))

    assert page.marked("data-places")[0]["data-places"] == "2 / 2"
    assert "The other places are kept for invited people." in page.text


@pytest.mark.parametrize("key", ["old", "new"])
def test_nobody_of_another_organisation_or_portal_gets_or_gives_a_place(portal, company, browse, key):
    far = make_portal("west")
    with tenant_scope(far.tenant):
        for _number in range(30):
            far_person = UserFactory(organisation=far.organisation, password=None)
    with tenant_scope(portal.tenant):
        closed = UserFactory(organisation=company, is_active=False, closed_at=timezone.now())
        ids = {"old": person("Ada").pk, "new": person("Bo").pk}
        near = portal.customer
    client = browse(portal, portal.administrator)
    before = snapshot(without=("accounts.Session",))

    for stranger in (far_person.pk, near.pk, closed.pk, 10**30, "x", ""):
        answer = client.post(url(company, "contacts"), {**ids, key: str(stranger)})
        assert answer.status_code == 422
        assert f'value="{stranger}"' not in answer.content.decode() or stranger == ""

    assert snapshot(without=("accounts.Session",)) == before


# Entering and changing


def test_an_organisation_is_entered_once(portal, company, browse):
    client = browse(portal, portal.agent)

    made = client.post("/desk/organisations/new/", {"name": "  Nya   Bolaget "})
    again = client.post("/desk/organisations/new/", {"name": "Nya Bolaget"})

    assert made.status_code == 302
    assert again.status_code == 422
    assert "There is an organisation with this name already." in Page(again).text
    with tenant_scope(portal.tenant):
        assert Organisation.objects.filter(name="Nya Bolaget").count() == 1
        with pytest.raises(NameTaken):
            add_organisation(actor=portal.agent, name="Nya Bolaget")
        with pytest.raises(PermissionError):
            add_organisation(actor=portal.customer, name="Mine")


def test_name_and_notes_are_changed_by_agents(portal, company, browse):
    client = browse(portal, portal.agent)

    client.post(url(company, "name"), {"name": "Hamnen"})
    client.post(url(company, "notes"), {"notes": "Call before noon.\x00\r\nAlways."})
    taken = client.post(url(company, "name"), {"name": "Åby kommun"})

    assert taken.status_code == 422
    with tenant_scope(portal.tenant):
        row = Organisation.objects.get(pk=company.pk)
        assert (row.name, row.search_key) == ("Hamnen", "hamnen")
        assert row.notes == "Call before noon.\nAlways."


ADMINISTRATORS_ONLY = {
    "agreement": {"contact_limit": "9"},
    "visibility": {"visibility": "everybody"},
    "domains": {"domain": "hamn.se"},
    "domains/joining": {},
    "department": {"department": ""},
    "merger": {"into": "1"},
}


@pytest.mark.parametrize("noun", ADMINISTRATORS_ONLY)
@pytest.mark.parametrize("role", ["agent", "lead", "customer"])
def test_what_opens_doors_for_others_is_for_administrators(portal, company, browse, noun, role):
    client = browse(portal, getattr(portal, role))
    before = snapshot(without=("accounts.Session",))

    assert client.post(url(company, noun), ADMINISTRATORS_ONLY[noun]).status_code == 404
    assert snapshot(without=("accounts.Session",)) == before
    if role != "customer":
        shown = client.get(url(company)).content.decode()
        assert url(company, noun) not in shown


def test_an_agent_reads_what_an_administrator_arranges(portal, company, browse):
    page = Page(browse(portal, portal.agent).get(url(company)))

    assert "Everybody sees their own only." in page.text
    assert "Standard" in page.text


@pytest.mark.parametrize("visibility", Visibility.values)
def test_who_sees_what_is_chosen_with_its_consequence(portal, company, browse, visibility):
    client = browse(portal, portal.administrator)

    client.post(url(company, "visibility"), {"visibility": visibility})

    with tenant_scope(portal.tenant):
        assert Organisation.objects.get(pk=company.pk).visibility == visibility
    chosen = [radio for radio in Page(client.get(url(company))).all("input") if "checked" in radio]
    assert visibility in [radio["value"] for radio in chosen]


def test_domains_are_refused_with_the_reason(portal, company, browse):
    client = browse(portal, portal.administrator)
    with tenant_scope(portal.tenant):
        PrivateDomain.objects.create(domain="gmail.com")
        add_domain(actor=portal.administrator, organisation=portal.organisation, domain="aby.se")

    answers = {
        domain: client.post(url(company, "domains"), {"domain": domain}) for domain in ("gmail.com", "ABY.se", "nope")
    }

    assert {answer.status_code for answer in answers.values()} == {422}
    assert "gmail.com is a public mail service" in Page(answers["gmail.com"]).text
    assert "This domain is Åby kommun’s." in Page(answers["ABY.se"]).text
    assert "Write a domain such as kund.se" in Page(answers["nope"]).text
    with tenant_scope(portal.tenant):
        assert company.domains.count() == 0


def test_a_domain_is_shown_as_people_write_it_and_removed(portal, company, browse):
    client = browse(portal, portal.administrator)
    client.post(url(company, "domains"), {"domain": "Hamnöbolaget.SE", "with_subdomains": "on"})
    with tenant_scope(portal.tenant):
        row = OrganisationDomain.objects.get(organisation=company)
        UserFactory(name="Early", email="early@kaj.hamnöbolaget.se", verified_at=timezone.now())
    page = Page(client.get(url(company)))

    client.post(url(company, "domains/joining"))
    client.post(url(company, f"domains/{row.pk}/removal"))

    assert row.domain == idna.encode("hamnöbolaget.se").decode()
    assert "hamnöbolaget.se" in page.text
    with tenant_scope(portal.tenant):
        assert person("Early").organisation == company
        assert OrganisationDomain.objects.filter(organisation=company).count() == 0


def test_children_are_reached_through_their_own_organisation_only(portal, company, browse):
    """A fault that recurs: a child is fetched by its own id instead of through its checked parent."""
    with tenant_scope(portal.tenant):
        domain = add_domain(actor=portal.administrator, organisation=company, domain="hamn.se")
        local = add_local_administrator(actor=portal.agent, organisation=company, name="Lotta", phone="1")
        ours = set_provider_contact(
            actor=portal.agent,
            organisation=company,
            kind=ProviderContactKind.PROJECT_LEADER,
            name="Per",
            phone="2",
        )
    client = browse(portal, portal.administrator)
    before = snapshot(without=("accounts.Session",))

    for noun in (
        f"domains/{domain.pk}/removal",
        f"administrators/{local.pk}",
        f"administrators/{local.pk}/removal",
        f"provider-contacts/{ours.pk}/removal",
    ):
        assert client.post(url(portal.organisation, noun), {"name": "Mallory", "phone": "3"}).status_code == 404
    assert snapshot(without=("accounts.Session",)) == before


def test_local_administrators_are_written_down_and_must_be_reachable(portal, company, browse):
    client = browse(portal, portal.agent)

    client.post(url(company, "administrators"), {"name": "Lotta", "email": "lotta@hamn.se", "phone": ""})
    unreachable = client.post(url(company, "administrators"), {"name": "Nils", "email": "", "phone": " "})

    assert unreachable.status_code == 422
    assert "Write a mail address or a phone number" in Page(unreachable).text
    assert "Nils" in unreachable.content.decode()
    with tenant_scope(portal.tenant):
        row = LocalAdministrator.objects.get()
        assert [helper.name for helper in administrators_for(company)] == ["Lotta", "Ada"]  # who asks is named, too
        with pytest.raises(Unreachable):
            add_local_administrator(actor=portal.agent, organisation=company, name="Nils")
    client.post(url(company, f"administrators/{row.pk}"), {"name": "Lotta L", "phone": "08"})
    with tenant_scope(portal.tenant):
        row.refresh_from_db()
        assert (row.name, row.email, row.phone) == ("Lotta L", "", "08")
    client.post(url(company, f"administrators/{row.pk}/removal"))
    with tenant_scope(portal.tenant):
        assert [helper.name for helper in administrators_for(company)] == ["Ada"]


def test_there_is_one_contact_with_us_of_each_kind(portal, company, browse):
    client = browse(portal, portal.agent)
    for name in ("First", "Second"):
        client.post(url(company, "provider-contacts"), {"kind": "account_manager", "name": name, "phone": "1"})
    client.post(url(company, "provider-contacts"), {"kind": "project_leader", "name": "Per", "email": "per@us.example"})

    with tenant_scope(portal.tenant):
        rows = {row.kind: row for row in ProviderContact.objects.filter(organisation=company)}
        assert {kind: row.name for kind, row in rows.items()} == {"account_manager": "Second", "project_leader": "Per"}
    client.post(url(company, f"provider-contacts/{rows['project_leader'].pk}/removal"))
    with tenant_scope(portal.tenant):
        assert ProviderContact.objects.get().name == "Second"


# Agreements


def test_an_agreement_is_chosen_with_its_time_and_own_number(portal, company, browse):
    client = browse(portal, portal.administrator)
    data = {
        "agreement": str(company.agreement_id),
        "agreement_from": "2026-01-01",
        "agreement_until": "2026-12-31",
        "contact_limit": "7",
    }

    client.post(url(company, "agreement"), data)
    backwards = client.post(url(company, "agreement"), {**data, "agreement_until": "2025-12-31"})

    assert backwards.status_code == 422
    assert "The last day is before the first one." in Page(backwards).text
    with tenant_scope(portal.tenant):
        row = Organisation.objects.get(pk=company.pk)
        assert (row.agreement_from, row.agreement_until, row.named_contact_limit) == (
            date(2026, 1, 1),
            date(2026, 12, 31),
            7,
        )


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "10001", "99999999999", "two"])
def test_a_number_of_contacts_is_a_number(portal, company, browse, number):
    client = browse(portal, portal.administrator)

    for address, data in (
        (url(company, "agreement"), {"contact_limit": number}),
        ("/settings/agreements/new/", {"name": "New", "contacts": "own", "contact_limit": number}),
    ):
        answer = client.post(address, data)
        assert answer.status_code == 422
        assert "Write a number from 1 to 10,000." in Page(answer).text


def test_a_retired_agreement_is_given_to_nobody_new_and_kept_by_who_has_it(portal, company, browse):
    client = browse(portal, portal.administrator)
    with tenant_scope(portal.tenant):
        key = company.agreement_id

    client.post(f"/settings/agreements/{key}/retirement/")
    refused = client.post(url(portal.organisation, "agreement"), {"agreement": str(key)})
    kept = client.post(url(company, "agreement"), {"agreement": str(key), "contact_limit": "3"})

    assert refused.status_code == 422
    assert "This agreement is no longer offered." in Page(refused).text
    assert kept.status_code == 302
    with tenant_scope(portal.tenant):
        agreement = Agreement.objects.get(pk=key)
        assert not agreement.is_active
        with pytest.raises(AgreementRetired):
            set_agreement(actor=portal.administrator, organisation=portal.organisation, agreement=agreement)
    client.post(f"/settings/agreements/{key}/return/")
    with tenant_scope(portal.tenant):
        assert Agreement.objects.get(pk=key).is_active


def test_an_agreement_nobody_has_is_removed(in_scope):
    agreement = add_agreement(actor=in_scope.administrator, values={"name": "Unused"})

    assert retire_agreement(actor=in_scope.administrator, agreement=agreement) is False
    assert Agreement.objects.count() == 0


def test_another_portals_agreement_is_not_there(portal, other_portal, company, browse):
    client = browse(portal, portal.administrator)
    with tenant_scope(other_portal.tenant):
        for number in range(5):
            far = Agreement.objects.create(name=f"Far {number}")

    assert client.get(f"/settings/agreements/{far.pk}/").status_code == 404
    assert client.post(f"/settings/agreements/{far.pk}/retirement/").status_code == 404
    assert client.post(url(company, "agreement"), {"agreement": str(far.pk)}).status_code == 422
    with tenant_scope(other_portal.tenant):
        assert Agreement.objects.filter(pk=far.pk, is_active=True).exists()


@pytest.mark.parametrize(
    ("contacts", "number", "limit"),
    [("everybody", "", None), ("2", "", 2), ("10", "5", 10), ("own", "7", 7), ("everybody", "7", None)],
)
def test_an_agreement_says_who_may_ask_and_over_which_channels(portal, company, browse, contacts, number, limit):
    client = browse(portal, portal.administrator)
    data = {"name": "Bas", "contacts": contacts, "contact_limit": number, "allows_mail": "on"}

    client.post("/settings/agreements/new/", data)

    with tenant_scope(portal.tenant):
        made = Agreement.objects.get(name="Bas")
        assert (made.contact_limit, made.allows_web, made.allows_mail, made.shows_phone) == (limit, False, True, False)
    form = Page(client.get(f"/settings/agreements/{made.pk}/")).form(f"/settings/agreements/{made.pk}/")
    client.post(f"/settings/agreements/{made.pk}/", {**form, "name": "Bas 2"})
    with tenant_scope(portal.tenant):
        saved = Agreement.objects.get(pk=made.pk)
        assert (saved.name, saved.contact_limit, saved.allows_web) == ("Bas 2", limit, False)


def test_an_agreements_name_is_there_once(portal, company, browse):
    client = browse(portal, portal.administrator)

    answer = client.post("/settings/agreements/new/", {"name": "Standard", "contacts": "2"})

    assert answer.status_code == 422
    assert "There is an agreement with this name already." in Page(answer).text
    with tenant_scope(portal.tenant), pytest.raises(NameTaken):
        add_agreement(actor=portal.administrator, values={"name": "Standard"})


def test_the_list_counts_who_has_an_agreement(portal, company, browse):
    with tenant_scope(portal.tenant):
        OrganisationFactory(agreement=company.agreement)
        UserFactory(organisation=company)

    page = Page(browse(portal, portal.administrator).get("/settings/agreements/"))

    assert page.main["data-total"] == "1"
    assert "2 named contacts Portal and mail · phone number shown 2 Retire" in page.text


def test_only_administrators_agree(in_scope):
    agreement = Agreement.objects.create(name="Standard")
    for actor in (in_scope.agent, in_scope.lead, in_scope.customer):
        for forbidden in (
            lambda actor=actor: add_agreement(actor=actor, values={"name": "Mine"}),
            lambda actor=actor: update_agreement(actor=actor, agreement=agreement, values={"name": "Mine"}),
            lambda actor=actor: retire_agreement(actor=actor, agreement=agreement),
            lambda actor=actor: set_agreement(actor=actor, organisation=in_scope.organisation, agreement=agreement),
        ):
            with pytest.raises(PermissionError):
                forbidden()


# Staff


def test_the_list_of_staff_tells_roles_departments_and_who_has_left(portal, company, browse):
    client = browse(portal, portal.administrator)
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.lead.pk).update(is_active=False, closed_at=timezone.now())

    here, gone = Page(client.get("/settings/staff/")), Page(client.get("/settings/staff/?state=closed"))

    assert here.main["data-total"] == "2"
    assert "Elin Lund" in here.text
    assert "Service desk" in here.text
    assert "Johan Strand" not in here.text
    assert gone.main["data-total"] == "1"
    assert Page(client.get("/settings/staff/?q=elin")).main["data-total"] == "1"


def test_staff_cost_the_same_few_or_many(portal, company, browse):
    from tests.factories import AgentFactory, MemberFactory

    client = browse(portal, portal.administrator)
    few = queries(client, "/settings/staff/")
    with tenant_scope(portal.tenant):
        for _number in range(20):
            MemberFactory(department=portal.department, user=AgentFactory(password=None))

    assert queries(client, "/settings/staff/") == few
