"""Mail domains: which organisation an address belongs to, and which domain can be whose (T13, I6)."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.actions.domains import DomainRefused, add_domain, join_people, remove_domain
from accounts.actions.verifying import verify_address
from accounts.enums import AccountEventKind
from accounts.folding import fold_address, fold_domain
from accounts.models import AccountEvent, OrganisationDomain, PrivateDomain, User
from accounts.queries.domains import organisation_at, people_to_join
from accounts.scoping import tenant_scope
from tests.factories import AgentFactory, OrganisationFactory, UserFactory

LABELS = st.text("abcdefghijklmnopqrstuvwxyzåäöéüø0123456789", min_size=2, max_size=12).filter(
    lambda label: not label.isdigit()
)
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)


@settings(max_examples=200, deadline=None)
@given(DOMAINS, st.sampled_from([str.upper, str.title, str.lower, lambda text: f" @{text}. "]))
@example("åby.se", str.upper)
@example("straße.example", str.lower)
def test_a_domain_has_one_spelling_which_is_that_of_its_addresses(domain, respell):
    folded = fold_domain(respell(domain))

    assert folded == fold_domain(folded) != ""
    assert folded.isascii()
    assert folded == fold_address(f"a@{domain}").rpartition("@")[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "se",
        "localhost",
        "kund",
        "kund..se",
        ".kund.se",
        "a b.se",
        "-kund.se",
        "kund-.se",
        "kund.se/path",
        "anna@kund.se",
        "https://kund.se",
        "*.kund.se",
        "10.0.0.1",
        "[10.0.0.1]",
        "kund.1",
        "ku_nd.se",
        "k\x00und.se",
        "a" * 64 + ".se",
        ".".join(["abcdefgh"] * 32) + ".se",
        "xn--a.se",
    ],
)
def test_what_is_no_mail_domain_is_refused(in_scope, text):
    assert fold_domain(text) == ""
    with pytest.raises(DomainRefused):
        add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain=text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(domain=DOMAINS, sub=LABELS, with_subdomains=st.booleans())
def test_sub_domains_match_only_when_said_so(in_scope, domain, sub, with_subdomains):
    OrganisationDomain.objects.all().delete()
    add_domain(
        actor=in_scope.administrator,
        organisation=in_scope.organisation,
        domain=domain,
        with_subdomains=with_subdomains,
    )

    assert organisation_at(f"Anna@{domain.upper()}") == in_scope.organisation
    assert organisation_at(f"anna@{sub}.{domain}") == (in_scope.organisation if with_subdomains else None)
    assert organisation_at(f"anna@{sub}{domain}") is None
    assert organisation_at(f"anna@{domain}.example") is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(domain=DOMAINS, sub=LABELS)
def test_a_webmail_domain_is_nobodys_nor_one_below_nor_with_its_sub_domains_one_above(in_scope, domain, sub):
    PrivateDomain.objects.all().delete()
    PrivateDomain.objects.create(domain=fold_domain(f"mail.{domain}"))

    for refused, with_subdomains in ((f"mail.{domain}", False), (f"{sub}.MAIL.{domain}", False), (domain, True)):
        with pytest.raises(DomainRefused) as refusal:
            add_domain(
                actor=in_scope.administrator,
                organisation=in_scope.organisation,
                domain=refused,
                with_subdomains=with_subdomains,
            )
        assert refusal.value.private
    assert OrganisationDomain.objects.count() == 0


def test_a_domain_of_another_organisation_is_refused_and_says_whose_it_is(in_scope):
    other = OrganisationFactory(name="Hamnbolaget")
    add_domain(actor=in_scope.administrator, organisation=other, domain="hamn.se")

    with pytest.raises(DomainRefused) as refused:
        add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain="HAMN.SE")

    assert refused.value.organisation == other


def test_the_other_portal_may_have_the_same_domain(in_scope, other_portal):
    add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain="hamn.se")
    with tenant_scope(other_portal.tenant):
        add_domain(actor=other_portal.administrator, organisation=other_portal.organisation, domain="hamn.se")
        assert organisation_at("a@hamn.se") == other_portal.organisation

    assert organisation_at("a@hamn.se") == in_scope.organisation


def test_saying_it_again_changes_only_the_sub_domains(in_scope):
    first = add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain="hamn.se")
    again = add_domain(
        actor=in_scope.administrator, organisation=in_scope.organisation, domain="Hamn.se", with_subdomains=True
    )

    assert first.pk == again.pk
    assert organisation_at("a@x.hamn.se") == in_scope.organisation


def test_people_who_proved_their_address_before_can_be_brought_in(in_scope, other_portal):
    other = OrganisationFactory(name="School")
    proven = {"verified_at": timezone.now(), "password": None}
    for place in (other_portal, in_scope):
        with tenant_scope(place.tenant):
            UserFactory(email="early@hamn.se", **proven)
    UserFactory(email="below@kaj.hamn.se", **proven)
    UserFactory(email="school@skola.hamn.se", **proven)
    UserFactory(email="unproven@hamn.se", password=None)
    UserFactory(email="closed@hamn.se", is_active=False, **proven)
    UserFactory(email="elsewhere@hamn.se", organisation=other, **proven)
    UserFactory(email="similar@xhamn.se", **proven)
    AgentFactory(email="staff@hamn.se", **proven)
    add_domain(actor=in_scope.administrator, organisation=other, domain="skola.hamn.se")
    add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain="hamn.se", with_subdomains=True)

    found = {person.email for person in people_to_join(in_scope.organisation)}
    joined = join_people(actor=in_scope.administrator, organisation=in_scope.organisation)

    assert found == {person.email for person in joined} == {"early@hamn.se", "below@kaj.hamn.se"}
    assert {person.email for person in people_to_join(other)} == {"school@skola.hamn.se"}
    assert AccountEvent.objects.filter(kind=AccountEventKind.MOVED).count() == 2
    assert people_to_join(in_scope.organisation) == []


def test_a_domain_that_is_taken_away_takes_nobody_with_it(in_scope):
    row = add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain="hamn.se")
    verify_address(actor=None, user=UserFactory(email="early@hamn.se"))
    remove_domain(actor=in_scope.administrator, domain=row)
    verify_address(actor=None, user=UserFactory(email="late@hamn.se"))

    assert User.objects.get(email="early@hamn.se").organisation == in_scope.organisation
    assert User.objects.get(email="late@hamn.se").organisation is None


def test_only_administrators_say_whose_a_domain_is(in_scope):
    row = add_domain(actor=in_scope.administrator, organisation=in_scope.organisation, domain="hamn.se")
    for actor in (in_scope.agent, in_scope.customer):
        for forbidden in (
            lambda actor=actor: add_domain(actor=actor, organisation=in_scope.organisation, domain="kaj.se"),
            lambda actor=actor: remove_domain(actor=actor, domain=row),
            lambda actor=actor: join_people(actor=actor, organisation=in_scope.organisation),
        ):
            with pytest.raises(PermissionError):
                forbidden()

    assert [found.domain for found in OrganisationDomain.objects.all()] == ["hamn.se"]
