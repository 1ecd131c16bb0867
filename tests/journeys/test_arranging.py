"""An administrator decides what customers are asked and where it lands, and tries it first; then a customer files."""

import pytest
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tickets.actions.trials import work_on_trials
from tickets.models import Ticket

ADMIN, PER = "admin@larm.example", "per@hamnbolaget.example"
TOPIC, RULE, DOOR = "Cameras", "Dörrtelefoner", "Which door is it?"


@pytest.fixture
def language() -> str:
    return "en"


def tick(reader: Reader, name: str, value: str) -> None:
    reader.page.locator(f"main [name='{name}'][value='{value}']").check()


def build_the_form(admin: Reader) -> None:
    """A question with two answers, and one that is asked only after the second of them."""
    admin.follow(admin.t("Forms"), within=".settings-nav")
    admin.follow(admin.t("New form"))
    tick(admin, "ready", "")
    admin.press(admin.t("Make the form"), status=422)
    admin.fill(name="Kameror")
    admin.press(admin.t("Make the form"))
    assert (admin.heading, admin.mark("total")) == ("Kameror", "0")

    admin.follow(admin.t("Add a question"))
    admin.follow(admin.t("Choice"), within="main")
    admin.fill(label_sv="Vad är det?", label_en="What is it?", key="device")
    admin.press(admin.t("Save the question"), status=422)  # a choice without anything to choose
    admin.fill(choices="camera | Kamera | Camera\ndoor | Dörrtelefon | Door phone")
    tick(admin, "need", "always")
    admin.press(admin.t("Save the question"))

    admin.follow(admin.t("Add a question"))
    admin.follow(admin.t("Text"), within="main")
    admin.fill(label_sv="Vilken dörr?", label_en=DOOR)
    tick(admin, "need", "always")
    admin.field("depends_on").select_option(index=1)  # the one before it
    admin.press(admin.t("Show the answers of the chosen question"))
    assert admin.field("label_en").input_value() == DOOR
    tick(admin, "depends_values", "door")
    admin.press(admin.t("Save the question"))
    assert admin.mark("total") == "2"
    admin.follow(admin.t("See it as a customer does"))
    admin.sees("What is it?", DOOR)


def add_the_topic(admin: Reader) -> None:
    admin.follow(admin.t("Topics"), within=".settings-nav")
    admin.follow(admin.t("Add a topic"))
    admin.fill(name_sv="Kameror", name_en=TOPIC)
    admin.field("form").select_option(label="Kameror")
    admin.field("department").select_option(label="Kundtjänst")
    admin.press(admin.t("Add the topic"))


def try_an_invented_ticket(admin: Reader) -> str:
    """Where a door phone of nobody known would go."""
    admin.open("/settings/routing/")
    admin.follow(admin.t("Try an invented ticket"))
    admin.field("topic").select_option(label=TOPIC)
    admin.press(admin.t("Ask its questions"))
    admin.field("field_device").select_option("door")
    admin.press(admin.t("See where it goes"))
    return admin.page.locator("#answer").inner_text()


def write_the_rule(admin: Reader) -> None:
    """Door phones, and all that is about access control, to Trygghetslarm."""
    admin.open("/settings/routing/")
    admin.follow(admin.t("Add a rule"))
    admin.fill(name=RULE)
    for place, (fact, value) in enumerate((("field:device", "door"), ("topic", "passagesystem"))):
        admin.field("fact").select_option(fact)
        admin.press(admin.t("Add"), within="#conditions")
        tick(admin, f"condition{place}-values", value)
    assert admin.field("name").input_value() == RULE
    tick(admin, "joined", "any")
    admin.field("department").select_option(label="– Trygghetslarm")


def test_an_administrator_arranges_and_a_customer_files(meet: Meet, larm: Site) -> None:
    admin = meet(ADMIN)
    admin.follow(admin.t("Settings"), within=".rail")
    build_the_form(admin)
    add_the_topic(admin)
    assert admin.t("To %(name)s", name="Kundtjänst") in try_an_invented_ticket(admin)

    # The rule is tried on what has come in, before it is saved.
    write_the_rule(admin)
    admin.press(admin.t("Try it on the last 30 days"))
    assert admin.heading == admin.t("The change is being tried")
    work_on_trials()
    with tenant_scope(larm.tenant):
        total = Ticket.objects.count()
    moved = admin.t("%(moved)s of %(total)s would land elsewhere", moved="2", total=str(total))
    expect(admin.page.locator("h1")).to_have_text(moved)  # the page asks by itself
    admin.look()
    assert admin.mark("total") == "2"
    admin.sees("Två passerkort fungerar inte efter bytet av läsare", "Ny tagg till städbolaget", "Passagesystem")
    admin.press(admin.t("Save this change"))
    admin.is_told(admin.t("“%s” is saved and holds for tickets from now on.").replace("%s", RULE))
    decided = try_an_invented_ticket(admin)
    assert admin.t("To %(name)s", name="Trygghetslarm") in decided
    assert admin.t("The rule “%(subject)s” names %(department)s.", subject=RULE, department="Trygghetslarm") in decided

    # The department is closed into another one, which takes over what points at it.
    admin.follow(admin.t("Departments"), within=".settings-nav")
    admin.follow("Trygghetslarm", within="main")
    admin.follow(admin.t("See what would move"), within="main")
    for what, number in (("topics", "1"), ("rules", "2"), ("tickets", "0")):
        expect(admin.page.locator(f"[data-moves={what}]")).to_have_text(number)
    admin.field("successor").select_option("")
    admin.press(admin.t("Close %(name)s", name="Trygghetslarm"), status=422)
    admin.field("successor").select_option(label="Kundtjänst")
    admin.press(admin.t("Close %(name)s", name="Trygghetslarm"))

    # A customer is asked just that, and it lands there.
    per = meet(PER)
    per.open("/")
    per.follow(TOPIC, within="main")
    per.fill(subject="Ingen hör när det ringer", body="Sedan i går.")
    door = per.page.locator("main label", has_text=DOOR)
    expect(door).to_be_hidden()
    per.field("field_device").select_option("door")
    per.press(per.t("Send ticket"), status=422)
    expect(per.page.locator("#errors a")).to_have_count(1)
    per.page.get_by_label(DOOR).fill("Porten mot kajen")
    per.press(per.t("Send ticket"))
    number = per.mark("ticket")
    per.follow(per.t("Open the ticket"), within="main")
    assert per.mark("department") == "kundtjanst"
    admin.open(f"/desk/tickets/{number}/")
    admin.sees(
        "Porten mot kajen",
        admin.t("The rule “%(subject)s” names %(department)s.", subject=RULE, department="Kundtjänst"),
    )
