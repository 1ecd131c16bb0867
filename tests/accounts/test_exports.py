"""Lists that leave as files: the same rows as the list shows, safe in a spreadsheet, whatever their number."""

import csv
import io

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.agreeing import add_agreement
from accounts.actions.domains import add_domain
from accounts.actions.inviting import invite_person
from accounts.models import Agreement, Application
from accounts.scoping import tenant_scope
from tests.factories import OrganisationFactory, UserFactory

LISTS = {
    "people": "/desk/people/export.csv",
    "organisations": "/desk/organisations/export.csv",
    "applications": "/desk/applications/export.csv",
    "invitations": "/desk/invitations/export.csv",
    "agreements": "/settings/agreements/export.csv",
}


def rows_of(response, separator: str = ",") -> list[list[str]]:
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@pytest.fixture
def stocked(portal, other_portal):
    """One of everything on both portals."""
    for house in (portal, other_portal):
        with tenant_scope(house.tenant):
            name = house.tenant.slug
            applicant = UserFactory(email=f"applicant@{name}.example", name=f"Applicant of {name}", is_active=False)
            Application.objects.create(user=applicant, reason=f"=1+1 {name}", created_at=timezone.now())
            invite_person(actor=house.agent, email=f"invited@{name}.example", organisation=house.organisation)
            add_agreement(actor=None, values={"name": f"Agreement of {name}", "contact_limit": 2})
            OrganisationFactory(name=f"Customer of {name}", notes=f"@SUM(1) {name}")
    return portal


@pytest.mark.parametrize("name", LISTS)
def test_a_list_leaves_with_its_own_portals_rows_only(stocked, browse, name):
    response = browse(stocked, stocked.administrator).get(LISTS[name])

    assert response.streaming
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="north-{name}-')
    rows = rows_of(response)
    text = repr(rows)
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1, "every row has as many cells as the header"
    assert "south" not in text
    assert "north" in text or name == "people"


def test_swedish_readers_get_semicolons_and_their_own_words(stocked, browse):
    client = browse(stocked, stocked.agent)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "sv"
    rows = rows_of(client.get(LISTS["people"]), ";")

    assert rows[0] == ["e-post", "namn", "telefon", "språk", "organisation", "namngiven kontakt", "kontaktperson"]
    assert ["anna@kund.example", "Anna Holm", "", "en", "Åby kommun", "nej", "nej"] in rows


def test_no_cell_of_any_list_is_a_formula(stocked, browse):
    client = browse(stocked, stocked.administrator)
    with tenant_scope(stocked.tenant):
        UserFactory(email="=cmd@kund.example", name="+SUM(1)", phone="-1", organisation=OrganisationFactory(name="@x"))
        Agreement.objects.create(name="=HYPERLINK()")
    for url in LISTS.values():
        cells = [cell for row in rows_of(client.get(url)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_questions_of_the_list_hold_for_its_file(stocked, browse):
    client = browse(stocked, stocked.agent)
    with tenant_scope(stocked.tenant):
        UserFactory(email="closed@kund.example", is_active=False, closed_at=timezone.now())

    def addresses(query: str) -> list[str]:
        return [row[0] for row in rows_of(client.get(f"{LISTS['people']}?{query}"))[1:]]

    assert addresses("q=anna") == ["anna@kund.example"]
    assert addresses("state=closed") == ["closed@kund.example"]
    assert "agent@north.example" in addresses("role=staff")
    assert "agent@north.example" not in addresses("")
    assert addresses(f"organisation={stocked.organisation.pk}") == ["anna@kund.example"]
    assert [row[0] for row in rows_of(client.get(f"{LISTS['organisations']}?q=customer"))[1:]] == ["Customer of north"]
    assert len(rows_of(client.get(f"{LISTS['applications']}?state=approved"))) == 1
    assert len(rows_of(client.get(f"{LISTS['invitations']}?state=all"))) == 2
    assert len(rows_of(client.get(f"{LISTS['invitations']}?state=revoked"))) == 1


@pytest.mark.parametrize("name", LISTS)
def test_customers_and_strangers_export_nothing(stocked, browse, name):
    assert browse(stocked, stocked.customer).get(LISTS[name]).status_code == 404
    assert browse(stocked).get(LISTS[name]).status_code == 302


def test_agreements_are_exported_by_administrators(stocked, browse):
    assert browse(stocked, stocked.agent).get(LISTS["agreements"]).status_code == 404


@pytest.mark.parametrize("name", ["people", "organisations"])
def test_a_file_takes_as_many_queries_for_many_rows_as_for_few(stocked, browse, name):
    client = browse(stocked, stocked.agent)
    with tenant_scope(stocked.tenant):
        for number in range(30):
            name_of_it = f"Many {'Alone' if number == 7 else number}"
            organisation = OrganisationFactory(name=name_of_it)
            add_domain(actor=None, organisation=organisation, domain=f"many{number}.example")
            UserFactory(name=name_of_it, organisation=organisation, password=None)

    def queries(words: str, expected: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(rows_of(client.get(f"{LISTS[name]}?q={words}"))) == expected + 1
        return len(asked)

    assert queries("alone", 1) == queries("many", 30)
