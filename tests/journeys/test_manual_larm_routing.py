"""The alarm company's manual about forms and departments (row T): what is asked of whom, and where it lands by itself.

The customers here have no scripts in their browsers; the staff have.
"""

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.changing import change
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tests.journeys.strangers import introduce

LANGUAGE = "sv"
AGENT, ADMIN, OLLE = "agent@larm.example", "admin@larm.example", "olle@larm.example"
ANNA, SOFIA, PER = "customer@kund.example", "sofia@tallen.example", "per@hamnbolaget.example"
STRANGER = {"email": "ida@strandby.example", "name": "Ida Ås", "phone": "0410-1"}
UNKNOWN = ["business_area", "municipality", "site", "since"]
TOPICS = {
    "brandlarm": [*UNKNOWN, "display"],
    "inbrottslarm": UNKNOWN,
    "salj": UNKNOWN[:3],
    "order": [*UNKNOWN[:3], "reference", "amount"],
    "passagesystem": [*UNKNOWN, "scope"],
    "trygghetslarm": [*UNKNOWN, "danger"],
}


@pytest.fixture
def language() -> str:
    return LANGUAGE


@pytest.fixture
def visitor(meet: Meet) -> Reader:
    return meet(java_script_enabled=False)


def file(reader: Reader, topic: str, subject: str, **answers: str) -> str:
    """Send a topic's form with these answers, and the least that has to be answered besides; the ticket's number."""
    reader.open(f"/tickets/new/{topic}/")
    reader.fill(**({} if reader.name else STRANGER), subject=subject, body="Det är så här sedan i går.")
    for key, answer in answers.items():
        control = reader.field(f"field_{key}")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(answer)
        else:
            control.fill(answer)
    if not reader.name:
        introduce(reader)
    reader.press(reader.t("Send ticket"))
    assert reader.heading == reader.t("Thank you, we have your ticket")
    return reader.mark("ticket")


def department_of(agent: Reader, number: str, because: str) -> str:
    """Where a ticket is, and that its page says why."""
    agent.open(f"/desk/tickets/{number}/")
    agent.sees(agent.t("Why here?"), because)
    return agent.mark("department")


def wrong_questions(reader: Reader) -> list[str]:
    """The questions the summary of errors names, by their words."""
    advice = reader.t("Answer this question.")
    return [line.removesuffix(advice).rstrip(": ") for line in reader.page.locator("#errors a").all_inner_texts()]


def test_the_tree_of_departments(meet: Meet, larm: Site) -> None:
    admin = meet(ADMIN)

    manual("T2", "agents belong to a structure of departments: one for each business area, national and local")
    admin.open("/settings/departments/")
    rows = admin.page.locator("main .rows__row")
    tree = {
        row.locator(".rows__name").inner_text(): int((row.get_attribute("class") or "").rpartition("depth-")[2])
        for row in rows.all()
    }
    assert list(tree)[:2] == ["Kundtjänst", "Brandlarm nationell"]
    assert tree["Kundtjänst"] == 0
    for business_area in ("Brandlarm nationell", "Inbrottslarm nationell", "Passagesystem", "Trygghetslarm"):
        assert tree[business_area] == 1
    for local in ("Brandlarm Göteborg", "Brandlarm Malmö", "Inbrottslarm Malmö"):
        assert tree[local] == 2
    names = list(tree)
    assert names.index("Brandlarm nationell") < names.index("Brandlarm Malmö") < names.index("Inbrottslarm nationell")

    manual("T3", "each department has somebody who is responsible for it")
    expect(rows.filter(has_text=admin.t("(lead)"))).to_have_count(len(tree))
    admin.follow("Brandlarm Malmö", within="main")
    admin.sees(
        admin.t("Belongs to %(name)s; whoever leads that one sees these tickets as well.", name="Brandlarm nationell")
    )


