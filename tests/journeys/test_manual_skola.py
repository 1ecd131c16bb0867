"""The school-software company's manual, line by line (row I): access is applied for, colleagues join tickets."""

import pytest
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from accounts.views import entering
from notifications.models import Delivery
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tests.journeys.words import counted

LANGUAGE = "en"
AGENT = "agent@skola.example"
SUPPORT_LEAD = "supportlead@skola.example"
ANNIKA, JONAS, EVA, PETRA = (
    "customer@kund.example",
    "colleague@kund.example",
    "contact@kund.example",
    "rektor@linden.example",
)
NEWCOMER = "lina@sandviken.example"
PRIVATE = (
    "This is a private address, and access is for addresses from work. "
    "Write the one you have there; if you were invited, open the link in that mail instead."
)


@pytest.fixture
def language() -> str:
    return LANGUAGE


def apply(guest: Reader, **values: str) -> None:
    guest.fill(**values)
    guest.press(guest.t("Send the application"))
    assert guest.heading == guest.t("Look in your mail")


def is_not_let_in(reader: Reader, site: Site, address: str) -> None:
    """Neither a code nor a new password is to be had."""
    for path, button in (("/sign-in/code/", "Send the code"), ("/password/", "Send the link")):
        reader.open(path)
        reader.fill(email=address)
        reader.press(reader.t(button))
    assert site.post.take() == {}
    for path in ("/tickets/", "/account/"):
        reader.open(path)
        assert reader.path == "/sign-in/"


def open_application(agent: Reader, name: str, *, state: str = "waiting") -> None:
    agent.open(f"/desk/applications/?state={state}")
    agent.follow(name, within="main")
    assert agent.heading == name


