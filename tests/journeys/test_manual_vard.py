"""The health-care software house's manual, line by line (row M): the kind of trouble decides whom one turns to."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys import by_mail
from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tickets.answers import with_colon

LANGUAGE = "sv"
MAJA, ROLF, NEWCOMER = "customer@kund.example", "colleague@kund.example", "nils@asen.example"
AGENT, ADMIN = "agent@vard.example", "admin@vard.example"
PHONE, ON_CALL = "036-19 00 10", "036-19 00 19"
ACCESS, FAULTY, WISH = "Behörighet eller lösenord", "Något fungerar inte", "En synpunkt eller ett önskemål"
FAULT = "Kallelsen blir tom"
ERROR = "Utskriftsmall 12 saknas (K-204)"
SUPPORT = "support@vard.example"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
IN_HOURS = datetime(2026, 11, 25, 10, tzinfo=STOCKHOLM)  # a Wednesday
AT_NIGHT = datetime(2026, 11, 25, 22, 15, tzinfo=STOCKHOLM)
CHRISTMAS_EVE = datetime(2026, 12, 24, 10, tzinfo=STOCKHOLM)  # a Thursday
NEEDED = ("sign_in_page", "function", "shows_error", "done_before")


@pytest.fixture
def language() -> str:
    return LANGUAGE


def begin(reader: Reader, vard: Site, slug: str) -> None:
    reader.open("/")
    reader.follow(reader.t("Create ticket"), within="header")
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


def choose(reader: Reader, *answers: str) -> None:
    """Answer the questions the portal begins with, a page for each."""
    reader.open("/")
    for answer in answers:
        reader.follow(answer, within="[data-guide-choices]")


def turns_to(reader: Reader, end: str, *words: str, hindrance: str | None = None) -> None:
    turn = reader.page.locator("main [data-turn]")
    assert turn.get_attribute("data-turn") == end
    assert turn.get_attribute("data-hindrance") == hindrance
    for text in words:
        expect(turn).to_contain_text(text)


def is_open(guest: Reader, *words: str) -> None:
    """What the page says of the hours, now and in the week."""
    for text in (*words, "Måndag–fredag 08.00–16.30"):
        expect(guest.page.locator("main .opening")).to_contain_text(text)


def is_called(guest: Reader, number: str, *, of: str, title: str, other: str) -> None:
    """The number to call now stands first; the other one is told as well, with when it answers."""
    line = guest.page.locator("main .phone-line")
    expect(line.get_by_role("heading")).to_have_text(title)
    expect(line.locator(f"[data-phone={of}]")).to_have_text(number)
    assert line.get_by_role("link").all_inner_texts() == [number, other]
    hrefs = [link.get_attribute("href") for link in line.get_by_role("link").all()]
    assert hrefs == [f"tel:{told.replace(' ', '')}" for told in (number, other)]
    expect(line).to_contain_text("Vardagar 8–16.30")


def test_where_do_i_turn(meet: Meet, vard: Site) -> None:
    maja = meet(MAJA, site=vard)

    manual("M1", "one is led by what one has trouble with: access, faults, opinions")
    maja.open("/")
    choices = maja.page.locator("[data-guide-choices] .list__link")
    assert choices.all_inner_texts() == [ACCESS, FAULTY, WISH]

    manual("M1", "access and lost passwords: whoever granted them, as a rule the order desk of one's area")
    choose(maja, ACCESS, "Jag har glömt mitt lösenord")
    turns_to(maja, "own_administrators", "Den som gav dig behörigheten", "Beställningscentralen", "036-10 20 30")
    expect(maja.page.locator("main form")).to_have_count(0)

    manual("M1", "opinions and proposals go elsewhere than faults")
    choose(maja, WISH)
    turns_to(maja, "form")
    maja.follow(maja.t("Write to us: %(topic)s", topic=vard.topic("onskemal", LANGUAGE)), within="main")
    assert maja.heading == vard.topic("onskemal", LANGUAGE)

    manual("S8", "the same as a table: examples, and where one turns oneself")
    maja.open("/contact/")
    assert maja.page.locator("[data-guide-line]").count() == 6
    lines = maja.page.locator("[data-guide-line]")
    for example, where in (
        ("Mitt lösenord har slutat gälla.", "Beställningscentralen"),
        ("Inloggningssidan kommer inte fram.", PHONE),
        ("Utskriften klipper sista raden.", vard.topic("felrapport", LANGUAGE)),
        ("Var hittar jag förra årets statistik?", "support@vard.example"),
        ("Jag har ett förslag om remissbilden.", vard.topic("onskemal", LANGUAGE)),
    ):
        expect(lines.filter(has_text=example).locator("td")).to_contain_text(where)

    # Where nobody has said who grants access, nobody is left standing.
    sara = meet("sara@asen.example", site=vard)
    choose(sara, ACCESS, "Jag behöver se eller göra mer")
    turns_to(sara, "own_administrators", "Fråga den som gav dig", hindrance="nobody")


def test_where_a_guest_turns_without_scripts(meet: Meet, vard: Site) -> None:
    guest = meet(site=vard, java_script_enabled=False)

    manual("M1", "urgent trouble is a phone call, outside office hours to whoever is on duty")
    choose(guest, FAULTY, "Vi kan inte arbeta alls")
    turns_to(guest, "phone", PHONE, ON_CALL)
    way = guest.page.get_by_role("navigation", name=guest.t("What you have answered"))
    assert way.get_by_role("link").all_inner_texts()[1:] == [FAULTY, "Vi kan inte arbeta alls"]

    manual("M1", "what hurries less can be mailed, to the one address for all support")
    guest.follow(FAULTY, within="main")
    guest.follow("Jag undrar bara över något", within="main")
    turns_to(guest, "mail", "support@vard.example")

    manual("M1", "access is not ours to give, whoever asks")
    choose(guest, ACCESS, "Jag har glömt mitt lösenord")
    turns_to(guest, "own_administrators", "Den som gav dig behörigheten", hindrance="sign_in")
    expect(guest.page.locator("main form")).to_have_count(0)

    manual("M4", "those who have been given access sign in to report faults, and come back to where they were")
    choose(guest, FAULTY, "Det stör, men vi kan arbeta")
    turns_to(guest, "form", hindrance="sign_in")
    guest.follow(guest.t("Sign in"), within="main")
    guest.fill(email=MAJA, password=PASSWORD)
    guest.press(guest.t("Sign in"), within="main")
    turns_to(guest, "form", "Skriv felmeddelandet ordagrant")

    # A topic may say itself where to turn; and guidance is no door: nothing can be filed behind it.
    begin(guest, vard, "akut")
    guest.sees(PHONE, "Utanför kontorstid")
    expect(guest.page.locator("main form")).to_have_count(0)


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
    guest.follow(guest.t("Create ticket"), within="header")
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


def test_phone_numbers_and_office_hours(meet: Meet, vard: Site, monkeypatch) -> None:
    guest = meet(site=vard)
    for address in ("/", "/contact/"):
        manual("M5", "the phone number and the office hours, and that the office is open now")
        monkeypatch.setattr(timezone, "now", lambda: IN_HOURS)
        guest.open(address)
        is_open(guest, guest.t("Open now, until %s.").replace("%s", "16.30"))
        is_called(guest, PHONE, of="office", title=guest.t("For urgent matters"), other=ON_CALL)

        manual("M1", "outside office hours the call goes to whoever is on duty")
        monkeypatch.setattr(timezone, "now", lambda: AT_NIGHT)
        guest.open(address)
        is_open(guest, guest.t("Closed now, opens %s.").replace("%s", "i morgon 08.00"))
        is_called(guest, ON_CALL, of="on-call", title=guest.t("Urgent, outside office hours"), other=PHONE)

        manual("M5", "a public holiday is no office day, though it is a Thursday")
        monkeypatch.setattr(timezone, "now", lambda: CHRISTMAS_EVE)
        guest.open(address)
        is_open(guest, guest.t("Closed now, opens %s.").replace("%s", "måndag 08.00"), "Julafton")
        is_called(guest, ON_CALL, of="on-call", title=guest.t("Urgent, outside office hours"), other=PHONE)

    # Whoever is led to the phone by the guide reads the same there, once.
    choose(guest, FAULTY, "Vi kan inte arbeta alls")
    is_called(guest, ON_CALL, of="on-call", title=guest.t("Urgent, outside office hours"), other=PHONE)


def test_one_address_for_all_support(meet: Meet, vard: Site) -> None:
    manual("M3", "one address for all support, not those of single people")
    guest = meet(site=vard)
    guest.open("/contact/")
    guest.sees(SUPPORT)
    guest.sees_not(AGENT)
    by_mail.write(vard, SUPPORT, "Etiketterna blir sneda", "Sedan i morse.", sender=("Maja Sten", MAJA))
    vard.post.take()

    manual("M3", "whoever answers, the mail comes from that address, and an answer goes back to support")
    agent = meet(AGENT, site=vard)
    agent.open(f"/desk/tickets/{vard.ticket('Etiketterna blir sneda').number}/")
    agent.fill(body="Vilken skrivare är det?")
    agent.press(agent.t("Send and wait for customer"))
    letter = vard.post.take()[MAJA, "reply"]
    (sender,) = letter.message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (vard.tenant.name, SUPPORT)
    assert "Kundstödet på Journalia" in letter.text
    assert AGENT not in letter.message.as_string()
    by_mail.answer(vard, letter, "Den på plan två.")
    vard.post.take()
    agent.open(f"/desk/tickets/{vard.ticket('Etiketterna blir sneda').number}/")
    agent.sees("Den på plan två.")
