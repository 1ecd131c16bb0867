"""The alarm company's manual, line by line (row T): an open portal, where filing registers you.

The customers here have no scripts in their browsers; the staff have.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tests.journeys.post import Letter
from tests.journeys.strangers import introduce

LANGUAGE = "sv"
AGENT, ADMIN, CONTACT = "agent@larm.example", "admin@larm.example", "contact@kund.example"


@pytest.fixture
def language() -> str:
    return LANGUAGE


@pytest.fixture
def visitor(meet: Meet) -> Reader:
    return meet(java_script_enabled=False)


def file_an_order(guest: Reader, larm: Site, subject: str, **who: str) -> None:
    guest.open("/")
    guest.follow(guest.t("Create ticket"), within="header")
    guest.follow(larm.topic("order", guest.language), within="main")
    guest.fill(**who, subject=subject, body="Fyra rökdetektorer, samma sort som sist.")
    if guest.t("Sign in") in guest.page.locator("header").inner_text():
        introduce(guest)
    guest.press(guest.t("Send ticket"))
    assert guest.heading == guest.t("Thank you, we have your ticket")


def look_up(agent: Reader, address: str) -> None:
    agent.open(f"/desk/people/?q={address}")
    assert agent.mark("total") == "1"
    with agent.goes_on():
        agent.page.locator("a.table__main").click()


def sign_in_by_code(reader: Reader, larm: Site, address: str) -> None:
    reader.open("/")
    reader.follow(reader.t("Sign in"), within="header")
    reader.follow(reader.t("Sign in with a code by mail"), within="main")
    reader.fill(email=address)
    reader.press(reader.t("Send the code"))
    assert reader.heading == reader.t("Enter the code")
    digits = digits_in(larm.post.take()[address, "code"])
    reader.fill(digits="0" * len(digits))
    reader.press(reader.t("Sign in"), within="main", status=422)
    reader.fill(digits=f"{digits[:4]} {digits[4:]}")
    reader.press(reader.t("Sign in"), within="main")
    assert reader.path == "/tickets/"


def digits_in(letter: Letter) -> str:
    found = re.search(r"^\s*(\d[\d ]{6,}\d)\s*$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[1].replace(" ", "")


def test_filing_registers(meet: Meet, larm: Site, visitor: Reader) -> None:
    address = "nils@hamnbolaget.example"

    manual("T8", "whoever creates a ticket is registered by doing so")
    file_an_order(visitor, larm, "Detektorer till magasin 4", email=address, name="Nils Holm", phone="040-10 00 07")
    number = visitor.mark("ticket")

    manual("T4", "the ticket is confirmed by mail, with its number and a link")
    letter = larm.post.take()[address, "confirmation"]
    assert f"[#{number}]" in letter.subject
    visitor.open(letter.ticket_link)
    assert (visitor.heading, visitor.mark("ticket")) == ("Detektorer till magasin 4", number)

    # They are written down, and have proved nothing yet: of others they see nothing, though the domain is known.
    admin = meet(ADMIN)
    look_up(admin, address)
    admin.sees("Nils Holm", admin.t("not proven yet"))
    admin.sees_not("Hamnbolaget")
    admin.open("/desk/organisations/?q=Hamnbolaget")
    admin.follow("Hamnbolaget", within="main")
    admin.page.locator("[name=visibility][value=everybody]").check()
    with admin.goes_on():
        admin.page.locator("form:has([name=visibility])").get_by_role("button").click()
    visitor.open("/tickets/?show=all")
    assert visitor.path == "/sign-in/"

    manual("T13", "people are recognised by their mail address and put into their organisation")
    visitor.open(letter.password_link)
    visitor.fill(password="kort")
    visitor.press(visitor.t("Save the password and sign in"), status=422)
    visitor.fill(password="Magasin-fyra-vid-kajen")
    visitor.press(visitor.t("Save the password and sign in"))
    look_up(admin, address)
    admin.sees("Hamnbolaget", admin.t("proven"))

    manual("T17", "signed in, they reach the full history")
    visitor.open("/tickets/?show=all")
    visitor.sees("Detektorer till magasin 4", "Två passerkort fungerar inte efter bytet av läsare")
    visitor.follow("Detektorer till magasin 4")
    assert visitor.mark("ticket") == number


def test_registering_without_a_ticket(meet: Meet, larm: Site, visitor: Reader) -> None:
    address = "karin@hamnbolaget.example"

    manual("T8", "to register without a ticket: Sign in at the top right, then Create an account")
    visitor.open("/")
    visitor.follow(visitor.t("Sign in"), within="header")
    visitor.follow(visitor.t("Create an account"), within="main")
    assert (visitor.path, visitor.heading) == ("/register/", visitor.t("Create an account"))
    visitor.fill(email="karin", phone="040-10 00 08")
    visitor.press(visitor.t("Create the account"), status=422)
    expect(visitor.page.locator("#errors a")).to_have_count(2)
    assert visitor.field("phone").input_value() == "040-10 00 08"
    visitor.fill(email=address, name="Karin Hamn")
    visitor.press(visitor.t("Create the account"))
    assert visitor.heading == visitor.t("Look in your mail")

    # Nothing of others before the address is proven, and looking at the link is not proving.
    letters = larm.post.take()
    assert set(letters) == {(address, "verification")}
    agent = meet(AGENT)
    look_up(agent, address)
    agent.sees(agent.t("not proven yet"))
    agent.sees_not("Hamnbolaget")
    link = letters[address, "verification"].link("/verify/")
    meet().open(link)
    visitor.open("/tickets/")
    assert visitor.path == "/sign-in/"
    visitor.open(link)
    visitor.press(visitor.t("Confirm and sign in"))
    visitor.is_told(visitor.t("Your mail address is confirmed."))
    visitor.follow(visitor.t("Go on without a password"))
    assert (visitor.path, visitor.mark("total")) == ("/tickets/", "0")

    manual("T13", "people are recognised by their mail address and put into their organisation")
    visitor.open("/account/")
    visitor.sees("Hamnbolaget")
    look_up(agent, address)
    agent.sees("Hamnbolaget", agent.t("proven"))
    meet().open(link, status=404)

    # The next time a code does instead of a password.
    visitor.press(visitor.t("Sign out"), within="header")
    sign_in_by_code(visitor, larm, address)

    # Registering again changes nothing, and only the mailbox is told so.
    again = meet()
    again.open("/register/")
    again.fill(email=address, name="Någon Annan")
    again.press(again.t("Create the account"))
    assert again.heading == again.t("Look in your mail")
    assert set(larm.post.take()) == {(address, "already_registered")}
    visitor.open("/account/")
    assert visitor.field("name").input_value() == "Karin Hamn"


def test_tickets_of_customers(meet: Meet, larm: Site, visitor: Reader) -> None:
    agent = meet(AGENT)

    manual("T12", "all tickets from an organisation's people go to its responsible department")
    visitor.sign_in("customer@kund.example")
    file_an_order(visitor, larm, "Order från Åby")
    agent.open(f"/desk/tickets/{visitor.mark('ticket')}/")
    assert agent.mark("department") == "brandlarm-malmo"  # not Order, where others' orders go
    file_an_order(meet(), larm, "Order från ingen särskild", email="ola@strandby.example", name="Ola Brandt")
    agent.open(f"/desk/tickets/{larm.ticket('Order från ingen särskild').number}/")
    assert agent.mark("department") == "order"

    manual("T13", "people can be added to an organisation by hand")
    look_up(agent, "ola@strandby.example")
    with agent.goes_on():
        agent.page.locator("a[href$='/organisation/']").click()
    agent.page.get_by_label("Åby kommun", exact=True).check()
    agent.press(agent.t("Save"), within="main")
    agent.sees("Åby kommun")
    ola = meet("ola@strandby.example", java_script_enabled=False)
    file_an_order(ola, larm, "Order från Ola, som är hos Åby nu")
    agent.open(f"/desk/tickets/{ola.mark('ticket')}/")
    assert agent.mark("department") == "brandlarm-malmo"

    manual("T14", "the customer appoints somebody who sees all their tickets")
    contact = meet(CONTACT, java_script_enabled=False)
    contact.open("/tickets/")
    contact.sees("Order från Åby", "Order från Ola, som är hos Åby nu", "Larmknapp på avdelning 3 ger ingen kvittens")
    contact.sees_not("Order: fyra rökdetektorer till hus C", "Order från ingen särskild")
    contact.follow("Order från Åby")
    contact.sees("Fyra rökdetektorer, samma sort som sist.")
    visitor.open("/tickets/")
    visitor.sees_not("Larmknapp på avdelning 3 ger ingen kvittens")
    look_up(agent, "customer@kund.example")
    agent.press(agent.t("Appoint"), within="main")
    visitor.open("/tickets/")
    visitor.sees("Larmknapp på avdelning 3 ger ingen kvittens")

    manual("T17", "the full history of all their tickets, signed in")
    contact.open("/tickets/?show=all")
    contact.follow("Årlig provning vecka 46")
    contact.sees("Onsdag 11 november klockan 9 passar oss.", "Det blir bra, tack!", "Provningen är gjord")
