"""The school-software company's manual on its help centre (row I): what is going on, what is known, what is booked."""

from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tests.journeys.post import Letter

LANGUAGE = "en"
ANNIKA, JONAS, EVA, PETRA = (
    "customer@kund.example",
    "colleague@kund.example",
    "contact@kund.example",
    "rektor@linden.example",
)
PARENT = "parent@mail.example"
AGENT, LEAD, SUPPORT_LEAD = "agent@skola.example", "lead@skola.example", "supportlead@skola.example"
TROUBLE = "Grades show late in the guardians' app"
EARLIER = "New version of the pupil register"
TOPIC, SUBJECT = "arendeformular", "No grades in the app"
NEWS = {"sv": "Appens leverantör har hittat felet.", "en": "The app's supplier has found the fault."}
MORE = {"sv": "Rättningen är på väg ut.", "en": "The correction is on its way."}
MENDED = {"sv": "Rättningen är ute hos hälften.", "en": "Half of you have the correction."}
OVER = {"sv": "Betygen visas igen.", "en": "The grades show again."}
ANSWER = "The app shows the grades again. Please tell us if it does not at your school."
CONSULTANT = "Online consultant: the change of school year"
INVITED = {"sv": "Onlinekonsult: läsårsskifte", "en": CONSULTANT}
LINK = "https://meet.skola.example/konsult"
ACCOUNT = "Who should have an account in the customer portal?"
BEFORE, GRADES = "What should I think of before I send a ticket?", "Guardians cannot see the grades"
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def language() -> str:
    return LANGUAGE


def tell(lead: Reader, button: str, words: dict[str, str]) -> None:
    lead.fill(text_sv=words["sv"], text_en=words["en"])
    lead.press(lead.t(button), within="main")


def open_trouble(staff: Reader) -> str:
    """On the desk; its address there."""
    staff.open("/desk/service-messages/")
    staff.follow(TROUBLE, within="main .service-row")
    return staff.page.url


def begin(reader: Reader, subject: str, body: str) -> None:
    reader.open(f"/tickets/new/{TOPIC}/")
    reader.fill(subject=subject, body=body)
    reader.field("field_product").select_option("grades")


def say_it_is_this(reader: Reader) -> None:
    reader.page.locator("main .known-trouble").get_by_role("checkbox").check()


def event_in(letter: Letter) -> dict[str, str]:
    """What the calendar file along with a mail says."""
    (file,) = letter.message.iter_attachments()
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    return {key: str(event.get(key, "")) for key in ("uid", "status", "summary")}


def test_service_messages(meet: Meet, skola: Site) -> None:
    annika, lead = meet(ANNIKA, site=skola), meet(LEAD, site=skola)
    banner = annika.page.locator(".service-banner")

    manual("I1", "service messages: on every page while they last, and before one files about what is affected")
    for address in ("/", "/help/", "/tickets/", "/booking/", "/contact/"):
        annika.open(address)
        expect(banner).to_contain_text(TROUBLE)
    begin(annika, SUBJECT, "Parents call us.")
    known = annika.page.locator("main .known-trouble")
    expect(known).to_contain_text(TROUBLE)
    say_it_is_this(annika)
    annika.press(annika.t("Send ticket"))

    # Whoever knows of it puts it away, until there is news of it.
    banner.get_by_role("button").click()
    expect(banner).to_have_count(0)
    annika.open("/help/")
    expect(banner).to_have_count(0)

    # One click, and news come by mail.
    annika.open("/service-messages/")
    annika.follow(TROUBLE, within="main")
    annika.follow(annika.t("By mail"), within="main")
    annika.press(annika.t("Mail them to %(address)s", address=ANNIKA), within="main")
    skola.post.take()
    address = open_trouble(lead)
    tell(lead, "Tell it", NEWS)
    letter = skola.post.take()[ANNIKA, "service_message"]
    assert NEWS[letter.language] in letter.text
    annika.open("/")
    expect(banner).to_contain_text(TROUBLE)
    annika.open(letter.link("/service-messages/"))
    annika.sees(NEWS[LANGUAGE])

    lead.open(address)
    tell(lead, "Tell that it is over", OVER)
    last = skola.post.take()[ANNIKA, "service_message"]
    assert OVER[last.language] in last.text
    annika.open("/")
    expect(banner).to_have_count(0)
    annika.open(f"/tickets/new/{TOPIC}/")
    expect(known).to_have_count(0)


