"""The planning company's manual on its help centre (row S): what is known before one writes, and who else can help."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import translation
from playwright.sync_api import Locator, expect

from accounts.scoping import tenant_scope
from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tickets.expected import in_round_words
from tickets.models import Ticket
from tickets.templatetags.helpdesk import working_length

LANGUAGE = "sv"
INGRID, STINA, RUT, DAVID = (
    "customer@kund.example",
    "colleague@kund.example",
    "rut@norrdal.example",
    "david@norrdal.example",
)
NADJA, AGENT, ADMIN = "nadja@motesbolaget.example", "agent@plan.example", "admin@plan.example"
HELPERS = ("Ingrid Moberg", "0300-12 34 01", INGRID, "Tomas Brink", "0300-12 34 03", "contact@kund.example")
MANAGER, SUCCESS, LEADER = "Kristian Falk", "Sanna Lilja", "Viktor Noren"
PHONE = "08-120 45 00"
WHO, COVERED = "Vem kan kontakta teknisk support?", "Vad som ingår i teknisk support"
ERROR, REPORT = "Det står ”Oväntat fel”", "Bygg en rapport från en mall"
FAULT, URGENT = "Något fungerar inte", "Vi hinner inte med en tidsfrist"
BUILD, PROJECT = "Vi vill ändra eller bygga ut", "Ja, det hör till projektet"
LEVEL = "Första svar inom fyra timmar"
# The manual's eight examples, as this portal's customers would say them.
PRODUCT, AGREEMENT = "Kan vi få en visning av riskmodulen?", "Vad ingår i vårt avtal?"
LOOK_BACK, NEW_REPORT = "Hur följer vi upp förra perioden?", "Jag vill ha stöd med en ny rapport."
NEW_USER, UNEXPECTED = "Jag lade till en användare som inte kommer in.", "Det blir ett oväntat fel när jag sparar."
NOT_AS_SAID = "Jag gjorde som det står, men filtret visar fel period."
NOT_AS_AGREED = "Uppsättningen blev inte som vi kom överens om."
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n the whole window").decode()


@pytest.fixture
def language() -> str:
    return LANGUAGE


@pytest.fixture
def tickets(plan: Site) -> Callable[[], int]:
    """How many tickets there are now."""

    def count() -> int:
        with tenant_scope(plan.tenant):
            return int(Ticket.objects.count())

    return count


def read(reader: Reader, title: str) -> None:
    """An article, by its title, from the front page on."""
    reader.open("/")
    reader.follow(reader.t("The whole help centre"), within="main")
    reader.follow(title, within="main")
    assert reader.heading == title


def choose(reader: Reader, *answers: str) -> None:
    """Answer the questions of "Where to turn", a page for each."""
    reader.open("/")
    reader.follow(reader.t("Find out where to turn"), within="main")
    for answer in answers:
        reader.follow(answer, within="[data-guide-choices]")


def turns_to(reader: Reader, end: str, *words: str, hindrance: str | None = None) -> None:
    turn = reader.page.locator("main [data-turn]")
    assert (turn.get_attribute("data-turn"), turn.get_attribute("data-hindrance")) == (end, hindrance)
    for text in words:
        expect(turn).to_contain_text(text)


def line_about(reader: Reader, example: str) -> Locator:
    """Where to turn with a question, in the table of examples."""
    return reader.page.locator("[data-guide-line]").filter(has_text=example).locator("td")


def begin_a_report(reader: Reader, plan: Site) -> None:
    """From the manual, where it did not help, to the form."""
    read(reader, ERROR)
    reader.follow(reader.t("Create ticket"), within="[data-next-step]")
    reader.follow(plan.topic("fel", LANGUAGE), within="main")


def suggested(reader: Reader) -> Locator:
    return reader.page.locator("[data-suggestion]").filter(has_text=ERROR)


def counts_of_solved(admin: Reader) -> list[str]:
    """How often the article on the unexpected error was said to have solved it."""
    admin.open("/desk/help/searches/?show=solved")
    row = admin.page.locator("main tbody tr").filter(has_text=ERROR)
    return row.locator("td").nth(1).all_inner_texts()


def is_closed(tips: Locator) -> bool:
    return tips.get_attribute("open") is None


def test_the_manual_and_ones_own_contacts(meet: Meet, plan: Site) -> None:
    stina = meet(STINA, site=plan)
    local = stina.page.locator("main [data-next-step]")

    manual("S9", "in the help centre one finds the manual and one's local contacts")
    stina.open("/")
    stina.follow(stina.t("The whole help centre"), within="main")
    assert stina.page.locator("main [data-total]").get_attribute("data-total") == "6"
    assert stina.page.locator("main .search-box").bounding_box()["height"] < 80  # beside the manual, not before it
    for words in HELPERS:
        expect(local).to_contain_text(words)

    manual(
        "S1", "two administrators with Standard, at most ten with Enterprise, and some have agreed on something else"
    )
    stina.follow(WHO, within="main")
    terms = [row.inner_text().split("\t") for row in stina.page.locator("main .article tbody tr").all()]
    assert [tuple(map(str.strip, row)) for row in terms] == [
        ("Standard", "två"),
        ("Enterprise", "upp till tio"),
        ("Eget avtal", "det antal ni har kommit överens om med oss"),
    ]
    stina.sees("har gått vår administratörsutbildning")

    manual("S2", "Meetings and resource planning alone have entries of their own, and no phone")
    stina.sees("Då skriver ni under de egna ingångarna. Telefonen ingår inte i de avtalen.")

    manual("S7", "whoever is not covered turns to the local administrator; how to reach them stands in the help centre")
    for words in HELPERS:
        expect(local).to_contain_text(words)
    stina.sees_not(stina.t("Write to us. You get a number, and the answer here and by mail."))
    expect(stina.link(stina.t("Ask for it"), within="main")).to_have_count(0)  # nor is she asked for what she may not
    stina.follow(stina.t("Find out whom to turn to"), within="[data-next-step]")
    assert stina.heading == stina.t("Whom to turn to")
    stina.sees(*HELPERS, MANAGER)
    stina.sees_not(PHONE)

    manual("S3", "what technical support is, what it is not, and who takes over")
    read(stina, COVERED)
    stina.sees("något har slutat fungera, du får Oväntat fel, eller systemet gör inte som manualen")
    stina.sees("att ändra filter, vyer och menyer efter nya önskemål", "att lägga upp användare, och att utbilda")
    stina.sees("Med Standard är det er kundansvarige.", "under två timmar", "Er kundansvarige får alltid veta det.")

    manual("S1", "questions about Meetings go through those who are named, where one has the rest as well")
    stina.open("/")
    stina.follow(plan.topic("meetings", LANGUAGE), within="main")
    assert stina.heading == stina.t("Whom to turn to")
    stina.sees(*HELPERS)


def test_the_way_to_support_without_scripts(meet: Meet, plan: Site) -> None:
    guest = meet(site=plan, java_script_enabled=False)

    manual("S9", "one contacts support from the help centre")
    read(guest, WHO)
    guest.sees_not(*HELPERS)  # of strangers nobody knows whose administrators are theirs
    guest.follow(guest.t("Create ticket"), within="[data-next-step]")
    assert guest.heading == guest.t("Sign in to write to us")
    guest.sees_not(PHONE)
    guest.follow(guest.t("Sign in"), within="main")
    guest.fill(email=INGRID, password=PASSWORD)
    guest.press(guest.t("Sign in"), within="main")
    guest.follow(plan.topic("fel", LANGUAGE), within="main")
    assert guest.heading == plan.topic("fel", LANGUAGE)

    manual("S5", "call only when it is urgent, such as work that is stopped shortly before a deadline")
    choose(guest, FAULT, URGENT)
    turns_to(guest, "phone", "Ring oss, och ha sidan med felet öppen.", guest.t("For urgent matters"), PHONE)
    turns_to(guest, "phone", guest.t("Call when it cannot wait. Everything else is answered faster in writing."))

    manual("S2", "those who have Meetings alone write, and have no phone")
    nadja = meet(NADJA, site=plan, java_script_enabled=False)
    choose(nadja, FAULT, URGENT)
    turns_to(nadja, "phone", nadja.t("We help you with this in writing."), hindrance="no_phone")
    nadja.sees_not(PHONE)
    nadja.follow(nadja.t("Create ticket"), within="main")
    for slug in ("resursplanering", "meetings"):
        nadja.open("/tickets/new/")
        nadja.follow(plan.topic(slug, LANGUAGE), within="main")
        assert nadja.heading == plan.topic(slug, LANGUAGE)
        nadja.field("subject")
        nadja.sees_not(PHONE)

    manual("S7", "who may not contact support does not call it either, but asks at home")
    stina = meet(STINA, site=plan, java_script_enabled=False)
    choose(stina, FAULT, URGENT)
    turns_to(stina, "phone", *HELPERS, hindrance="not_entitled")
    stina.sees_not(PHONE)
    choose(stina, "Något saknas i manualen")
    turns_to(stina, "form", *HELPERS, hindrance="not_entitled")


def test_where_one_turns_with_each_question(meet: Meet, plan: Site) -> None:
    ingrid, stina = meet(INGRID, site=plan), meet(STINA, site=plan)
    rut = meet(RUT, site=plan, java_script_enabled=False)
    fault, behaviour = plan.topic("fel", LANGUAGE), plan.topic("beteende", LANGUAGE)
    at_home = {"Ingrid Moberg", "Tomas Brink"}
    everybody = {MANAGER, SUCCESS, LEADER, PHONE, fault, behaviour, *at_home}

    def turns(reader: Reader) -> dict[str, set[str]]:
        reader.open("/contact/")
        said = {example: line_about(reader, example).inner_text() for example in asked}
        return {example: {place for place in everybody if place in text} for example, text in said.items()}

    asked = (PRODUCT, AGREEMENT, LOOK_BACK, NEW_REPORT, NEW_USER, NOT_AS_SAID, UNEXPECTED, NOT_AS_AGREED)
    to_support = {NEW_USER: {fault}, NOT_AS_SAID: {behaviour}, UNEXPECTED: {fault}}

    manual("S8", "examples of questions: a Standard customer turns to support, or to the account manager")
    standard = {example: {MANAGER} for example in asked} | to_support
    assert turns(ingrid) == standard
    for example, topic in ((NEW_USER, fault), (NOT_AS_SAID, behaviour), (UNEXPECTED, fault)):
        ingrid.open("/contact/")
        with ingrid.goes_on():
            line_about(ingrid, example).get_by_role("link").click()
        assert ingrid.heading == topic

    manual("S8", "Enterprise: evaluations and new reports are the success manager's, a running project its leader's")
    advised = {LOOK_BACK: {SUCCESS}, NEW_REPORT: {SUCCESS}, NOT_AS_AGREED: {LEADER}}
    assert turns(rut) == standard | advised
    choose(rut, BUILD, PROJECT)
    turns_to(rut, "provider_contact", LEADER, "08-120 45 12", "viktor@plan.example")

    manual("S8", "or to one's administrator, if one may not contact support")
    assert turns(stina) == standard | dict.fromkeys(to_support, at_home)
    addresses = line_about(stina, UNEXPECTED).get_by_role("link").evaluate_all("links => links.map(e => e.href)")
    assert set(addresses) == {f"mailto:{INGRID}", "mailto:contact@kund.example"}
    choose(stina, BUILD, "Nej")
    turns_to(stina, "provider_contact", MANAGER, "08-120 45 10", "kristian@plan.example")

    manual("S3", "after the project one is led to others than its leader")
    admin = meet(ADMIN, site=plan)
    admin.open("/desk/organisations/?q=Norrdal")
    admin.follow("Region Norrdal", within="main")
    row = admin.page.locator("main .rows__row").filter(has_text=LEADER)
    with admin.goes_on():
        row.get_by_role("button").click()
    assert turns(rut) == standard | advised | {NOT_AS_AGREED: {MANAGER}}

    manual("S5", "phone is for what is urgent, which the table says as well")
    ingrid.open("/contact/")
    expect(line_about(ingrid, URGENT)).to_contain_text(PHONE)
    expect(line_about(ingrid, URGENT)).to_contain_text(ingrid.t("urgent matters only"))
    stina.open("/contact/")
    stina.sees_not(PHONE)


def test_before_one_writes(meet: Meet, plan: Site, tickets: Callable[[], int]) -> None:
    ingrid, admin, before = meet(INGRID, site=plan), meet(ADMIN, site=plan), tickets()

    manual("S4", "have you looked in the manual? Perhaps your answer is there")
    begin_a_report(ingrid, plan)
    tips = ingrid.page.locator("main [data-checklist]")
    assert not is_closed(tips)
    expect(tips.locator("li")).to_have_count(4)
    for words in (
        "Sök i manualen först",
        "Gå till stället i systemet",
        "Skriv vad du gjorde",
        "hela webbläsarfönstret",
    ):
        expect(tips).to_contain_text(words)
    expect(suggested(ingrid)).to_have_count(0)
    ingrid.field("subject").press_sequentially("Det blir oväntade fel när jag sparar")
    expect(suggested(ingrid)).to_be_visible()
    announced = ingrid.page.locator("[data-suggestions-status]")
    expect(announced).to_have_text(ingrid.t("Below the subject stands what may help at once."))
    with ingrid.context.expect_page() as opening:
        suggested(ingrid).get_by_role("link").click()
    expect(opening.value.locator("h1")).to_have_text(ERROR)
    opening.value.close()
    assert ingrid.field("subject").input_value() == "Det blir oväntade fel när jag sparar"
    with ingrid.goes_on():
        suggested(ingrid).get_by_role("button").click()
    assert ingrid.heading == ingrid.t("Good that it is solved")
    assert tickets() == before
    assert counts_of_solved(admin) == ["1"]

    # What is not in the manual is read by those who write it, without who looked for it.
    ingrid.open("/")
    ingrid.fill(q="årshjulet")
    ingrid.press(ingrid.t("Search"), within="main")
    assert ingrid.mark("total") == "0"
    admin.open("/desk/help/searches/")
    assert admin.page.locator("main tbody .table__main").all_inner_texts() == ["årshjulet"]
    admin.sees_not("Ingrid Moberg", INGRID)

    manual("S4", "a clear description, and pictures that show the whole window")
    begin_a_report(ingrid, plan)
    ingrid.fill(subject="Delår 3 låser sig", body="Jag tryckte på Lås rapport.", field_place="Rapporter, delår 3")
    tips.get_by_role("checkbox").check()
    ingrid.hand_over("paste", "fonstret.png", "image/png", PICTURE)
    expect(ingrid.page.locator("main form").get_by_text("fonstret.png").first).to_be_visible()
    ingrid.press(ingrid.t("Send ticket"))
    number = ingrid.mark("ticket")
    ingrid.follow(ingrid.t("Open the ticket"), within="main")
    ingrid.sees("Jag tryckte på Lås rapport.", "fonstret.png")
    # Who knows the tips has them closed from now on, and can still open them.
    begin_a_report(ingrid, plan)
    assert is_closed(tips)
    tips.locator("summary").click()
    expect(tips.locator("li").first).to_be_visible()

    manual("S6", "the first answer comes within four hours; how long it takes of late is measured, and told")
    with tenant_scope(plan.tenant), translation.override(LANGUAGE):
        measured = Ticket.objects.filter(first_answer_minutes__isnull=False).order_by("first_answer_minutes")
        minutes = list(measured.values_list("first_answer_minutes", flat=True))
        usual = in_round_words(minutes[len(minutes) // 2])
        in_words = working_length(usual)
    assert usual <= timedelta(hours=4)
    lately = ingrid.t("Lately, the first answer has usually come within %(within)s of working time.", within=in_words)
    ingrid.sees(lately, "Första svaret ska komma inom fyra timmar när vi har öppet.")
    ingrid.open(f"/tickets/{number}/")
    ingrid.sees(lately)
    agent = meet(AGENT, site=plan)
    agent.open(f"/desk/tickets/{number}/")
    agent.sees(
        agent.t(
            "In working time, as the service level “%(level_name)s” promises. "
            "It counts only while the ticket waits for us.",
            level_name=LEVEL,
        )
    )
    kept = agent.page.locator("dd .clock--kept").first
    expect(kept).to_have_count(0)
    agent.fill(body="Hej Ingrid! Vi ser vad som låser den.")
    agent.press(agent.t("Send and wait for customer"))
    expect(kept).to_be_visible()

    manual("S10", "something you miss in the manual? Send us a wish")
    read(ingrid, REPORT)
    ingrid.follow(ingrid.t("Ask for it"), within="main")
    assert ingrid.heading == plan.topic("onskemal", LANGUAGE)
    wish = ingrid.t("Missing in %s") % f"”{REPORT}”"
    assert ingrid.field("subject").input_value() == wish
    body = ingrid.field("body").input_value()
    assert re.fullmatch(rf"{re.escape(plan.home)}/help/bygg-en-rapport-fran-en-mall/\s+", body)
    ingrid.fill(body=f"{body}Hur tar man bort ett utkast?")
    ingrid.press(ingrid.t("Send ticket"))
    agent.open(f"/desk/tickets/{ingrid.mark('ticket')}/")
    agent.sees(wish, plan.topic("onskemal", LANGUAGE), "Hur tar man bort ett utkast?")
    assert tickets() == before + 2


def test_before_one_writes_without_scripts(meet: Meet, plan: Site, tickets: Callable[[], int]) -> None:
    david, before = meet(DAVID, site=plan, java_script_enabled=False), tickets()

    manual("S4", "tips, short, and put away by those who know them")
    begin_a_report(david, plan)
    tips = david.page.locator("main [data-checklist]")
    assert not is_closed(tips)
    david.fill(subject="Oväntat fel i målkortet", body="Det blir fel varje gång.")
    tips.get_by_role("checkbox").check()
    david.press(david.t("Send ticket"), status=422)  # where in the system it shows is not said yet
    assert is_closed(tips)

    manual("S4", "likely answers from the manual stand at the form before it is sent")
    expect(suggested(david)).to_be_visible()
    with david.goes_on():
        suggested(david).get_by_role("button").click()
    assert david.heading == david.t("Good that it is solved")
    assert tickets() == before
    assert counts_of_solved(meet(ADMIN, site=plan)) == ["1"]
    begin_a_report(david, plan)
    assert is_closed(tips)

    manual("S10", "something missing anywhere in the manual can be asked for")
    david.open("/")
    david.follow(david.t("Help"), within="header")
    david.follow(david.t("Ask for it"), within="main")
    david.fill(subject="Ett kapitel om årshjul", body="Jag hittar inget om det.")
    david.press(david.t("Send ticket"))
    assert plan.ticket("Ett kapitel om årshjul").topic.slug == "onskemal"
    assert tickets() == before + 1
