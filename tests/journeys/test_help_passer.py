"""The access-control company's manual on its help centre (row A): hours, guides, and a training every month."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from accounts.models import User
from accounts.scoping import tenant_scope
from knowledge.actions.booking import reminding_moment_of
from knowledge.actions.occasions import remind_booked
from knowledge.models import Occasion
from tests.journeys.browsing import NARROW, Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tests.journeys.post import Letter
from tickets.actions.opening import open_ticket
from tickets.enums import Channel
from tickets.expected import FEWEST
from tickets.models import HelpTopic, Ticket

LANGUAGE = "sv"
OSKAR, TILDA, EVA = "customer@kund.example", "colleague@kund.example", "contact@kund.example"
AGENT = "agent@passer.example"
TRAINING = "Kom igång med Portvakten"
LINK = "https://meet.passer.example/start"
HOURS = "09.00–17.00"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
RECEPTION = "reception@bruket.example"
MOMENTS = (
    ("2026-11-24T08:59", "Stängt nu, öppnar 09.00."),
    ("2026-11-24T09:00", "Öppet nu, till 17.00."),
    ("2026-11-24T17:00", "Stängt nu, öppnar i morgon 09.00."),
    ("2026-11-27T17:30", "Stängt nu, öppnar måndag 09.00."),
    ("2027-01-05T17:30", "Stängt nu, öppnar torsdag 09.00."),
    ("2027-01-06T12:00", "Stängt nu, öppnar i morgon 09.00."),
)
EPIPHANY = "Trettondedag jul"
DOOR, SEVERAL, CODES = (
    "dorren-oppnar-inte-for-ett-kort",
    "flera-dorrar-har-slutat-fungera",
    "lista-over-felkoder-i-synkroniseringen",
)

Clock = Callable[[str], None]


@pytest.fixture
def language() -> str:
    return LANGUAGE


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the clock that the opening hours are read by."""

    def at(moment: str) -> None:
        now = datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM)
        stand_in = SimpleNamespace(now=lambda: now, localtime=timezone.localtime)
        monkeypatch.setattr("routing.opening.timezone", stand_in)

    return at


def is_answered(passer: Site, address: str, minutes: int) -> None:
    """As many tickets as it takes to tell something of the next one, answered within so much working time."""
    with tenant_scope(passer.tenant):
        person, topic = User.objects.get(email=address), HelpTopic.objects.get(slug="fel")
        keys = [
            open_ticket(
                actor=person,
                requester=person,
                topic=topic,
                subject=f"{address} {number}",
                body="Tack för hjälpen.",
                channel=Channel.MAIL,
            ).ticket.pk
            for number in range(FEWEST)
        ]
    passer.post.deliver()
    with tenant_scope(passer.tenant):
        rows = Ticket.objects.filter(pk__in=keys)
        rows.update(first_answered_at=timezone.now(), first_answer_minutes=minutes)


def search(reader: Reader, words: str) -> None:
    reader.open("/")
    reader.page.locator("main [name=q]").fill(words)
    reader.press(reader.t("Search"), within="main [role=search]")


def status_of(letter: Letter) -> str:
    """What the calendar file with a mail makes of the appointment."""
    (file,) = letter.message.iter_attachments()
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert str(event["summary"]) == TRAINING
    return str(event["status"])


def free_seats(reader: Reader) -> str:
    return reader.page.locator("main .facts [data-free]").get_attribute("data-free") or ""


def open_training(reader: Reader) -> None:
    """The first of the coming ones, which is full."""
    reader.open("/")
    reader.follow(reader.t("Booking"), within="header")
    reader.follow(TRAINING, within="[aria-labelledby=coming] .rows")


def test_when_we_are_there(meet: Meet, passer: Site, clock: Clock) -> None:
    guest = meet(site=passer)

    manual("A1", "all ways to reach us are staffed on working days that are no public holiday, between 09 and 17")
    for moment, said in MOMENTS:
        clock(moment)
        guest.open("/")
        expect(guest.page.locator("main .opening strong")).to_have_text(said)
        expect(guest.page.locator("main .opening")).to_contain_text(HOURS)
    expect(guest.page.locator("main .opening")).to_contain_text(f"{EPIPHANY}: {guest.t('closed', 'a day')}")
    guest.sees("08-19 00 40")
    for address in ("/contact/", "/tickets/new/fel/"):
        guest.open(address)
        expect(guest.page.locator("main .opening").first).to_contain_text(MOMENTS[-1][1])


def test_answers_come_as_agreed(meet: Meet, passer: Site) -> None:
    is_answered(passer, OSKAR, 35)
    is_answered(passer, RECEPTION, 400)
    cache.clear()
    said = "Lately, the first answer has usually come within %(within)s of working time."

    manual("A1", "response times differ by customer and agreement")
    for address, within in ((OSKAR, "40 min"), (RECEPTION, "7 tim"), ("", "7 tim")):
        reader = meet(address, site=passer)
        reader.open("/tickets/new/fel/")
        reader.sees(reader.t(said, within=within))


