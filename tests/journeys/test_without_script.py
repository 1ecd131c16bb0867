"""The customer's whole story, and an agent's, with scripts switched off."""

from playwright.sync_api import expect

from tests.journeys.changing import change
from tests.journeys.conftest import Meet, Site
from tests.journeys.strangers import introduce

ADDRESS, SUBJECT = "ylva@berg.example", "Ingen ström i centralen"


def test_a_customer_needs_no_script(meet: Meet, larm: Site, papers) -> None:
    guest = meet(java_script_enabled=False)
    guest.open("/")
    guest.follow(guest.t("Create ticket"), within="header")
    guest.follow(larm.topic("brandlarm", guest.language), within="main")
    guest.fill(name="Ylva Berg", body="Allt är svart.", field_display="–")
    guest.attach(*papers.values())
    guest.press(guest.t("Send ticket"), status=422)
    expect(guest.page.locator("#errors a")).to_have_count(5)
    assert guest.field("body").input_value() == "Allt är svart."
    expect(guest.page.locator("[name=kept]:checked")).to_have_count(2)
    guest.page.get_by_label("log.txt").uncheck()
    guest.fill(email=ADDRESS, subject=SUBJECT, field_site="Hus B")
    introduce(guest)
    guest.press(guest.t("Send ticket"))
    number = guest.mark("ticket")

    # What was forgotten is added at once, by the page of thanks.
    guest.fill(body="Nätaggregatet är varmt.")
    guest.press(guest.t("Add to the ticket"))
    guest.is_told(guest.t("Added to ticket %d.").replace("%d", number))

    letter = larm.post.take()[ADDRESS, "confirmation"]
    guest.open(letter.ticket_link)
    assert (guest.heading, guest.mark("ticket")) == (SUBJECT, number)
    guest.sees("Räkning & foto.pdf", "Nätaggregatet är varmt.")
    guest.sees_not("log.txt")
    guest.press(guest.t("Send reply"), status=422)
    guest.attach(papers["log.txt"])
    guest.press(guest.t("Send reply"))
    assert guest.download("log.txt") == papers["log.txt"].read_bytes()
    guest.press(guest.t("Close the ticket"))
    assert guest.mark("status") == "closed"
    guest.press(guest.t("Reopen the ticket"))
    assert guest.mark("waiting-on") == "us"
    guest.open(letter.password_link)
    guest.fill(password="Nätaggregat-99")
    guest.press(guest.t("Save the password and sign in"))

    # On a phone the menu opens without a script as well.
    guest.page.set_viewport_size({"width": 390, "height": 844})
    expect(guest.link(guest.t("My tickets"), within="header")).to_be_hidden()
    guest.button(guest.t("Menu")).click()
    guest.press(guest.t("Sign out"), within="header")
    guest.is_told(guest.t("You are signed out."))


def test_an_agent_needs_no_script(meet: Meet, larm: Site) -> None:
    agent = meet("agent@larm.example", java_script_enabled=False)
    ticket = larm.ticket("Felkod 31 vid tillkoppling av skalskydd")
    with agent.goes_on():
        agent.page.get_by_role("link", name=ticket.subject).click()
    agent.press(agent.t("Take it"))
    agent.page.get_by_label(agent.t("Internal note"), exact=True).check()
    expect(agent.button(agent.t("Send and close"))).to_be_hidden()
    agent.fill(body="Batteriet?")
    agent.press(agent.t("Save note"))
    agent.fill(body="Vilken centralapparat är det?")
    agent.press(agent.t("Send and wait for customer"))
    assert (agent.mark("status"), agent.mark("waiting-on")) == ("waiting_for_customer", "customer")
    letters = larm.post.take()
    assert set(letters) == {("ola@strandby.example", "reply")}
    assert "Batteriet" not in letters["ola@strandby.example", "reply"].text

    change(agent, "department", label="Kundtjänst")
    assert agent.mark("department") == "kundtjanst"
    assert larm.messages(ticket.subject)[1:] == ["Batteriet?", "Vilken centralapparat är det?"]