def test_from_the_application_to_the_first_ticket(meet: Meet, skola: Site) -> None:
    guest = meet(site=skola, language="sv")
    guest.open("/")

    manual("I16", "Swedish or English, as the reader chooses")
    guest.language = LANGUAGE
    with guest.goes_on():
        guest.page.get_by_role("button", name="English", exact=True).click()

    manual("I3", "the sign-in form has a link where access is requested, with a form for one's particulars")
    guest.follow(guest.t("Sign in"), within="header")
    guest.follow(guest.t("Apply for access"), within="main")
    assert (guest.path, guest.heading) == ("/register/", guest.t("Apply for access"))

    manual("I2", "only central administrators register; pupils, guardians and staff turn to theirs")
    guest.sees("Are you a pupil, a guardian or staff? Ask your municipality or school.")

    manual("I6", "a private address (hotmail, outlook, gmail) is not accepted")
    guest.fill(
        email="lina.sand@hotmail.com", name="Lina Sand", organisation="Sandvikens friskola", phone="026-10 20 31"
    )
    guest.fill(reason="Jag är central administratör.")
    guest.press(guest.t("Send the application"), status=422)
    guest.sees(guest.t(PRIVATE))
    assert guest.field("reason").input_value() == "Jag är central administratör."
    assert skola.post.take() == {}
    apply(guest, email=NEWCOMER)
    letters = skola.post.take()
    assert set(letters) == {(NEWCOMER, "applied"), (SUPPORT_LEAD, "new_application")}
    assert guest.t(
        "We have received the application for access to %(portal)s with this address.", portal=skola.tenant.name
    ) in " ".join(letters[NEWCOMER, "applied"].text.split())

    manual("I5", "no access before the approval, which is given by hand")
    is_not_let_in(guest, skola, NEWCOMER)
    guest.follow(guest.t("Create ticket"), within="header")
    assert guest.heading == guest.t("Sign in to write to us")
    guest.open("/register/")  # the same application once more is one application
    apply(guest, email=NEWCOMER, name="Lina Sand", organisation="?", phone="1", reason="?")
    assert set(skola.post.take()) == {(NEWCOMER, "applied")}

    agent = meet(AGENT, site=skola)
    agent.open("/desk/applications/")
    assert agent.mark("total") == "3"
    open_application(agent, "Lina Sand")
    agent.sees("Jag är central administratör.", "026-10 20 31", NEWCOMER)
    assert agent.field("organisation").input_value() == "Sandvikens friskola"
    agent.press(agent.t("Let in and say so by mail"))
    agent.is_told(agent.t("%(name)s is let in, and gets a mail that says so.", name="Lina Sand"))

    manual("I3", "a mail says when the account is active")
    letters = skola.post.take()
    assert set(letters) == {(NEWCOMER, "approved")}
    link = letters[NEWCOMER, "approved"].password_link

    manual(
        "I4", "8 characters, small and capital letters, a digit and a special character; “Show” shows what was typed"
    )
    guest.open(link)
    rules, met = guest.page.locator("#password-rules .rule"), guest.page.locator("#password-rules .rule--met")
    for words in (
        "At least 8 characters",
        "A lower-case letter",
        "An upper-case letter",
        "A digit",
        "A special character, such as ! or ?",
    ):
        expect(rules.filter(has_text=guest.t(words))).to_be_visible()
    expect(met).to_have_count(0)
    guest.field("password").press_sequentially("krita")
    expect(met.filter(has_text=guest.t("A lower-case letter"))).to_be_visible()
    expect(met.filter(has_text=guest.t("A digit"))).to_have_count(0)
    guest.press(guest.t("Save the password and sign in"), status=422)
    guest.field("password").fill("Tavlan#Krita7")
    expect(met).to_have_count(6)
    guest.look(status=422)
    expect(guest.field("password")).to_have_attribute("type", "password")
    guest.button(guest.t("Show")).click()
    expect(guest.field("password")).to_have_attribute("type", "text")
    assert guest.field("password").input_value() == "Tavlan#Krita7"
    guest.press(guest.t("Save the password and sign in"))
    assert (guest.path, guest.mark("total")) == ("/tickets/", "0")
    guest.press(guest.t("Sign out"), within="header")
    guest.sign_in(NEWCOMER, "Tavlan#Krita7")

    manual("I8", "signed in, “Create ticket” stands at the top right; then one chooses the form")
    button = guest.link(guest.t("Create ticket"), within="header")
    place, width = button.bounding_box(), guest.page.viewport_size["width"]
    assert place is not None
    assert place["y"] < 100
    assert place["x"] > width / 2
    with guest.goes_on():
        button.click()
    guest.follow(skola.topic("arendeformular", guest.language), within="main")
    guest.fill(subject="Kan inte skriva ut betyg", body="Knappen är grå.")
    guest.field("field_product").select_option("grades")
    guest.press(guest.t("Send ticket"))
    assert guest.heading == guest.t("Thank you, we have your ticket")

    manual("I11", "as a rule one sees the tickets one has made oneself")
    guest.open("/tickets/?show=all")
    assert guest.mark("total") == "1"


