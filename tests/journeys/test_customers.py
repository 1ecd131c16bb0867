"""Staff keep the customers: who belongs where, who may ask, what is agreed; and arrange their own house."""

import pytest
from playwright.sync_api import expect

from accounts.models import Organisation, User
from accounts.scoping import tenant_scope
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site

INGRID, TOMAS, STINA = "Ingrid Moberg", "Tomas Brink", "Stina Olin"


@pytest.fixture
def language() -> str:
    return "en"


def find(reader: Reader, group: str, words: str, name: str) -> None:
    """By the rail, a search and the name in the list."""
    reader.follow(reader.t(group), within=".rail")
    reader.field("q").fill(words)
    with reader.goes_on():
        reader.page.keyboard.press("Enter")
    assert reader.mark("total") == "1"
    reader.follow(name, within="main")


def places(reader: Reader, taken: int, limit: int) -> None:
    expect(reader.page.locator("main [data-places]")).to_have_attribute("data-places", f"{taken} / {limit}")


def test_an_agent_keeps_the_contacts_of_a_customer(meet: Meet, plan: Site) -> None:
    amir = meet("agent@plan.example", site=plan)

    find(amir, "People", "stina granvik", STINA)
    assert amir.heading == STINA
    with amir.goes_on(status=422):  # both places are taken: whose?
        amir.page.locator("main li", has_text=amir.t("Named contact")).get_by_role("button").click()
    amir.sees("2 of 2")
    with amir.goes_on():
        amir.page.get_by_label(INGRID).check()
        amir.button(amir.t("Replace"), within="main").click()
    amir.is_told(f"{STINA} has {INGRID}’s place as a named contact.")
    places(amir, 2, 2)

    # What only administrators arrange is read and not offered.
    amir.sees_not("/visibility/", "/agreement/", "/merger/", "/domains/")
    with tenant_scope(plan.tenant):
        named = User.objects.filter(is_named_contact=True, organisation__name="Granviks kommun")
        assert set(named.values_list("name", flat=True)) == {STINA, TOMAS}

    # The customer's own administrators, whom the others are told.
    amir.page.get_by_text(amir.t("Add an administrator of theirs")).click()
    form = amir.page.locator("section:has(#administrators-title) > details")
    form.get_by_label(amir.t("Name")).fill("Nora Yng")
    with amir.goes_on(status=422):
        form.get_by_role("button").click()
    amir.sees(amir.t("Write a mail address or a phone number, so that they can be reached."))
    form = amir.page.locator("section:has(#administrators-title) > details")
    form.get_by_label(amir.t("Phone")).fill("0300-1")
    with amir.goes_on():
        form.get_by_role("button").click()
    amir.sees("Nora Yng", "0300-1")


def test_an_administrator_arranges_moves_merges_and_closes(meet: Meet, plan: Site) -> None:
    lena = meet("admin@plan.example", site=plan)

    find(lena, "Organisations", "motes", "Mötesbolaget")
    lena.page.get_by_text(lena.t("Add a mail domain")).click()
    lena.fill(domain="gmail.com")
    lena.press(lena.t("Add the domain"), status=422)
    lena.sees("gmail.com is a public mail service")
    lena.fill(domain="Möten.example")
    lena.press(lena.t("Add the domain"))
    lena.sees("möten.example")
    lena.page.get_by_label("Everybody who has proved their address sees all of them").check()
    lena.press(lena.t("Save who sees what"))
    expect(lena.page.get_by_label("Everybody who has proved their address sees all of them")).to_be_checked()

    find(lena, "People", "nadja", "Nadja Frisk")
    lena.follow("Move to another organisation", within="main")
    lena.sees("Their tickets so far stay with Mötesbolaget")
    lena.page.get_by_label("Region Norrdal").check()
    lena.press(lena.t("Save"), within="main")
    lena.is_told("Nadja Frisk belongs to Region Norrdal now.")

    find(lena, "Organisations", "motes", "Mötesbolaget")
    lena.follow(lena.t("Merge it into another organisation"))
    lena.follow("Granviks kommun", within="main")
    assert lena.heading == "Merge Mötesbolaget into Granviks kommun?"
    lena.press(lena.t("Merge them"))
    lena.is_told("Mötesbolaget is part of Granviks kommun now.")
    lena.sees("möten.example", "motesbolaget.example", "kund.example")
    with tenant_scope(plan.tenant):
        assert not Organisation.objects.filter(name="Mötesbolaget").exists()

    lena.follow(lena.t("Settings"), within=".rail")
    lena.follow(lena.t("Agreements"), within="main")
    lena.follow(lena.t("New agreement"))
    lena.fill(name="Grund")
    lena.page.get_by_label(lena.t("Another number of named contacts")).check()
    lena.press(lena.t("Save the agreement"), status=422)
    lena.fill(contact_limit="4")
    lena.press(lena.t("Save the agreement"))
    lena.sees("4 named contacts")
    with lena.goes_on():
        lena.page.locator("tr", has_text="Grund").get_by_role("button").click()
    lena.sees_not("4 named contacts")

    lena.follow(lena.t("Departments"), within="main")
    lena.follow("Meetings", within="main")
    lena.press(lena.t("Show them to all agents"))
    lena.sees(lena.t("Agents of every department see and answer these tickets, older ones as well."))

    lena.follow(lena.t("Staff"), within="main")
    hanna = meet("hanna@plan.example", site=plan)
    lena.follow("Hanna Sjö", within="main")
    lena.follow(lena.t("Close the account…"), within="main")
    lena.press(lena.t("Close the account"))
    lena.is_told("The account of Hanna Sjö is closed.")
    hanna.open("/desk/")
    assert hanna.path == "/sign-in/"