def test_a_guest_follows_service_messages(meet: Meet, skola: Site) -> None:
    guest, agent = meet(site=skola), meet(AGENT, site=skola)

    manual("I1", "service messages: what is going on now, and what has been, with all that was told")
    guest.open("/")
    guest.follow(guest.t("Service messages"), within="footer")
    assert guest.mark("total") == "1"
    expect(guest.page.locator("[aria-labelledby=lasting]")).to_contain_text(TROUBLE)
    guest.follow(EARLIER, within="[aria-labelledby=over]")
    guest.sees("No interruption. Searching has new filters.")

    # By mail, once whoever reads the mailbox has said so; nothing before.
    guest.open("/service-messages/")
    guest.follow(guest.t("By mail"), within="main")
    guest.fill(email=PARENT)
    guest.press(guest.t("Send me a mail to confirm"), within="main")
    letters = skola.post.take()
    assert letters.keys() == {(PARENT, "subscription")}
    address = open_trouble(agent)
    tell(agent, "Tell it", NEWS)
    assert skola.post.take() == {}
    guest.open(letters[PARENT, "subscription"].link("/service-messages/subscription/"))
    guest.press(guest.t("Yes, mail them to me"), within="main")
    agent.open(address)
    tell(agent, "Tell it", MORE)
    letters = skola.post.take()
    assert letters.keys() == {(PARENT, "service_message")}
    letter = letters[PARENT, "service_message"]
    assert MORE[letter.language] in letter.text

    # A reader of feeds needs nobody's leave.
    guest.open("/service-messages/")
    declared = guest.page.locator("link[type='application/atom+xml']").get_attribute("href")
    assert guest.link(guest.t("As a feed (Atom)"), within="main").get_attribute("href") == declared
    written = guest.page.evaluate("address => fetch(address).then(answer => answer.text())", declared)
    entries = ElementTree.fromstring(written).findall("atom:entry", ATOM)
    told = {entry.findtext("atom:title", "", ATOM): entry.findtext("atom:summary", "", ATOM) for entry in entries}
    assert told.keys() == {f"{guest.t('Disturbance')}: {TROUBLE}", f"{guest.t('Over')}: {EARLIER}"}
    assert NEWS[LANGUAGE] in told[f"{guest.t('Disturbance')}: {TROUBLE}"]

    # The mail's link only asks, for scanners open it too; the mail program's one click ends it at once.
    stop = letter.link("/mails/stop/")
    assert str(letter.message["List-Unsubscribe"]) == f"<{stop}>"
    guest.open(stop)
    agent.open(address)
    tell(agent, "Tell it", MENDED)
    assert skola.post.take().keys() == {(PARENT, "service_message")}
    one_click = """address => fetch(address, {
        method: "POST", credentials: "omit", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
    }).then(answer => answer.status)"""
    assert guest.page.evaluate(one_click, stop) == 200
    agent.open(address)
    tell(agent, "Tell that it is over", OVER)
    assert skola.post.take() == {}
    guest.open("/service-messages/")
    assert guest.mark("total") == "2"
    guest.follow(TROUBLE, within="[aria-labelledby=over]")
    guest.sees(*(words[LANGUAGE] for words in (NEWS, MORE, MENDED, OVER)))