def test_guides_and_common_troubleshooting(meet: Meet, passer: Site) -> None:
    guest, oskar = meet(site=passer), meet(OSKAR, site=passer)

    manual("A2", "here are guides and common troubleshooting: by searching, also with typing errors")
    search(guest, "dörren öpnar inte")
    hit = guest.page.locator(f"main a[href='/help/{DOOR}/']")
    expect(hit.locator("mark").first).to_be_visible()
    with guest.goes_on():
        hit.click()
    guest.sees("röd, tre blink")
    guest.follow("Flera dörrar har slutat fungera", within="main .article")
    assert guest.path == f"/help/{SEVERAL}/"

    manual("A2", "and by section")
    with guest.goes_on():
        guest.page.locator("main a.back").click()
    assert (guest.heading, guest.page.locator("main [data-total]").get_attribute("data-total")) == ("Felsökning", "2")
    guest.open("/")
    guest.follow(guest.t("Help"), within="header")
    guest.sees("Kort och behörigheter", "Om supporten")
    guest.sees_not(CODES)
    for words in ("S20", "synkronisering felkoder"):
        search(guest, words)
        guest.sees_not(CODES)
    search(oskar, "S20")  # for technicians: whoever is signed in
    oskar.follow("Lista över felkoder i synkroniseringen", within="main")

    # What is known is shown to whoever begins to write, and may be all they need.
    guest.open("/tickets/new/fel/")
    guest.fill(subject="Dörren öppnar inte, kortet blinkar rött")
    suggested = guest.page.locator("main [data-suggestion]").filter(has=guest.page.locator(f"a[href='/help/{DOOR}/']"))
    expect(suggested).to_be_visible()
    expect(guest.page.locator("[data-suggestions-status]")).not_to_be_empty()
    with guest.goes_on():
        suggested.get_by_role("button").click()
    assert guest.heading == guest.t("Good that it is solved")


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

    # A long address fits the button of a small phone.
    meet("supportlead@passer.example", site=passer, viewport=NARROW).open("/service-messages/subscription/")

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
    assert status_of(letters[OSKAR, "place_given"]) == "CONFIRMED"
    oskar.open(occasion)
    oskar.sees(oskar.t("You have a place."), LINK)
    with oskar.page.expect_download() as arriving:
        oskar.link(oskar.t("Add to your calendar"), within="main").click()
    assert arriving.value.suggested_filename.endswith(".ics")


def test_a_place_is_booked_reminded_of_and_left(meet: Meet, passer: Site) -> None:
    guest, oskar = meet(site=passer), meet(OSKAR, site=passer)

    manual("A2", "everybody sees when the free trainings are; one books with an account")
    guest.open("/tickets/new/")
    guest.follow(passer.topic("utbildning", LANGUAGE), within="main")
    guest.follow(guest.t("Booking"), within="header")
    assert guest.mark("total") == "3"
    with guest.goes_on():
        guest.page.locator("main .rows__row").filter(has=guest.page.locator("[data-free='10']")).first.get_by_role(
            "link"
        ).click()
    expect(guest.link(guest.t("Sign in to book"), within="main")).to_be_visible()
    guest.sees_not(LINK)
    address = guest.page.url

    # The button pressed in two windows: one place, and one mail.
    second = oskar.context.new_page()
    for page in (oskar.page, second):
        page.goto(address)
    for page in (oskar.page, second):
        with page.expect_navigation():
            page.locator("main form").get_by_role("button", name=oskar.t("Book a place"), exact=True).click()
    second.close()
    oskar.open(address)
    oskar.sees(oskar.t("You have a place."), LINK)
    assert free_seats(oskar) == "9"
    booked = passer.post.take()
    assert booked.keys() == {(OSKAR, "booked")}
    assert status_of(booked[OSKAR, "booked"]) == "CONFIRMED"

    # The last working morning before it, they are reminded, once.
    with tenant_scope(passer.tenant):
        occasion = Occasion.objects.get(pk=int(oskar.path.split("/")[2]))
        morning = reminding_moment_of(occasion)
        assert remind_booked(morning) > 0
        assert remind_booked(morning) == 0
    letters = passer.post.take()
    reminder = letters[OSKAR, "booking_reminded"]
    assert LINK in reminder.text

    # Its link opens the page, where they leave their place to others.
    oskar.open(reminder.link("/booking/"))
    oskar.follow(oskar.t("Cancel the booking"), within="main")
    oskar.press(oskar.t("Cancel the booking"), within="main")
    oskar.is_told(oskar.t("Your booking is cancelled."))
    letters = passer.post.take()
    assert letters.keys() == {(OSKAR, "booking_cancelled")}
    assert status_of(letters[OSKAR, "booking_cancelled"]) == "CANCELLED"
    oskar.open(address)
    oskar.sees_not(LINK)
    assert free_seats(oskar) == "10"
    expect(oskar.button(oskar.t("Book a place"), within="main")).to_be_visible()
    with tenant_scope(passer.tenant):
        assert remind_booked(morning) == 0