def test_why_somebody_is_not_approved(meet: Meet, skola: Site) -> None:
    guest = meet(site=skola)
    agent = meet(AGENT, site=skola)

    manual("I6", "not approved: the employer has limited the number of users")
    guest.open("/register/")
    apply(
        guest,
        email="bitr@linden.example",
        name="Britt Lind",
        organisation="Linden",
        phone="0500-1",
        reason="Hjälper till.",
    )
    letter = skola.post.take()["bitr@linden.example", "refused"]
    assert guest.t("Your organisation has reached its number of contacts.") in " ".join(letter.text.split())
    assert "Petra Lind" in letter.text  # whom to turn to, where the limit can be changed
    assert "0500-44 55 66" in letter.text
    is_not_let_in(guest, skola, "bitr@linden.example")
    open_application(agent, "Britt Lind", state="refused")

    manual("I6", "not approved: the address is a private one, though on no list")
    guest.open("/register/")
    apply(guest, email="bo@hemma.example", name="Bo Ek", organisation="Linden", phone="0500-2", reason="Lärare.")
    assert set(skola.post.take()) == {("bo@hemma.example", "applied"), (SUPPORT_LEAD, "new_application")}
    open_application(agent, "Bo Ek")
    agent.page.locator("[name=refusal][value=private_address]").check()
    agent.press(agent.t("Refuse and say why by mail"))
    letter = skola.post.take()["bo@hemma.example", "refused"]
    assert guest.t("The address is a private one. Use the one you have at work.") in " ".join(letter.text.split())
    assert letter.link("/register/")
    is_not_let_in(guest, skola, "bo@hemma.example")

    # Or for another reason, which staff write down.
    open_application(agent, "Ida Holt")
    agent.page.locator("[name=refusal][value=other]").check()
    agent.press(agent.t("Refuse and say why by mail"), status=422)
    agent.fill(explanation="Kontakta först vår säljare, 08-1.")
    agent.press(agent.t("Refuse and say why by mail"))
    agent.is_told(agent.t("%(name)s is not let in, and gets a mail that says why.", name="Ida Holt"))
    letters = skola.post.take()
    assert set(letters) == {("info@okandskola.example", "refused")}
    assert "Kontakta först vår säljare, 08-1." in letters["info@okandskola.example", "refused"].text
    is_not_let_in(guest, skola, "info@okandskola.example")

    # The limit holds for staff as well, who are told what to do about it.
    open_application(agent, "Malin Rask")
    agent.fill(organisation="Friskolan Linden")
    agent.field("is_named_contact").check()
    agent.press(agent.t("Let in and say so by mail"), status=422)
    agent.sees(
        counted(
            agent.language,
            "The agreement has room for %(limit)d named contact, and the place is taken or promised. "
            "Replace somebody on the organisation's page first.",
            "The agreement has room for %(limit)d named contacts, and the places are taken or promised. "
            "Replace somebody on the organisation's page first.",
            1,
            limit=1,
        )
    )
    assert skola.post.take() == {}
    agent.open("/desk/applications/")
    assert agent.mark("total") == "1"


def test_mails_that_get_stuck(meet: Meet, skola: Site, monkeypatch) -> None:
    guest = meet(site=skola)
    guest.open("/register/")
    apply(
        guest,
        email=NEWCOMER,
        name="Lina Sand",
        organisation="Sandviken",
        phone="026-1",
        reason="Central administratör.",
    )

    manual("I7", "no mail: look among the unwanted mail, and ask the IT department to let the sender through")
    for words in (
        guest.t("Look among the unwanted mail; account mails sometimes get stuck in filters."),
        guest.t("Ask your IT department to let mails from %(sender)s through.", sender="support@skola.example"),
    ):
        guest.sees(words)
    skola.post.take()
    guest.press(guest.t("Send the mail again"))
    guest.is_told(guest.t("The mail is on its way. Give it a minute before you ask for another one."))
    assert skola.post.take() == {}
    monkeypatch.setattr(entering, "AGAIN_AFTER", -1)  # a minute later
    guest.press(guest.t("Send the mail again"))
    guest.is_told(guest.t("We send the mail once more. One address gets at most three of them an hour."))
    assert set(skola.post.take()) == {(NEWCOMER, "applied")}
    guest.follow(guest.t("More about mails that do not come"))
    guest.sees("support@skola.example", "skola.localhost")

    manual("I7", "the same when a password is reset")
    guest.open("/password/")
    guest.fill(email=ANNIKA)
    guest.press(guest.t("Send the link"))
    guest.sees(guest.t("Look among the unwanted mail; account mails sometimes get stuck in filters."))
    assert set(skola.post.take()) == {(ANNIKA, "password")}

    # Staff see what became of every one of them, and send again what did not arrive.
    agent = meet(AGENT, site=skola)
    agent.open(f"/desk/mails/?q={NEWCOMER}")
    assert agent.mark("total") == "2"
    agent.open(f"/desk/mails/?q={ANNIKA}")
    with tenant_scope(skola.tenant):
        Delivery.objects.filter(address=ANNIKA, template="password").update(state="failed", stage="", sent_at=None)
    agent.open(f"/desk/mails/?q={ANNIKA}")
    agent.sees(agent.t("failed"))
    agent.press(agent.t("Send again"), within="main")
    agent.is_told(agent.t("The mail to %(address)s is sent again.", address=ANNIKA))


