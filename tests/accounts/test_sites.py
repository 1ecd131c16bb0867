"""The places of an organisation's that its tickets are about."""

import pytest

from accounts.actions.organising import NameTaken
from accounts.actions.sites import add_sites, remove_site, restore_site, update_site
from accounts.models import Site
from accounts.scoping import tenant_scope
from tests.factories import OrganisationFactory
from tests.pages import Page, snapshot


def names(organisation) -> list[str]:
    return [site.name for site in organisation.sites.filter(is_active=True)]


def test_sites_are_added_once_however_they_are_spelled(in_scope):
    organisation = in_scope.organisation
    first = add_sites(actor=in_scope.agent, organisation=organisation, sites=[("Rådhuset", ""), ("Ån", "Gatan 1")])

    again = add_sites(
        actor=in_scope.agent, organisation=organisation, sites=[("RÅDHUSET", "Torget 1"), ("ån", ""), ("Ny", "")]
    )

    assert [site.name for site in first] == ["Rådhuset", "Ån"]
    assert [site.name for site in again] == ["Ny"]
    found = dict(organisation.sites.values_list("name", "address"))
    assert found == {"Rådhuset": "Torget 1", "Ån": "Gatan 1", "Ny": ""}


def test_a_removed_site_comes_back(in_scope):
    site = add_sites(actor=None, organisation=in_scope.organisation, sites=[("Hall", "Gatan 1")])[0]

    remove_site(actor=in_scope.agent, site=site)
    assert names(in_scope.organisation) == []
    restore_site(actor=in_scope.agent, site=site)
    assert names(in_scope.organisation) == ["Hall"]
    remove_site(actor=in_scope.agent, site=site)

    back = add_sites(actor=in_scope.agent, organisation=in_scope.organisation, sites=[("hall", "")])

    assert [one.pk for one in back] == [site.pk]
    assert Site.objects.get(pk=site.pk).address == "Gatan 1"


def test_two_organisations_may_have_sites_of_one_name(in_scope):
    other = OrganisationFactory()
    for organisation in (in_scope.organisation, other):
        add_sites(actor=None, organisation=organisation, sites=[("School", "")])
    site = add_sites(actor=None, organisation=other, sites=[("Hall", "")])[0]

    with pytest.raises(NameTaken):
        update_site(actor=in_scope.agent, site=site, name="SCHOOL")

    assert names(other) == ["Hall", "School"]


def test_only_staff_write_sites_down(in_scope):
    site = add_sites(actor=None, organisation=in_scope.organisation, sites=[("Hall", "")])[0]
    for act in (
        lambda actor: add_sites(actor=actor, organisation=in_scope.organisation, sites=[("X", "")]),
        lambda actor: update_site(actor=actor, site=site, name="X"),
        lambda actor: remove_site(actor=actor, site=site),
        lambda actor: restore_site(actor=actor, site=site),
    ):
        with pytest.raises(PermissionError):
            act(in_scope.customer)
    assert names(in_scope.organisation) == ["Hall"]


def test_the_page_adds_many_and_changes_one(in_scope, browse):
    client = browse(in_scope, in_scope.agent)
    address = f"/desk/organisations/{in_scope.organisation.pk}/sites/"

    empty = Page(client.get(address))
    added = Page(client.post(address, {"sites": "City hall; Storgatan 1\r\n\r\n  School \x00"}, follow=True))

    assert "No sites yet" in empty.text
    assert "2 sites are added." in added.text
    assert added.main["data-total"] == "2"
    assert dict(in_scope.organisation.sites.values_list("name", "address")) == {
        "City hall": "Storgatan 1",
        "School": "",
    }
    site = Site.objects.get(name="School")
    wrong = client.post(f"{address}{site.pk}/", {"name": "city HALL"})
    assert wrong.status_code == 422
    assert "has a site with this name already" in Page(wrong).text
    assert client.post(f"{address}{site.pk}/", {"name": "Old school", "address": "X"}).status_code == 302
    assert Page(client.get(address, {"q": "skol"})).main["data-total"] == "0"
    assert Page(client.get(address, {"q": "SCHOOL"})).main["data-total"] == "1"
    gone = Page(client.post(f"{address}{site.pk}/removal/", follow=True))
    assert "1 site was removed" in gone.text
    back = Page(client.post(f"{address}{site.pk}/return/", follow=True))
    assert back.main["data-total"] == "2"


@pytest.mark.parametrize("typed", ["", " \n ", ";Only an address", "x" * 121, "\u0301"])
def test_what_is_no_site_is_named_and_kept(in_scope, browse, typed):
    client = browse(in_scope, in_scope.agent)

    answer = client.post(f"/desk/organisations/{in_scope.organisation.pk}/sites/", {"sites": f"{typed}\n"})

    assert answer.status_code == 422
    assert not Site.objects.exists()


def test_a_site_is_reached_through_its_own_organisation_only(in_scope, other_portal, browse):
    other = OrganisationFactory()
    site = add_sites(actor=None, organisation=in_scope.organisation, sites=[("Hall", "")])[0]
    with tenant_scope(other_portal.tenant):
        far = add_sites(actor=None, organisation=other_portal.organisation, sites=[("Far", "")])[0]
    client = browse(in_scope, in_scope.agent)
    before = snapshot(without=("accounts.Session",))

    for pk, row in ((other.pk, site.pk), (in_scope.organisation.pk, far.pk), (other_portal.organisation.pk, far.pk)):
        if pk == in_scope.organisation.pk and row == site.pk:
            continue
        for what in ("", "removal/", "return/"):
            answer = client.post(f"/desk/organisations/{pk}/sites/{row}/{what}", {"name": "Mine"})
            assert answer.status_code == 404

    assert snapshot(without=("accounts.Session",)) == before
    assert browse(in_scope, in_scope.customer).get(f"/desk/organisations/{other.pk}/sites/").status_code == 404


def test_many_sites_take_pages(in_scope, browse, django_assert_max_num_queries):
    add_sites(actor=None, organisation=in_scope.organisation, sites=[(f"Site {n:03}", "") for n in range(60)])
    client = browse(in_scope, in_scope.agent)
    address = f"/desk/organisations/{in_scope.organisation.pk}/sites/"
    client.get(address)

    with django_assert_max_num_queries(20):
        page = Page(client.get(address))

    assert page.main["data-total"] == "60"
    following = next(link for link in page.links() if "after=" in link)
    assert "Site 025" in Page(client.get(f"{address}{following}")).text