def test_the_form(larm: Site, visitor: Reader) -> None:
    manual("T10", "one fills in a form: mail address, name, phone number and what it is about")
    visitor.open("/")
    visitor.follow(visitor.t("Create ticket"), within="header")
    names = visitor.page.locator("main .list__link").all_inner_texts()
    assert names == [larm.topic(slug, visitor.language) for slug in TOPICS]
    for slug, keys in TOPICS.items():
        visitor.open("/tickets/new/")
        visitor.follow(larm.topic(slug, visitor.language), within="main")
        for name in ("email", "name", "phone", "subject", "body"):
            expect(visitor.field(name)).to_be_visible()
        asked = visitor.page.locator("main [name^=field_]").evaluate_all("all => all.map(e => e.name)")
        assert asked == [f"field_{key}" for key in keys]
        visitor.sees(*(larm.question(slug, key, visitor.language) for key in keys))
    visitor.open("/tickets/new/brandlarm/")
    visitor.sees(visitor.t("Before you write"), "112")

    manual("T15", "new customers have to state business area, municipality or company, site, and when it occurred")
    visitor.field("field_business_area").select_option("")
    visitor.fill(phone="0410-1", body="Sirenen tjuter.", field_display="Fel 31")
    visitor.press(visitor.t("Send ticket"), status=422)
    asked = [larm.question("brandlarm", key, visitor.language) for key in UNKNOWN]
    assert wrong_questions(visitor)[3:] == asked  # after the address, the name and the subject
    assert visitor.field("body").input_value() == "Sirenen tjuter."
    assert visitor.field("field_display").input_value() == "Fel 31"
    assert visitor.field("phone").input_value() == "0410-1"
    introduce(visitor)
    visitor.press(visitor.t("Send ticket"), status=422)
    assert len(wrong_questions(visitor)) == 3
    visitor.fill(**STRANGER, subject="Sirenen tjuter")
    visitor.press(visitor.t("Send ticket"))
    visitor.open(larm.post.take()[STRANGER["email"], "confirmation"].ticket_link)
    visitor.sees("Strandby", "Ladan", "Fel 31", *asked)


def test_tickets_from_known_customers(meet: Meet, larm: Site) -> None:
    agent, visitor = meet(ADMIN), meet(ANNA, java_script_enabled=False)

    manual(
        "T12", "all tickets from the users of an organisation go to its responsible department, whatever they are about"
    )
    ours = agent.t("%(department)s is responsible for %(subject)s.", department="Brandlarm Malmö", subject="Åby kommun")
    needed = {
        "brandlarm": {"site": "Rådhuset"},
        "inbrottslarm": {"site": "Badhuset"},
        "passagesystem": {"scope": "all"},
    }
    for slug in ("brandlarm", "inbrottslarm", "order", "passagesystem", "trygghetslarm"):
        number = file(visitor, slug, f"Åby: {slug}", **needed.get(slug, {}))  # nothing else is asked of them (T15)
        visitor.follow(visitor.t("Open the ticket"), within="main")
        assert visitor.mark("department") == "brandlarm-malmo"
        visitor.sees(
            visitor.t("%(department)s answers the tickets of this organisation.", department="Brandlarm Malmö")
        )
        assert department_of(agent, number, ours) == "brandlarm-malmo"

    # With the exception that is agreed: sales.
    sales = {"department": "Sälj", "topic": larm.topic("salj", LANGUAGE)}
    number = file(visitor, "salj", "Åby vill ha en offert")
    because = agent.t("%(department)s answers tickets about “%(topic)s”.", **sales)
    assert department_of(agent, number, because) == "salj"
    visitor.open(f"/tickets/{number}/")
    visitor.sees(because)


