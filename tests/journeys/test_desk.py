"""The desk beside the conversation: tickets filed for who calls, search, filters, and what became of every mail."""

from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from notifications.models import Delivery
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site

AGENT = "agent@larm.example"
SUBJECT = "Sirenen på taket tjuter"


def file_by_phone(agent: Reader, larm: Site) -> str:
    agent.open("/desk/")
    agent.follow(agent.t("Create ticket"), within="main")
    agent.follow(larm.topic("brandlarm", agent.language), within="main")
    agent.press(agent.t("Create ticket"), within="main", status=422)
    assert agent.page.evaluate("document.activeElement.id") == "errors"
    agent.fill(email="asa@branemala.example", name="Åsa Ek", phone="0480-1", subject=SUBJECT, body="Sedan nio.")
    agent.fill(field_site="Ladan")
    agent.field("priority").select_option("high")
    agent.press(agent.t("Create ticket"), within="main")
    return agent.mark("ticket")


def test_a_ticket_filed_for_somebody_who_calls_is_theirs(meet: Meet, larm: Site) -> None:
    agent = meet(AGENT)
    number = file_by_phone(agent, larm)
    assert (agent.heading, agent.mark("status"), agent.mark("department")) == (SUBJECT, "open", "brandlarm-nationell")
    agent.sees("Åsa Ek", "Ladan", agent.t("by phone"), agent.t("High"))
    letters = larm.post.take()
    assert set(letters) == {("asa@branemala.example", "confirmation"), ("lead@larm.example", "new_ticket")}
    confirmation = letters["asa@branemala.example", "confirmation"]
    caller = meet(language="sv")  # the portal's language: nobody asked the caller for another
    assert confirmation.language == "sv"
    caller.open(confirmation.ticket_link)
    assert caller.mark("ticket") == number
    caller.sees(SUBJECT, caller.t("by phone"))


def test_the_search_finds_numbers_names_addresses_and_words(meet: Meet, larm: Site) -> None:
    agent = meet(AGENT)
    wanted = larm.ticket("Larmknapp på avdelning 3 ger ingen kvittens")
    for words in (str(wanted.number), f"#{wanted.number}", "lindgren", "colleague@kund", "KVITTENS", "larmknapp bo"):
        agent.page.locator("#search").fill(words)
        with agent.goes_on():
            agent.page.keyboard.press("Enter")
        expect(agent.page.locator("[data-row]", has_text=wanted.subject)).to_be_visible()
        assert agent.mark("total") == str(agent.page.locator("[data-row]").count())
    agent.page.locator("#search").fill("finns inte")
    with agent.goes_on():
        agent.page.keyboard.press("Enter")
    assert agent.mark("total") == "0"
    agent.sees(agent.t("Nothing matches"))
    agent.follow(agent.t("Show the whole queue"))
    assert int(agent.mark("total")) > 0


def test_every_figure_leads_to_as_many_rows(meet: Meet, larm: Site) -> None:
    agent = meet("supportlead@larm.example")
    figures = agent.page.locator("nav a[data-count]").evaluate_all("links => links.map(a => [a.href, a.dataset.count])")
    assert len(figures) > 10
    for address, figure in figures:
        agent.page.goto(address)
        assert agent.mark("total") == figure, address
        assert agent.page.locator("[data-row]").count() == int(figure)
    agent.open("/desk/?view=all")
    agent.page.locator("summary", has_text=agent.t("Filter")).click()
    agent.page.locator("#filter-priority").select_option("high")
    agent.press(agent.t("Show"), within="details.menu")
    agent.sees(agent.t("Priority: %s").replace("%s", agent.t("High")))
    assert 0 < int(agent.mark("total")) == agent.page.locator("[data-row]").count()


def test_the_mail_list_shows_every_mail_and_what_became_of_it(meet: Meet, larm: Site) -> None:
    agent = meet(AGENT)
    number = file_by_phone(agent, larm)
    larm.post.take()
    with tenant_scope(larm.tenant):
        count = Delivery.objects.count()
    assert count == 2
    agent.follow(agent.t("Mails"), within="nav")
    assert agent.mark("total") == str(count) == str(agent.page.locator("tbody tr").count())
    for row in agent.page.locator("tbody tr").all():
        assert number in row.inner_text()
        assert agent.t("sent") in row.inner_text()
    tabs = agent.page.locator(".tabs a[data-count]").evaluate_all("links => links.map(a => [a.href, a.dataset.count])")
    for address, figure in tabs:
        agent.open(address)
        assert agent.mark("total") == figure
    agent.open(f"/desk/mails/?q={number}")
    assert agent.mark("total") == "2"
    with agent.goes_on():
        agent.page.locator("tbody tr", has_text="asa@branemala.example").get_by_role("link").first.click()
    agent.sees("asa@branemala.example", agent.t("Message-ID"), "@larm.example>")


def test_the_responsible_department_goes_before_the_topic(meet: Meet, larm: Site) -> None:
    """T12."""
    agent = meet(AGENT)
    for address, department in (("customer@kund.example", "brandlarm-malmo"), ("sofia@tallen.example", "order")):
        customer = meet(address)
        customer.open("/tickets/new/order/")
        customer.fill(subject=f"Fyra detektorer till {address}", body="Gärna före jul.", field_amount="4")
        customer.press(customer.t("Send ticket"))
        customer.follow(customer.t("Open the ticket"), within="main")
        assert customer.mark("department") == department
        agent.open(f"/desk/tickets/{customer.mark('ticket')}/")
        if department == "order":
            reason = agent.t(
                "%(department)s answers tickets about “%(topic)s”.",
                department="Order",
                topic=larm.topic("order", agent.language),
            )
        else:
            reason = agent.t(
                "%(department)s is responsible for %(subject)s.", department="Brandlarm Malmö", subject="Åby kommun"
            )
        agent.sees(reason)
        people = {address for address, kind in larm.post.take() if kind == "new_ticket"}
        local = {f"{name}@larm.example" for name in ("lead", "agent", "olle")}
        assert people == ({"olle@larm.example", AGENT} if department == "order" else local)
