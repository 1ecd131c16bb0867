"""The health-care software house's manual, line by line (row M): the kind of trouble decides whom one turns to."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tickets.answers import with_colon

LANGUAGE = "sv"
MAJA, ROLF, NEWCOMER = "customer@kund.example", "colleague@kund.example", "nils@asen.example"
AGENT, ADMIN = "agent@vard.example", "admin@vard.example"
PHONE = "036-19 00 10"
FAULT = "Kallelsen blir tom"
ERROR = "Utskriftsmall 12 saknas (K-204)"
NEEDED = ("sign_in_page", "function", "shows_error", "done_before")


@pytest.fixture
def language() -> str:
    return LANGUAGE


def begin(reader: Reader, vard: Site, slug: str) -> None:
    reader.open("/")
    reader.follow(vard.topic(slug, reader.language), within="main")
    assert reader.heading == vard.topic(slug, reader.language)


def report(reader: Reader, vard: Site, subject: str) -> None:
    """A fault report with all that everybody has to answer; no error message was shown."""
    begin(reader, vard, "felrapport")
    reader.fill(subject=subject, body="Det gick bra i går.")
    reader.field("field_sign_in_page").select_option("yes")
    reader.field("field_shows_error").select_option("no")
    reader.fill(field_function="Bokning, bilden Kallelser", field_done_before="Tryckte på Skriv ut")


def named(reader: Reader, vard: Site, *keys: str) -> list[str]:
    """What the summary of errors says when these questions of the fault report are not answered."""
    advice = reader.t("Answer this question.")
    return [f"{with_colon(vard.question('felrapport', key, reader.language))} {advice}" for key in keys]


def test_where_do_i_turn(meet: Meet, vard: Site) -> None:
    guest = meet(site=vard)

    manual("M1", "one is led by what one has trouble with")
    guest.open("/")
    topics = [vard.topic(slug, LANGUAGE) for slug in ("behorighet", "akut", "felrapport", "onskemal")]
    assert guest.page.locator("main .list__link").all_inner_texts() == topics

    manual("M1", "questions about access rights and passwords go to whoever granted them, not to a form")
    guest.follow(topics[0], within="main")
    guest.sees("Vänd dig först till den som gav dig behörigheten")
    expect(guest.page.locator("main form")).to_have_count(0)

    manual("M1", "urgent trouble is a phone call, outside office hours to whoever is on duty")
    guest.follow(guest.t("Choose another topic"), within="main")
    assert guest.heading == guest.t("Sign in to write to us")
    begin(guest, vard, "akut")
    guest.sees(PHONE, "Utanför kontorstid")
    expect(guest.page.locator("main form")).to_have_count(0)

    # The same for customers; and guidance is no door: nothing can be filed behind it.
    maja = meet(MAJA, site=vard)
    begin(maja, vard, "akut")
    maja.sees(PHONE)
    expect(maja.page.locator("main form")).to_have_count(0)


def test_the_fault_report(meet: Meet, vard: Site) -> None:
    maja = meet(MAJA, site=vard)
    begin(maja, vard, "felrapport")
    checklist = maja.page.locator("[data-checklist] li")
    expect(checklist).to_have_count(3)

    manual("M2", "be as detailed as you can: does the sign-in page appear, in which function, what did you do before")
    error_text, signed_in = (maja.page.locator(f"main [name=field_{key}]") for key in ("error_text", "signed_in"))
    expect(error_text).to_be_hidden()
    expect(signed_in).to_be_hidden()
    maja.fill(subject=FAULT, body="Det gick bra i går.")
    maja.press(maja.t("Send ticket"), status=422)
    lines = maja.page.locator("#errors a")
    assert lines.all_inner_texts() == named(maja, vard, *NEEDED)

    manual("M2", "if there is an error message: its exact text")
    maja.field("field_shows_error").select_option("yes")
    maja.field("field_sign_in_page").select_option("yes")
    expect(error_text).to_be_visible()
    expect(signed_in).to_be_visible()
    maja.fill(field_function="Bokning, bilden Kallelser", field_done_before="Tryckte på Skriv ut")
    maja.press(maja.t("Send ticket"), status=422)
    assert lines.all_inner_texts() == named(maja, vard, "error_text")
    assert maja.field("field_function").input_value() == "Bokning, bilden Kallelser"
    maja.field("field_error_text").fill(ERROR)
    maja.press(maja.t("Send ticket"))
    number = maja.mark("ticket")

    agent = meet(AGENT, site=vard)
    agent.open(f"/desk/tickets/{number}/")
    agent.sees(*(vard.question("felrapport", key, LANGUAGE) for key in (*NEEDED, "error_text")))
    agent.sees(ERROR, "Bokning, bilden Kallelser", "Tryckte på Skriv ut")
    assert agent.mark("department") == "kundstod"


def test_the_fault_report_without_scripts(meet: Meet, vard: Site) -> None:
    rolf = meet(ROLF, site=vard, java_script_enabled=False)
    report(rolf, vard, "Sökningen är långsam")

    manual("M2", "the exact text of the error message, where there is one")
    when = rolf.page.locator(".question__when", has_text=vard.question("felrapport", "shows_error", LANGUAGE))
    expect(when).to_be_visible()
    expect(when).to_contain_text("Ja")
    rolf.fill(field_error_text="Hör inte hit")
    rolf.press(rolf.t("Send ticket"))
    rolf.follow(rolf.t("Open the ticket"), within="main")
    rolf.sees("Tryckte på Skriv ut")
    rolf.sees_not("Hör inte hit")

    # A change proposal asks for the law only where one is the reason.
    begin(rolf, vard, "onskemal")
    rolf.fill(subject="Ny journalblankett", body="Den gamla gäller inte längre.")
    rolf.fill(field_today="Den gamla blanketten skrivs ut", field_wanted="Den nya skrivs ut")
    rolf.field("field_reason").select_option("law")
    rolf.press(rolf.t("Send ticket"), status=422)
    expect(rolf.page.locator("#errors a")).to_have_count(1)
    rolf.fill(field_law="HSLF-FS 2016:40")
    rolf.press(rolf.t("Send ticket"))


def test_who_may_write(meet: Meet, vard: Site) -> None:
    manual("M4", "customers can be given access to the ticket system; ask us how")
    guest = meet(site=vard)
    guest.open("/")
    guest.follow(vard.topic("felrapport", LANGUAGE), within="main")
    assert guest.heading == guest.t("Sign in to write to us")
    guest.sees(f"Vill du kunna lägga ärenden här? Ring {PHONE}")
    expect(guest.page.locator("main [name=subject]")).to_have_count(0)

    agent = meet(AGENT, site=vard)
    agent.open("/desk/invitations/new/")
    agent.fill(email=NEWCOMER, name="Nils Hed", organisation="Åsens omsorg")
    agent.press(agent.t("Send the invitation"))
    letter = vard.post.take()[NEWCOMER, "invitation"]
    guest.open(letter.link("/invitations/"))
    guest.press(guest.t("Accept and sign in"))
    guest.follow(guest.t("Go on without a password"))

    manual("M4", "in it they report faults that are not urgent, and follow them; each has a code to quote")
    report(guest, vard, "Fel datum i listan")
    guest.press(guest.t("Send ticket"))
    number = guest.mark("ticket")
    letters = vard.post.take()
    assert f"[#{number}]" in letters[NEWCOMER, "confirmation"].subject
    agent.open(f"/desk/?q={number}")
    assert agent.mark("total") == "1"
    agent.sees("Fel datum i listan")
    agent.open(f"/desk/tickets/{number}/")
    agent.fill(body="Vi har hittat felet.")
    agent.press(agent.t("Send and wait for customer"))
    guest.open("/tickets/")
    guest.follow("Fel datum i listan")
    guest.sees("Vi har hittat felet.")

    manual("M4", "and propose changes")
    begin(guest, vard, "onskemal")
    guest.fill(subject="Större text i listan", body="Vi ser den inte på väggen.")
    guest.fill(field_today="Liten text", field_wanted="Större text")
    guest.field("field_reason").select_option("better")
    guest.press(guest.t("Send ticket"))
    proposal = guest.mark("ticket")
    guest.follow(guest.t("Open the ticket"), within="main")
    guest.sees_not("Utveckling")  # a name for the staff only
    guest.sees(
        guest.t(
            "%(department)s answers tickets about “%(topic)s”.",
            department=vard.tenant.name,
            topic=vard.topic("onskemal", LANGUAGE),
        )
    )
    per = meet("per@vard.example", site=vard)
    per.open(f"/desk/tickets/{proposal}/")
    assert per.mark("department") == "utveckling"
    per.open(f"/desk/tickets/{number}/", status=404)


def test_wishes(meet: Meet, vard: Site) -> None:
    maja = meet(MAJA, site=vard)

    manual("M1", "opinions and wishes are taken elsewhere than faults")
    begin(maja, vard, "felrapport")
    wish = maja.page.locator("[data-wish]")
    wish.locator("summary").click()
    here = "Önskemål om hur systemet ska fungera lämnas under"
    expect(wish).to_contain_text(here)
    report(maja, vard, "Kan listan sorteras?")
    maja.press(maja.t("Send ticket"))
    number = maja.mark("ticket")

    manual("I15", "a wish that comes as a fault is answered with where wishes go")
    agent = meet(AGENT, site=vard)
    agent.open(f"/desk/tickets/{number}/")
    agent.fill(body="Hej Maja!")
    agent.press(agent.t("It is a wish: put in where wishes go"))
    assert agent.field("body").input_value().startswith("Hej Maja!\n\nÖnskemål om hur systemet")
    agent.press(agent.t("Send and close"))
    maja.open(f"/tickets/{number}/")
    maja.sees("Hej Maja!", "Där läser våra utvecklare.")
    assert maja.mark("status") == "closed"
