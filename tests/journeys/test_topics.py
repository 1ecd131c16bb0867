"""Choosing what a ticket is about, quick among many, with a script and without; how administrators arrange it."""

import pytest
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from tests.journeys.conftest import Meet, Site
from tickets.actions.arranging import add_topic
from tickets.models import HelpTopic

COLOURS = ("Röda", "Gröna", "Blå", "Gula", "Vita", "Svarta", "Grå")
FORMS = "main [data-topic]:visible"


@pytest.fixture
def many(larm: Site) -> Site:
    """Larm with a heading more, and seven topics below it."""
    with tenant_scope(larm.tenant):
        heading = add_topic(actor=None, slug="grindar", names=("Grindar", "Gates"), icon="key")
        for number, colour in enumerate(COLOURS):
            add_topic(actor=None, slug=f"grind-{number}", names=(f"{colour} grindar", ""), parent=heading)
        HelpTopic.objects.filter(slug="grind-1").update(uses=5)
    return larm


def test_typing_finds_the_form_in_two_steps(meet: Meet, many: Site) -> None:
    guest = meet()
    guest.open("/tickets/new/")
    expect(guest.page.locator("[data-topics-most] a")).to_have_count(1)

    guest.page.fill("#topic-search", "GRÖNA GRIND")
    expect(guest.page.locator(FORMS)).to_have_count(1)
    expect(guest.page.locator("[data-topics-status]")).to_contain_text("1")
    guest.page.fill("#topic-search", "finns inte")
    expect(guest.page.locator(FORMS)).to_have_count(0)
    expect(guest.page.locator("[data-topics-none]")).to_be_visible()
    guest.page.fill("#topic-search", "gröna")
    with guest.goes_on():
        guest.page.press("#topic-search", "Enter")

    assert guest.path == "/tickets/new/grind-1/"
    assert guest.heading == "Gröna grindar"


def test_the_search_needs_no_script(meet: Meet, many: Site) -> None:
    guest = meet(java_script_enabled=False, viewport={"width": 390, "height": 844})
    guest.open("/tickets/new/")
    guest.page.fill("#topic-search", "grindar")
    guest.press(guest.t("Search"), within="main")

    expect(guest.page.locator(FORMS)).to_have_count(len(COLOURS))
    guest.follow("Blå grindar", within="main")
    assert guest.heading == "Blå grindar"
    guest.open("/tickets/new/grindar/")
    assert guest.path == "/tickets/new/"


def test_an_administrator_adds_guidance_and_customers_read_it(meet: Meet, larm: Site) -> None:
    admin = meet("admin@larm.example")
    admin.open("/settings/topics/")
    admin.open("/settings/topics/new/")
    expect(admin.field("form")).to_be_visible()
    admin.page.locator("[name=leads_to][value=guidance]").check()
    expect(admin.page.locator("[name=form]")).to_be_hidden()
    admin.fill(name_sv="Glömd kod", name_en="Forgotten code")
    with admin.goes_on(status=422):
        admin.page.locator("main .button--main[type=submit]").click()
    admin.fill(guidance_sv="Fråga er egen administratör.", guidance_en="Ask your own administrator.")
    with admin.goes_on():
        admin.page.locator("main .button--main[type=submit]").click()
    assert admin.page.locator(".sample").inner_text().count(larm.topic("glomd-kod", admin.language)) == 1

    guest = meet()
    guest.open("/")
    guest.follow(larm.topic("glomd-kod", guest.language), within="main")

    expect(guest.page.locator("[data-guidance]")).to_be_visible()
    expect(guest.page.locator("main form")).to_have_count(0)
