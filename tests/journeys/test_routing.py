"""An administrator writes a rule, tries it on the last tickets, saves it, and asks where an invented one would go."""

import pytest
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from routing.models import RoutingRule
from tests.journeys.conftest import Meet, Site
from tickets.actions.trials import work_on_trials

ADMIN = "admin@larm.example"


@pytest.fixture
def language() -> str:
    return "en"


@pytest.mark.parametrize("scripts", [True, False], ids=["with-script", "without-script"])
def test_a_rule_is_written_tried_and_saved(meet: Meet, larm: Site, scripts: bool) -> None:
    admin = meet(ADMIN, java_script_enabled=scripts)
    admin.open("/settings/routing/")
    rules = int(admin.mark("total"))
    admin.follow("Add a rule")
    admin.fill(name="Access to the national team")
    admin.field("fact").select_option("topic")
    admin.press("Add", within="#conditions")
    assert admin.field("name").input_value() == "Access to the national team"
    admin.page.locator("[name=condition0-values][value=passagesystem]").check()
    admin.field("department").select_option(label="– Order")
    admin.press("Try it on the last 30 days")
    assert admin.heading == "The change is being tried"
    work_on_trials()
    if not scripts:
        admin.follow("See how far it is")
    expect(admin.page.locator("h1")).to_contain_text("would land elsewhere")
    admin.look()
    assert int(admin.mark("total")) == admin.page.locator("main tbody tr").count() > 0
    admin.press("Save this change")
    admin.is_told("“Access to the national team” is saved and holds for tickets from now on.")
    assert int(admin.mark("total")) == rules + 1
    with tenant_scope(larm.tenant):
        rule = RoutingRule.objects.get(name="Access to the national team")
        assert rule.conditions == [{"fact": "topic", "operator": "is", "values": ["passagesystem"]}]

    admin.follow("Try an invented ticket")
    admin.field("topic").select_option(label=larm.topic("passagesystem", "en"))
    admin.press("See where it goes")
    expect(admin.page.locator("#answer h2")).to_have_text("To Order")
    expect(admin.page.locator("#answer")).to_contain_text("Access to the national team")


def test_the_settings_of_routing_are_all_of_one_piece(meet: Meet, larm: Site) -> None:
    admin = meet(ADMIN)
    admin.open("/settings/routing/tables/new/")
    admin.fill(name="Ports", rows="value;department\nHamnen;Nowhere")
    admin.press("See what would change", status=422)
    admin.sees("Row 2: There is no open department called “Nowhere”.")
    admin.fill(rows="value;department\nHamnen;Order")
    admin.press("See what would change")
    admin.press("Save the table")
    assert admin.mark("total") == "1"
    admin.open("/settings/routing/rules/new/")
    admin.press("Save without trying", status=422)
    admin.open("/desk/organisations/")
    admin.follow("Hamnbolaget", within="main")
    admin.open(f"{admin.path}department/")
    admin.page.locator("summary", has_text="Add an exception").click()
    admin.field("topic").select_option(label=larm.topic("order", "en"))
    admin.press("Save the exception")
    assert admin.mark("total") == "1"