def test_tickets_about_it_are_answered_together(meet: Meet, skola: Site) -> None:
    manual("I1", "tickets about a disturbance belong to it, whether their writers say so or we see it")
    subjects = {ANNIKA: SUBJECT, JONAS: "Grades are missing", PETRA: "Guardians ask for grades"}
    readers = {address: meet(address, site=skola) for address in subjects}
    for address, reader in readers.items():
        begin(reader, subjects[address], "Since this morning.")
        if address != PETRA:
            say_it_is_this(reader)
        reader.press(reader.t("Send ticket"))
        assert (address, "confirmation") in skola.post.take()
    readers[ANNIKA].follow(readers[ANNIKA].t("Open the ticket"), within="main")
    readers[ANNIKA].follow(TROUBLE, within="main .tie")

    agent, other = meet(AGENT, site=skola), meet(SUPPORT_LEAD, site=skola)
    address = open_trouble(agent)
    tell(agent, "Tell that it is over", OVER)
    with agent.goes_on():
        agent.page.locator("main a.button", has_text=agent.t("Tickets about it")).click()
    assert agent.mark("total") == "2"
    likely = agent.page.locator("[aria-labelledby=likely]")
    expect(likely.locator(".choices")).to_have_attribute("data-total", "1")
    likely.get_by_role("checkbox").check()
    agent.press(agent.t("Link the chosen ones"), within="main")
    assert agent.mark("total") == "3"
    assert skola.post.take() == {}

    manual("I1", "when it is over they are answered together, each customer once, in their own ticket")
    other.open(f"{address}tickets/")
    for staff in (agent, other):  # the one does not know that the other one is at it as well
        expect(staff.page.locator("[aria-labelledby=together] [data-count]")).to_have_attribute("data-count", "3")
        staff.fill(body=ANSWER)
    for staff in (agent, other):
        staff.press(staff.t("Send it to all of them"), within="main")
    other.is_told(other.t("Nothing was changed."))
    letters = skola.post.take()
    expect(agent.page.locator("main p[role=status]", has_text="3 tickets are answered.")).to_be_visible()
    assert letters.keys() == {(address, "reply") for address in subjects}
    for address, letter in letters.items():
        assert ANSWER in letter.text
        assert f"[#{skola.ticket(subjects[address[0]]).number}]" in letter.subject
    for address, subject in subjects.items():
        assert skola.messages(subject) == ["Since this morning.", ANSWER]
        assert skola.ticket(subject).is_closed
        readers[address].open("/tickets/?show=unread")
        readers[address].sees(subject)


def test_a_consultant_is_booked_online(meet: Meet, skola: Site) -> None:
    annika, jonas = meet(ANNIKA, site=skola), meet(JONAS, site=skola)

    manual("I1", "booking of an online consultant: one takes a time, which is then nobody else's")
    annika.open("/")
    annika.follow(annika.t("Booking"), within="header")
    annika.follow(CONSULTANT, within="[aria-labelledby=coming] .rows")
    annika.sees_not(LINK)
    occasion = annika.path
    annika.fill(message="We move eleven classes up.")
    annika.press(annika.t("Book a place"), within="main form")
    annika.sees(annika.t("You have a place."), LINK)
    letters = skola.post.take()
    assert letters.keys() == {(ANNIKA, "booked")}
    letter = letters[ANNIKA, "booked"]
    booked = event_in(letter)
    assert (booked["status"], booked["summary"]) == ("CONFIRMED", INVITED[letter.language])
    assert LINK in letter.text
    jonas.open(occasion)
    expect(jonas.page.locator("[data-free='0']").first).to_be_visible()
    expect(jonas.button(jonas.t("Book a place"), within="main form")).to_have_count(0)
    jonas.sees_not(LINK, "Annika Dahl")

    # The consultant reads who comes, and with what.
    nils = meet("nils@skola.example", site=skola)
    nils.open(f"/desk{occasion}")
    assert nils.mark("total") == "1"
    nils.sees("Annika Dahl", "We move eleven classes up.")

    # Who cannot come says so; the calendar hears of it, and the time is free again.
    annika.open("/booking/")
    annika.follow(CONSULTANT, within="[data-mine='1']")
    annika.follow(annika.t("Cancel the booking"), within="main")
    annika.press(annika.t("Cancel the booking"), within="main")
    letters = skola.post.take()
    assert letters.keys() == {(ANNIKA, "booking_cancelled")}
    left = event_in(letters[ANNIKA, "booking_cancelled"])
    assert (left["status"], left["uid"]) == ("CANCELLED", booked["uid"])
    annika.open("/booking/")
    expect(annika.page.locator("[data-mine]")).to_have_count(0)
    jonas.open(occasion)
    jonas.press(jonas.t("Book a place"), within="main form")
    jonas.sees(jonas.t("You have a place."), LINK)
    assert skola.post.take().keys() == {(JONAS, "booked")}