def test_earlier_communication(meet: Meet, larm: Site) -> None:
    agent, visitor = meet(ADMIN), meet(SOFIA, java_script_enabled=False)

    manual("T5", "the ticket goes to the right department by itself, from the choices made and earlier communication")
    first = file(visitor, "order", "Sirener till hus A")
    because = agent.t(
        "%(department)s answers tickets about “%(topic)s”.", department="Order", topic=larm.topic("order", LANGUAGE)
    )
    assert department_of(agent, first, because) == "order"
    change(agent, "department", label="Kundtjänst")
    agent.fill(body="Vi tar det här hos oss på kundtjänst.")
    agent.press(agent.t("Send and wait for customer"))

    again = file(visitor, "order", "En siren till")
    visitor.follow(visitor.t("Open the ticket"), within="main")
    visitor.sees(visitor.t("%(department)s has helped with this before.", department="Kundtjänst"))
    because = agent.t(
        "%(department)s handled this person’s earlier ticket %(subject)s about the same topic.",
        department="Kundtjänst",
        subject=first,
    )
    assert department_of(agent, again, because) == "kundtjanst"
    other = file(visitor, "trygghetslarm", "En knapp fattas")
    assert department_of(agent, other, larm.topic("trygghetslarm", LANGUAGE)) == "trygghetslarm"


def test_tickets_from_new_customers(meet: Meet, larm: Site, visitor: Reader) -> None:
    agent, olle = meet(AGENT), meet(OLLE)
    national = agent.t(
        "The rule “%(subject)s” names %(department)s.",
        subject="Ny kund: inbrottslarm",
        department="Inbrottslarm nationell",
    )

    manual("T16", "by its business area the ticket goes to the national team")
    claimed = file(visitor, "inbrottslarm", "Skalskyddet kopplas inte till", municipality="Malmö stad")
    letters = larm.post.take()
    assert set(letters) == {
        (STRANGER["email"], "confirmation"),
        *((f"{name}@larm.example", "new_ticket") for name in ("lead", "agent", "johan")),
    }
    assert department_of(agent, claimed, national) == "inbrottslarm-nationell"
    agent.sees("ny kund", "Malmö stad")
    visitor.open(letters[STRANGER["email"], "confirmation"].ticket_link)
    visitor.sees(visitor.t("%(department)s answers tickets like this one.", department="Inbrottslarm nationell"))
    visitor.sees_not("Ny kund: inbrottslarm")

    manual("T16", "it is caught there at once by an employee")
    agent.press(agent.t("Take it"))
    agent.is_told(agent.t("The ticket is yours."))
    assert larm.ticket("Skalskyddet kopplas inte till").assignee.email == AGENT

    manual("T16", "or it is passed on to a local team of the area")
    passed_on = file(visitor, "inbrottslarm", "Dörrkontakten sitter löst", municipality="Malmö stad")
    assert department_of(agent, passed_on, national) == "inbrottslarm-nationell"
    larm.post.take()
    for number in (claimed, passed_on):
        olle.open(f"/desk/tickets/{number}/", status=404)
    change(agent, "department", label="Inbrottslarm Malmö")
    assert (OLLE, "transferred") in larm.post.take()
    handed_over = olle.t(
        "%(who)s handed the ticket over from %(before)s to %(after)s",
        who="Elin Lund",
        before="Inbrottslarm nationell",
        after="Inbrottslarm Malmö",
    )
    assert department_of(olle, passed_on, handed_over) == "inbrottslarm-malmo"
    olle.open(f"/desk/tickets/{claimed}/", status=404)


def test_the_local_team_of_a_known_customer(meet: Meet, larm: Site) -> None:
    admin = meet(ADMIN)
    rule = {"subject": "Brandlarm hos kända kunder: lokalt team"}

    manual("T5", "what is chosen in the form picks the department: here the local team, by a table of municipalities")
    per = meet(PER, java_script_enabled=False)
    number = file(per, "brandlarm", "Röklukt i magasin 4", site="Magasin 4")
    because = admin.t(
        "The rule “%(subject)s” names %(department)s, which its table has for “%(detail)s”.",
        **rule,
        department="Brandlarm Göteborg",
        detail="Hamnbolaget",
    )
    assert department_of(admin, number, because) == "brandlarm-goteborg"

    # What the table does not have goes to the national team.
    sofia = meet(SOFIA, java_script_enabled=False)
    number = file(sofia, "brandlarm", "Detektorn blinkar", site="Hus A")
    nothing = admin.t(
        "The rule “%(subject)s” looked in its table, which has nothing for “%(detail)s”.", **rule, detail="Brf Tallen"
    )
    assert department_of(admin, number, nothing) == "brandlarm-nationell"
