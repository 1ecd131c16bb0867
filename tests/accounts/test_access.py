"""Settings: who comes in, whom the refused turn to, and the list of webmail domains."""

import pytest
from django.utils import translation

from accounts.actions.private_domains import (
    NoPrivateDomain,
    add_private_domain,
    remove_private_domain,
    restore_private_domains,
)
from accounts.actions.updating import ACCESS_FIELDS, update_access
from accounts.models import Organisation, OrganisationDomain, PrivateDomain, Tenant
from accounts.queries.domains import is_private_address
from accounts.scoping import tenant_scope
from accounts.webmail import WEBMAIL_DOMAINS
from tests.pages import Page, snapshot

CHOSEN = {
    "strangers": "application",
    "known_domains": "open",
    "contacts_may_invite": "on",
    "refuses_private_addresses": "on",
    "entry_contact_sv": "Kundtjänst, 08-1",
    "entry_contact_en": "Customer service, 08-1",
    "phone": "08-2",
    "phone_hours_sv": "vardagar 8–16",
    "phone_hours_en": "weekdays 8–16",
    "phone_is_urgent_only": "on",
    "on_call_phone": "070-3",
}


def values(portal) -> dict:
    return Tenant.objects.filter(pk=portal.tenant.pk).values().get()


def test_an_administrator_says_who_comes_in_on_their_own_portal_only(portal, other_portal, browse):
    before = values(other_portal)
    client = browse(portal, portal.administrator)

    assert client.post("/settings/access/", CHOSEN).status_code == 302

    after = values(portal)
    assert {name: after[name] for name in ACCESS_FIELDS} == {
        **CHOSEN,
        "contacts_may_invite": True,
        "refuses_private_addresses": True,
        "phone_is_urgent_only": True,
    }
    assert values(other_portal) == before
    page = Page(client.get("/settings/access/"))
    for words in ("Somebody you do not know sends an application.", "Nobody creates a ticket without signing in."):
        assert words in page.text


def test_what_people_read_of_it_is_in_their_language(portal, browse):
    browse(portal, portal.administrator).post("/settings/access/", CHOSEN | {"phone_hours_en": ""})
    tenant = Tenant.objects.get(pk=portal.tenant.pk)
    with translation.override("en"):
        assert (tenant.entry_contact, tenant.phone_hours) == ("Customer service, 08-1", "vardagar 8–16")
    with translation.override("sv"):
        assert (tenant.entry_contact, tenant.phone_hours) == ("Kundtjänst, 08-1", "vardagar 8–16")


@pytest.mark.parametrize(
    "wrong", [{"strangers": ""}, {"strangers": "anything"}, {"known_domains": "x"}, {"phone": "1" * 99}]
)
def test_wrong_answers_are_refused_and_what_was_typed_stays(portal, other_portal, browse, wrong):
    before = values(portal)

    response = browse(portal, portal.administrator).post("/settings/access/", {**CHOSEN, **wrong})

    assert response.status_code == 422
    assert Page(response).form("/settings/access/")["entry_contact_sv"] == CHOSEN["entry_contact_sv"]
    assert values(portal) == before


@pytest.mark.parametrize("role", ["customer", "agent", "lead"])
def test_nobody_else_does(in_scope, browse, role):
    actor = getattr(in_scope, role)
    row = PrivateDomain.objects.create(domain="gmail.com")
    client = browse(in_scope, actor)
    before = snapshot(without=("accounts.Session",))

    assert client.post("/settings/access/", CHOSEN).status_code == 404
    assert client.post("/settings/access/private-domains/", {"domain": "a.example"}).status_code == 404
    assert client.post("/settings/access/private-domains/default/").status_code == 404
    assert client.post(f"/settings/access/private-domains/{row.pk}/removal/").status_code == 404
    with pytest.raises(PermissionError):
        update_access(actor=actor, values=CHOSEN)
    with pytest.raises(PermissionError):
        add_private_domain(actor=actor, domain="a.example")
    with pytest.raises(PermissionError):
        remove_private_domain(actor=actor, domain=row)
    with pytest.raises(PermissionError):
        restore_private_domains(actor=actor)
    assert snapshot(without=("accounts.Session",)) == before


def test_the_list_is_kept_by_the_page(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.administrator)

    added = client.post("/settings/access/private-domains/", {"domain": "@Åby-Webmail.example."}, follow=True)
    assert "is on the list now" in added.content.decode()
    row = PrivateDomain.objects.get()
    assert row.domain == "xn--by-webmail-05a.example"
    assert is_private_address("a@åby-webmail.example")
    twice = client.post("/settings/access/private-domains/", {"domain": row.domain}, follow=True)
    assert "was on the list already" in twice.content.decode()
    client.post(f"/settings/access/private-domains/{row.pk}/removal/")
    assert not PrivateDomain.objects.exists()
    client.post("/settings/access/private-domains/default/")
    assert set(PrivateDomain.objects.values_list("domain", flat=True)) == set(WEBMAIL_DOMAINS)
    with tenant_scope(other_portal.tenant):
        assert not PrivateDomain.objects.exists()


@pytest.mark.parametrize("typed", ["", "no domain", "localhost", "a@b.example", "x" * 300, "-.example"])
def test_what_is_no_domain_is_refused(in_scope, browse, typed):
    response = browse(in_scope, in_scope.administrator).post("/settings/access/private-domains/", {"domain": typed})

    assert response.status_code == 422
    assert not PrivateDomain.objects.exists()


def test_a_customers_domain_is_no_private_one(in_scope):
    organisation = Organisation.objects.create(name="Kund AB")
    OrganisationDomain.objects.create(organisation=organisation, domain="mail.kund.example")
    OrganisationDomain.objects.create(organisation=organisation, domain="gmail.com")

    for domain in ("mail.kund.example", "kund.example"):
        with pytest.raises(NoPrivateDomain) as reason:
            add_private_domain(actor=in_scope.administrator, domain=domain)
        assert reason.value.customers == "mail.kund.example"
    restore_private_domains(actor=in_scope.administrator)
    assert not PrivateDomain.objects.filter(domain="gmail.com").exists()


def test_restoring_keeps_what_was_added(in_scope):
    add_private_domain(actor=in_scope.administrator, domain="own.example")
    PrivateDomain.objects.create(domain=WEBMAIL_DOMAINS[0])

    assert restore_private_domains(actor=in_scope.administrator) == len(WEBMAIL_DOMAINS) - 1
    assert restore_private_domains(actor=in_scope.administrator) == 0
    assert PrivateDomain.objects.filter(domain="own.example").exists()