def test_the_knowledge_base_and_the_checklist(meet: Meet, skola: Site) -> None:
    annika, jonas = meet(ANNIKA, site=skola), meet(JONAS, site=skola)

    manual("I1", "the knowledge base: found by what one looks for, read, and judged")
    annika.open("/")
    annika.page.locator("main").get_by_role("searchbox").fill("parent can't see a grade")
    annika.press(annika.t("Search"), within="main")
    annika.follow(GRADES, within="main")
    annika.press(annika.t("Yes"), within="#helpful")
    annika.sees(annika.t("You said that it helped."))

    manual("I9", "before one files: the checklist, which leads to the article on what to think of")
    begin(annika, "Pupils see no timetable", "Since this morning.")
    checklist = annika.page.locator("main [data-checklist]")
    expect(checklist).to_have_attribute("open", "")
    expect(checklist.locator("li")).to_have_count(5)
    article = annika.link(BEFORE, within="main [data-checklist]").get_attribute("href")

    # Who knows it has it closed from now on, wherever they sign in; others still see it.
    checklist.get_by_role("checkbox").check()
    annika.press(annika.t("Send ticket"))
    again = meet(ANNIKA, site=skola)
    again.open(f"/tickets/new/{TOPIC}/")
    again_list = again.page.locator("main [data-checklist]")
    expect(again_list.get_by_text("Write no personal numbers.")).to_be_hidden()
    again_list.locator("summary").click()
    expect(again_list.get_by_text("Write no personal numbers.")).to_be_visible()
    jonas.open(f"/tickets/new/{TOPIC}/")
    expect(jonas.page.locator("main [data-checklist]")).to_have_attribute("open", "")
    jonas.open(str(article))
    assert jonas.heading == BEFORE
    jonas.sees("Write the error message word for word")

    manual("I1", "what is known is shown while one writes, and may make the ticket needless")
    begin(jonas, "Guardians cannot see grades", "The parents call.")
    hit = jonas.page.locator("main [data-suggestion]", has_text=GRADES)
    expect(hit).to_be_visible()
    with jonas.goes_on():
        hit.get_by_role("button").click()
    jonas.open("/tickets/?show=all")
    jonas.sees_not("Guardians cannot see grades")


def test_whom_to_turn_to(meet: Meet, skola: Site) -> None:
    guest = meet(site=skola)

    manual("I2", "pupils, guardians and staff are led to their administrator, without an account")
    guest.open("/")
    guest.follow(guest.t("Find out where to turn"), within="main")
    guest.follow("Pupil, guardian or staff", within="[data-guide-choices]")
    turn = guest.page.locator("main [data-turn]")
    expect(turn).to_have_attribute("data-turn", "own_administrators")
    expect(turn).to_contain_text("Ask your school or municipality")
    expect(guest.page.locator("main form")).to_have_count(0)

    manual("I2", "whoever is to become an administrator reads how")
    guest.open("/contact/")
    guest.follow("I am to become an administrator", within="[data-guide-choices]")
    guest.follow(guest.t("Read: %(title)s", title=ACCOUNT), within="main")
    assert guest.heading == ACCOUNT
    guest.sees("Sign in → Apply for access")

    manual("I2", "a colleague is told by name who the administrators are")
    jonas = meet(JONAS, site=skola)
    jonas.open("/contact/")
    line = jonas.page.locator("[data-guide-line]", has_text="I cannot see my child's grades.")
    expect(line).to_contain_text("Eva Sund")

    manual("I15", "what the law requires or hinders work is a ticket; other wishes go to the account manager")
    jonas.follow("Central administrator", within="[data-guide-choices]")
    jonas.follow("A wish that the law does not require", within="[data-guide-choices]")
    turn = jonas.page.locator("main [data-turn]")
    expect(turn).to_have_attribute("data-turn", "advice")
    expect(turn).to_contain_text("Leave it with your account manager.")
