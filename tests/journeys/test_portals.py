"""A second portal knows nothing of the first one; and the reader's language goes with them (I16)."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.strangers import introduce

CUSTOMER, AGENT = "customer@kund.example", "agent@larm.example"


def test_the_second_portal_knows_nothing_of_the_first(meet: Meet, larm: Site, skola: Site) -> None:
    customer = meet(CUSTOMER)
    customer.open("/tickets/new/brandlarm/")
    customer.fill(subject="Bara för larmet", body="En fil.", field_site="Rådhuset")
    customer.hand_over("drop", "hemlig.txt", "text/plain", "aGVtbGln")
    customer.press(customer.t("Send ticket"))
    number = int(customer.mark("ticket"))
    link = urlsplit(larm.post.take()[CUSTOMER, "confirmation"].ticket_link).path
    customer.open(f"/tickets/{number}/")
    file = urlsplit(customer.page.locator("a.file", has_text="hemlig.txt").evaluate("a => a.href")).path

    # The very person, by address and password, has another account there with other tickets.
    there = meet(CUSTOMER, site=skola)
    there.open("/tickets/?show=all")
    assert there.mark("total") == "2"
    there.sees("Betyg för årskurs 9 går inte att låsa")
    there.sees_not("Bara för larmet", "Nordlarm")
    for path in (f"/tickets/{number}/", f"/tickets/{number}/thanks/", file, link, link + "attachments/1/"):
        there.open(path, status=404)
        there.sees_not("Bara för larmet")

    # Nor do the staff of the one see anything of the other, by whatever way they ask.
    teacher = meet("agent@skola.example", site=skola)
    for path in (f"/desk/tickets/{number}/", f"/desk/tickets/{number}/preview/"):
        teacher.open(path, status=404)
    for words in ("Bara", str(number), "brandlarm"):
        teacher.open(f"/desk/?q={words}")
        assert teacher.mark("total") == "0"

    # A session from there is none here.
    thief = meet(site=skola)
    taken = next(cookie for cookie in customer.context.cookies() if cookie["name"] == "session")
    thief.context.add_cookies([{**taken, "domain": urlsplit(skola.home).hostname}])
    thief.open("/tickets/")
    assert thief.path == "/sign-in/"
    thief.open(f"/tickets/{number}/")
    assert thief.path == "/sign-in/"
    expect(thief.page.locator("body")).not_to_contain_text("Anna Holm")


def test_a_host_of_nobody_is_a_plain_404(meet: Meet, larm: Site) -> None:
    guest = meet()
    answer = guest.page.goto(larm.home.replace("//larm.", "//nobody."))
    assert (answer.status, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")


def test_the_language_is_switched_in_the_header_and_stays(meet: Meet, larm: Site, language: str) -> None:
    other = {"sv": "en", "en": "sv"}[language]
    names = {"sv": "Svenska", "en": "English"}
    guest = meet()
    guest.open("/tickets/new/brandlarm/?from=mail")

    def switch(reader: Reader, to: str) -> None:
        where = reader.page.url
        reader.language = to
        with reader.goes_on():
            reader.page.get_by_role("button", name=names[to], exact=True).click()
        assert reader.page.url == where

    switch(guest, other)
    assert guest.heading == larm.topic("brandlarm", other)
    expect(guest.page.locator("html")).to_have_attribute("lang", other)
    guest.open("/")
    guest.follow(guest.t("Create ticket"), within="header")
    guest.follow(larm.topic("brandlarm", other), within="main")
    guest.fill(email="nils@holm.example", name="Nils Holm", subject="Sirenen", body="Tjuter.", field_site="Ladan")
    introduce(guest)
    guest.press(guest.t("Send ticket"))
    confirmation = larm.post.take()["nils@holm.example", "confirmation"]
    assert confirmation.language == other
    assert guest.t("Hello,") in confirmation.text

    # Somebody signed in takes the choice to their next browser, and into mails about what others do.
    customer = meet("sofia@tallen.example")
    switch(customer, other)
    elsewhere = meet()
    elsewhere.open("/sign-in/")
    elsewhere.fill(email="sofia@tallen.example", password=PASSWORD)
    button = elsewhere.button(elsewhere.t("Sign in"), within="main")
    elsewhere.language = other
    with elsewhere.goes_on():
        button.click()
    assert elsewhere.heading == elsewhere.t("My tickets")
    ticket = larm.ticket("Order: fyra rökdetektorer till hus C")
    agent = meet(AGENT)
    agent.open(f"/desk/tickets/{ticket.number}/")
    agent.fill(body="De kommer på fredag.")
    agent.press(agent.t("Send, we go on working"))
    assert larm.post.take()["sofia@tallen.example", "reply"].language == other
