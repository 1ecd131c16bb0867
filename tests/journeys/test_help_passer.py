"""The access-control company's manual on its help centre (row A): hours, guides, and a training every month."""

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual

LANGUAGE = "sv"
OSKAR, TILDA, EVA = "customer@kund.example", "colleague@kund.example", "contact@kund.example"
AGENT = "agent@passer.example"
TRAINING = "Kom igång med Portvakten"
LINK = "https://meet.passer.example/start"


@pytest.fixture
def language() -> str:
    return LANGUAGE


def open_training(reader: Reader) -> None:
    """The first of the coming ones, which is full."""
    reader.open("/")
    reader.follow(reader.t("Booking"), within="header")
    reader.follow(TRAINING, within="[aria-labelledby=coming] .rows")


def test_a_training_each_month(meet: Meet, passer: Site) -> None:
    oskar, tilda = meet(OSKAR, site=passer), meet(TILDA, site=passer)

    manual("A2", "every month a free training, which one books; when it is full one waits in line")
    open_training(oskar)
    expect(oskar.page.locator("[data-free='0']").first).to_be_visible()
    oskar.press(oskar.t("Join the waiting list"), within="main form")
    expect(oskar.page.locator("main [data-line='2']")).to_be_visible()
    oskar.sees_not(LINK, "Eva Kvarn", "Tilda Ring")
    occasion = oskar.path
    assert passer.post.take().keys() == {(OSKAR, "waitlisted")}

    # Whoever has waited longest gets the place that is left, and the next one moves up.
    tilda.open(occasion)
    tilda.follow(tilda.t("Cancel the booking"), within="main")
    tilda.press(tilda.t("Cancel the booking"), within="main")
    letters = passer.post.take()
    assert letters.keys() == {(TILDA, "booking_cancelled"), (EVA, "place_given")}
    oskar.open(occasion)
    expect(oskar.page.locator("main [data-line='1']")).to_be_visible()

    # Staff see who comes and who waits, and make room for one more.
    agent = meet(AGENT, site=passer)
    agent.open(f"/desk{occasion}")
    assert agent.mark("total") == "2"
    agent.sees("Eva Kvarn", "Oskar Lindh")
    agent.follow(agent.t("Change"), within="main")
    agent.fill(seats="3")
    agent.press(agent.t("Save"), within="main")
    assert agent.mark("total") == "3"

    letters = passer.post.take()
    assert letters.keys() == {(OSKAR, "place_given")}
    (file,) = letters[OSKAR, "place_given"].message.iter_attachments()
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert (str(event["status"]), str(event["summary"])) == ("CONFIRMED", TRAINING)
    oskar.open(occasion)
    oskar.sees(oskar.t("You have a place."), LINK)
    with oskar.page.expect_download() as arriving:
        oskar.link(oskar.t("Add to your calendar"), within="main").click()
    assert arriving.value.suggested_filename.endswith(".ics")
