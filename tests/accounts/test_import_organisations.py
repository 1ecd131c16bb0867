"""Organisations from a file: names, domains, agreements."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.agreeing import add_agreement, retire_agreement
from accounts.actions.domains import DomainRefused, add_domain
from accounts.actions.organising import add_organisation
from accounts.enums import ImportState
from accounts.models import Organisation, OrganisationDomain, PrivateDomain
from accounts.problems_in_words import remark_in_words
from accounts.scoping import tenant_scope
from tests.accounts.importing import checked, counts, imported, said, warned
from tests.factories import OrganisationFactory
from tests.pages import snapshot

HEADER = "name,domains,agreement,contact_limit,visibility,notes\n"


@pytest.fixture(autouse=True)
def _agreement(in_scope) -> None:
    add_agreement(actor=None, values={"name": "Standard", "contact_limit": 2})
    PrivateDomain.objects.create(domain="webmail.example")


def organisations(*rows: str) -> str:
    return HEADER + "\n".join(rows) + "\n"


def domains_of(name: str) -> list[tuple[str, bool]]:
    rows = OrganisationDomain.objects.filter(organisation__name=name)
    return sorted(rows.values_list("domain", "with_subdomains"))


def test_importing_writes_organisations_as_their_door_would(in_scope):
    found = imported(
        in_scope,
        organisations('Brf Tallen,"tallen.example, *.åsen.example",standard,4,everybody,"Call first\nthen write"'),
        "organisations",
    )

    assert (found.state, counts(found)) == (ImportState.DONE, (1, 0, 0, 0))
    made = Organisation.objects.get(name="Brf Tallen")
    assert (made.agreement.name, made.contact_limit, made.visibility) == ("Standard", 4, "everybody")
    assert made.notes == "Call first\nthen write"
    assert made.search_key == "brf tallen"
    assert domains_of("Brf Tallen") == [("tallen.example", False), ("xn--sen-tla.example", True)]


def test_an_organisation_like_one_a_door_makes_differs_in_nothing(in_scope):
    made = add_organisation(actor=None, name="By hand")
    imported(in_scope, "name\nBy file\n", "organisations")
    from_file = Organisation.objects.get(name="By file")

    same = [
        field.attname
        for field in Organisation._meta.concrete_fields
        if field.attname not in ("id", "name", "search_key", "created_at")
    ]
    assert {name: getattr(made, name) for name in same} == {name: getattr(from_file, name) for name in same}


def test_a_known_organisation_is_changed_where_the_file_says_something_else(in_scope):
    known = in_scope.organisation
    known.notes, known.contact_limit, known.agreement_until = "Old", 7, "2027-01-01"
    known.save()
    add_domain(actor=None, organisation=known, domain="old.example")

    found = imported(
        in_scope, "Namn;Domäner;Avtal;Synlighet\nÅBY kommun;aby.example;Standard;utvalda\n", "organisations"
    )

    assert counts(found) == (0, 1, 0, 0)
    known.refresh_from_db()
    assert (known.name, known.notes, known.contact_limit) == ("Åby kommun", "Old", 7)
    assert (known.agreement.name, known.agreement_until, known.visibility) == ("Standard", None, "chosen")
    assert domains_of("Åby kommun") == [("aby.example", False)]


def test_empty_cells_and_the_same_values_change_nothing(in_scope):
    row = "Brf Tallen,*.tallen.example a.example,Standard,4,own,Note"
    imported(in_scope, organisations(row), "organisations")
    before = snapshot(without=("accounts.Import",))

    found = checked(in_scope, organisations(row, "Åby kommun,,,,,"), "organisations")

    assert counts(found) == (0, 0, 2, 0)
    assert snapshot(without=("accounts.Import",)) == before


WRONG = [
    (",x.example,,,,", "name", "name_missing"),
    (f"{'n' * 121},,,,,", "name", "too_long"),
    ("New,not a domain!,,,,", "domains", "domain_wrong"),
    ("New,WebMail.example,,,,", "domains", "domain_private"),
    ("New,below.webmail.example,,,,", "domains", "domain_private"),
    ("New,taken.example,,,,", "domains", "domain_taken"),
    ("New,,Unheard of,,,", "agreement", "unknown_agreement"),
    ("New,,Retired,,,", "agreement", "unknown_agreement"),
    ("New,,,0,,", "contact_limit", "number"),
    ("New,,,two,,", "contact_limit", "number"),
    ("New,,,-1,,", "contact_limit", "number"),
    ("New,,,999999999999,,", "contact_limit", "number"),
    ("New,,,,sometimes,", "visibility", "visibility"),
    (f"New,,,,,{'n' * 10001}", "notes", "too_long"),
    ("first,,,,,", "name", "twice"),
]


@pytest.mark.parametrize(("row", "column", "code"), WRONG, ids=[f"{code} {row[:20]}" for row, _column, code in WRONG])
def test_every_wrong_row_is_named_with_what_to_do(in_scope, row, column, code):
    add_domain(actor=None, organisation=in_scope.organisation, domain="taken.example")
    retired = add_agreement(actor=None, values={"name": "Retired"})
    in_scope.organisation.agreement = retired
    in_scope.organisation.save()
    retire_agreement(actor=in_scope.administrator, agreement=retired)

    found = checked(in_scope, organisations("First,,,,,", row, "Åby kommun,,Retired,,,"), "organisations")

    assert {(number, where, what) for number, where, what in said(found)} == {(3, column, code)}
    assert counts(found) == (1, 0, 1, 1)
    words = remark_in_words(found.problems[0])
    assert len(words) > 30
    assert "%(" not in words


@pytest.mark.parametrize(
    "domain", ["webmail.example", "a.webmail.example", "*.example", "fine.example", "*.kund.example"]
)
def test_a_domain_is_refused_here_exactly_when_the_door_refuses_it(in_scope, domain):
    name, with_subdomains = domain.removeprefix("*."), domain.startswith("*.")
    try:
        add_domain(
            actor=None, organisation=in_scope.organisation, domain=name, with_subdomains=with_subdomains
        ).delete()
        refused = False
    except DomainRefused:
        refused = True

    assert bool(said(checked(in_scope, organisations(f"New,{domain},,,,"), "organisations"))) == refused


def test_a_domain_passes_from_one_row_to_the_next_and_never_to_two(in_scope):
    imported(in_scope, organisations("One,shared.example a.example,,,,", "Two,b.example,,,,"), "organisations")

    moved = organisations("One,a.example,,,,", "Two,b.example shared.example,,,,")
    assert said(checked(in_scope, organisations("X,new.example,,,,", "Y,new.example,,,,"), "organisations")) == [
        (3, "domains", "domain_taken")
    ]
    assert imported(in_scope, moved, "organisations").state == ImportState.DONE
    assert domains_of("Two") == [("b.example", False), ("shared.example", False)]
    assert domains_of("One") == [("a.example", False)]


def test_two_names_that_differ_by_an_accent_are_two_organisations_and_that_is_said(in_scope):
    OrganisationFactory(name="Håbo kommun")

    found = imported(in_scope, organisations("Habo kommun,,,,,"), "organisations")

    assert warned(found) == [(2, "resembles")]
    assert Organisation.objects.filter(name__in=("Håbo kommun", "Habo kommun")).count() == 2


def test_what_got_in_the_way_since_the_check_is_told_and_nothing_is_written(in_scope):
    from accounts.actions.import_work import work_on_imports
    from accounts.actions.importing import order_import

    found = checked(in_scope, organisations("New,new.example,,,,", "Other,,,,,"), "organisations")
    add_domain(actor=None, organisation=in_scope.organisation, domain="new.example")
    order_import(actor=in_scope.administrator, import_=found)
    work_on_imports()

    found.refresh_from_db()
    assert (found.state, found.was_overtaken) == (ImportState.CHECKED, True)
    assert said(found) == [(2, "domains", "domain_taken")]
    assert not Organisation.objects.filter(name__in=("New", "Other")).exists()


def test_another_portals_domains_agreements_and_names_are_unknown(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        add_domain(actor=None, organisation=other_portal.organisation, domain="theirs.example")
        add_agreement(actor=None, values={"name": "Theirs"})
        OrganisationFactory(name="New")
        before = snapshot()["accounts.OrganisationDomain"]

    found = imported(in_scope, organisations("New,theirs.example,,,,"), "organisations")

    assert (found.state, found.warnings) == (ImportState.DONE, [])
    assert said(checked(in_scope, organisations("X,,Theirs,,,"), "organisations")) == [
        (2, "agreement", "unknown_agreement")
    ]
    assert set(before) < set(snapshot()["accounts.OrganisationDomain"])


TEXTS = st.text(st.one_of(st.sampled_from("=+-@'\";,\t\n\r åÅ\u202e"), st.characters(codec="utf-8")), max_size=40).map(
    lambda text: text.replace("\x00", "")
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["=Org", "+Org", "'@Org", "Org; and, more", 'The "Org"', "-", "Örg\u00a0X"]),
    notes=TEXTS,
    limit=st.sampled_from([None, 1, 99]),
    visibility=st.sampled_from(["own", "contact_person", "chosen", "everybody"]),
    reader=st.sampled_from(["sv", "en"]),
)
def test_organisations_that_leave_as_a_file_come_back_unchanged(
    in_scope, browse, name, notes, limit, visibility, reader
):
    Organisation.objects.exclude(pk=in_scope.organisation.pk).delete()
    made = OrganisationFactory(name=name, notes=notes, contact_limit=limit, visibility=visibility)
    add_domain(actor=None, organisation=made, domain="åsen.example", with_subdomains=True)
    add_domain(actor=None, organisation=made, domain="b.example")

    client = browse(in_scope, in_scope.agent)
    client.cookies["language"] = reader

    content = client.get("/desk/organisations/export.csv").getvalue()

    found = checked(in_scope, content, "organisations")
    assert (found.state, said(found)) == (ImportState.CHECKED, [])
    assert counts(found) == (0, 0, 2, 0)