def test_colleagues_in_a_ticket(meet: Meet, skola: Site) -> None:
    subject = "Närvaro syns inte för vårdnadshavare"
    annika = meet(ANNIKA, site=skola)

    manual("I11", "colleagues named when the ticket is made see its whole history, follow and answer")
    annika.follow(annika.t("Create ticket"), within="header")
    annika.follow(skola.topic("arendeformular", annika.language), within="main")
    annika.fill(subject=subject, body="Sedan i måndags är listan tom.")
    annika.field("field_product").select_option("register")
    annika.page.get_by_label("Jonas Wik", exact=True).check()
    annika.press(annika.t("Send ticket"))
    number = int(annika.mark("ticket"))
    letters = skola.post.take()
    assert (ANNIKA, "confirmation") in letters
    added = letters[JONAS, "collaborator_added"]
    assert f"[#{number}]" in added.subject
    agent = meet(AGENT, site=skola)
    agent.open(f"/desk/tickets/{number}/")
    agent.sees("Jonas Wik")
    agent.fill(body="Vilken skola gäller det?")
    agent.press(agent.t("Send and wait for customer"))
    letters = skola.post.take()

    manual("I13", "the mail says which ticket was answered, and the list marks it")
    assert set(letters) == {(ANNIKA, "reply"), (JONAS, "reply")}
    assert all(f"[#{number}]" in letter.subject for letter in letters.values())
    jonas = meet(JONAS, site=skola)
    jonas.open("/tickets/?show=unread")
    assert jonas.mark("total") == "1"
    jonas.follow(subject)
    jonas.sees("Sedan i måndags är listan tom.", "Vilken skola gäller det?")
    jonas.fill(body="Det gäller Ekskolan.")
    jonas.press(jonas.t("Send reply"))
    jonas.sees("Det gäller Ekskolan.")
    assert (ANNIKA, "colleague_reply") in skola.post.take()

    manual("I11", "other tickets of theirs stay their own; nobody else sees this one")
    other = skola.ticket("Ändrade regler för frånvarorapport från årsskiftet").number
    jonas.open(f"/tickets/{other}/", status=404)
    petra = meet(PETRA, site=skola)
    petra.open(f"/tickets/{number}/", status=404)
    petra.open("/tickets/?show=all")
    petra.sees_not(subject)

    # They leave, and see nothing any more, not by a mail's link either; and are added again, now that it is known.
    jonas.open(f"/tickets/{number}/")
    jonas.press(jonas.t("Leave the ticket"), within="main")
    assert jonas.path == "/tickets/"
    jonas.open(f"/tickets/{number}/", status=404)
    jonas.open(added.ticket_link, status=404)
    annika.open(f"/tickets/{number}/")
    annika.page.get_by_text(annika.t("Add a colleague"), exact=True).click()
    annika.fill(colleague="nagon@kund.example")
    annika.press(annika.t("Add"), within="#people", status=422)
    annika.sees(
        annika.t(
            "Nobody else at %(organisation)s with a confirmed account has this name or address.",
            organisation="Björkdals kommun",
        )
    )
    annika.fill(colleague="Jonas Wik")
    annika.press(annika.t("Add"), within="#people")
    annika.is_told(annika.t("%s is on the ticket now and gets a mail with a link to it.").replace("%s", "Jonas Wik"))
    assert (JONAS, "collaborator_added") in skola.post.take()
    jonas.open(f"/tickets/{number}/")
    jonas.sees("Sedan i måndags är listan tom.", "Vilken skola gäller det?")

    manual("I10", "the customer can close the ticket; a colleague who takes part as well")
    jonas.press(jonas.t("Close the ticket"))
    assert jonas.mark("status") == "closed"
    annika.open(f"/tickets/{number}/")
    assert annika.mark("status") == "closed"

    manual("I12", "customers see the status, and no priority")
    annika.sees(annika.t("This ticket is closed."))
    annika.sees_not(annika.t("Priority"))
