"""The planning company's manual, line by line (row S): the named contacts of a customer ask, as its agreement says."""

import pytest
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tests.journeys.words import counted
from tickets.models import Ticket

LANGUAGE = "sv"
INGRID, TOMAS, STINA = "customer@kund.example", "contact@kund.example", "colleague@kund.example"
HELPERS = ("Ingrid Moberg", "0300-12 34 01", INGRID, "Tomas Brink", "0300-12 34 03", TOMAS)
MANAGER, ITS_PHONE = "Kristian Falk", "08-120 45 10"
PHONE = "08-120 45 00"
PHONE_SIZE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def language() -> str:
    return LANGUAGE


@pytest.fixture
def tickets(plan: Site):
    """How many tickets there are now."""

    def count() -> int:
        with tenant_scope(plan.tenant):
            return int(Ticket.objects.count())

    return count


def begin_a_report(reader: Reader, plan: Site) -> None:
    reader.open("/")
    reader.follow(reader.t("Create ticket"), within="header")
    reader.follow(plan.topic("fel", reader.language), within="main")


def file_a_report(reader: Reader, plan: Site, subject: str) -> None:
    begin_a_report(reader, plan)
    reader.fill(subject=subject, body="Oväntat fel när rapporten sparas.", field_place="Rapporter, delår 3")
    reader.press(reader.t("Send ticket"))
    assert reader.heading == reader.t("Thank you, we have your ticket")


def is_sent_to_the_administrators(reader: Reader, *helpers: str) -> None:
    assert reader.heading == reader.t("Whom to turn to")
    reader.sees(
        reader.t(
            "At %(organisation)s, certain people have the task of asking us for help. "
            "They know what is agreed, and pass on what you need.",
            organisation="Granviks kommun",
        ),
        *(helpers or HELPERS),
    )


def has_places(reader: Reader, taken: int, limit: int) -> None:
    places = reader.page.locator(f"main [data-taken='{taken}'][data-limit='{limit}']")
    expect(places).to_have_text(reader.t("%(taken)s of %(limit)s", taken=taken, limit=limit))


def test_the_named_contacts_ask(meet: Meet, plan: Site, tickets) -> None:
    tomas = meet(TOMAS, site=plan)
    stina = meet(STINA, site=plan, **PHONE_SIZE)

    manual("S1", "support is for the customer's named administrators; with Standard they are two")
    tomas.open("/account/")
    tomas.follow(tomas.t("Colleagues"))
    has_places(tomas, 2, 2)
    tomas.sees("Ingrid Moberg", "Stina Olin")
    ingrid = meet(INGRID, site=plan)
    file_a_report(ingrid, plan, "Delår 3 går inte att spara")
    before = tickets()

    manual("S7", "whoever is not covered turns to the local administrator; how to reach them stands in the help centre")
    stina.open("/")
    stina.follow(stina.t("Find out whom to turn to"), within="main")
    is_sent_to_the_administrators(stina)
    stina.sees(MANAGER, ITS_PHONE)
    stina.follow(stina.t("Create ticket"), within="header")
    is_sent_to_the_administrators(stina)
    stina.open("/tickets/new/fel/")
    is_sent_to_the_administrators(stina)

    manual("S1", "no more than two: a third one is not invited to be one before a place is free")
    tomas.fill(email="ny@kund.example", name="Nora Yng", words="Välkommen!")
    tomas.field("is_named_contact").check()
    tomas.press(tomas.t("Send the invitation"), status=422)
    tomas.sees(
        counted(
            tomas.language,
            "Your agreement has room for %(limit)d contact. Replace the one there is, or withdraw an invitation.",
            "Your agreement has room for %(limit)d contacts. Replace one of them, or withdraw an invitation.",
            2,
            limit=2,
        )
    )
    assert tomas.field("words").input_value() == "Välkommen!"
    assert plan.post.take().keys() == {
        (INGRID, "confirmation"),
        *((f"{name}@plan.example", "new_ticket") for name in ("agent", "lead", "hanna")),
    }

    # One is replaced in one step, while she writes; what she typed is still there, and is sent to nobody.
    begin_a_report(ingrid, plan)
    ingrid.fill(subject="Diagrammet saknas", body="Det syns inte\nalls.", field_place="Målkort 2")
    place = tomas.page.locator("form:has(select[name=new])").filter(has_text="Ingrid Moberg")
    place.locator("select").select_option(label="Stina Olin")
    with tomas.goes_on():
        place.get_by_role("button").click()
    tomas.is_told(
        tomas.t(
            "%(new)s asks for you from now on, in place of %(old)s.",
            new="Stina Olin",
            old="Ingrid Moberg",
        )
    )
    has_places(tomas, 2, 2)
    ingrid.press(ingrid.t("Send ticket"), status=403)
    is_sent_to_the_administrators(ingrid, "Tomas Brink", "0300-12 34 03", "Stina Olin", "0300-12 34 02", STINA)
    expect(ingrid.page.locator("main").get_by_text("Ingrid Moberg")).to_have_count(0)  # nobody is sent to herself
    ingrid.sees(ingrid.t("Nothing was sent. What you wrote is kept here, so that you can copy it."))
    typed = ingrid.page.locator("main textarea")
    assert [box.input_value() for box in typed.all()] == ["Diagrammet saknas", "Det syns inte\nalls.", "Målkort 2"]
    assert tickets() == before
    ingrid.open("/tickets/")  # what was hers stays hers
    ingrid.sees("Delår 3 går inte att spara")
    stina.open("/")
    file_a_report(stina, plan, "Stinas första ärende")
    assert tickets() == before + 1


def test_other_agreements(meet: Meet, plan: Site) -> None:
    admin = meet("admin@plan.example", site=plan)

    manual("S1", "Enterprise customers may have up to ten")
    rut = meet("rut@norrdal.example", site=plan)
    rut.open("/account/colleagues/")
    has_places(rut, 3, 10)  # two are named, and one is invited to be
    rut.sees("elsa@norrdal.example")

    manual("S3", "Enterprise customers have an account manager, a success manager, and a leader while a project lasts")
    rut.open("/")
    rut.follow(rut.t("Find out whom to turn to"), within="main")
    rut.sees(MANAGER, ITS_PHONE, "Sanna Lilja", "08-120 45 11", "Viktor Noren", "08-120 45 12")

    manual("S1", "some customers have agreed on something else")
    admin.open("/desk/organisations/?q=Granvik")
    admin.follow("Granviks kommun", within="main")
    admin.page.get_by_text(admin.t("Change the agreement"), exact=True).click()
    admin.page.locator("#facts [name=contact_limit]").fill("3")
    admin.press(admin.t("Save the agreement"))
    tomas = meet(TOMAS, site=plan, **PHONE_SIZE)
    tomas.open("/account/colleagues/")
    has_places(tomas, 2, 3)
    tomas.fill(email="ny@kund.example", name="Nora Yng", words="Välkommen!")
    tomas.field("is_named_contact").check()
    tomas.press(tomas.t("Send the invitation"))
    has_places(tomas, 3, 3)
    letters = plan.post.take()
    assert set(letters) == {("ny@kund.example", "invitation")}
    letter = letters["ny@kund.example", "invitation"]
    assert "Välkommen!" in letter.text
    nora = meet(site=plan, **PHONE_SIZE)
    nora.open(letter.link("/invitations/"))
    assert nora.field("name").input_value() == "Nora Yng"
    nora.fill(phone="0300-12 34 09")
    nora.press(nora.t("Accept and sign in"))
    nora.follow(nora.t("Go on without a password"))
    file_a_report(nora, plan, "Noras första ärende")
    meet(site=plan).open(letter.link("/invitations/"), status=404)  # it works once

    manual("S2", "pure Meetings customers may send questions, but do not have the support phone")
    nadja = meet("nadja@motesbolaget.example", site=plan)
    nadja.open("/")
    nadja.sees_not(PHONE)
    nadja.follow(plan.topic("meetings", nadja.language), within="main")
    nadja.fill(subject="Protokollet saknar bilagor", body="Tre bilagor syns inte.")
    nadja.press(nadja.t("Send ticket"))
    assert nadja.heading == nadja.t("Thank you, we have your ticket")
    nadja.sees_not(PHONE)
    nadja.follow(nadja.t("Open the ticket"), within="main")
    nadja.sees_not(PHONE)

    manual("S5", "the others call when it is urgent, and only then")
    nora.open("/")
    nora.sees(nora.t("For urgent matters"), PHONE, "Helgfria vardagar 8–17")
    nora.sees(nora.t("Call when it cannot wait. Everything else is answered faster in writing."))


def test_strangers_learn_by_mail_only(meet: Meet, plan: Site, tickets) -> None:
    before = tickets()
    pages = []
    for address in (STINA, "ny@kund.example", "nagon@okand.example"):
        guest = meet(site=plan)
        guest.open("/")
        guest.follow(guest.t("Create ticket"), within="header")
        assert guest.heading == guest.t("Sign in to write to us")
        guest.sees_not("Granvik", *HELPERS)
        guest.open("/tickets/new/fel/")
        assert guest.heading == guest.t("Sign in to write to us")
        guest.follow(guest.t("Find out whom to turn to"), within="main")
        guest.fill(email=address)
        guest.press(guest.t("Send me a mail"))
        assert guest.heading == guest.t("Look in your mail")
        pages.append(guest.text.replace(address, "…"))
    assert pages[0] == pages[1] == pages[2]

    manual("S7", "whoever is not covered learns who their administrators are")
    letters = plan.post.take()
    known, colleague, stranger = (
        letters.pop((address, "not_entitled")) for address in (STINA, "ny@kund.example", "nagon@okand.example")
    )
    assert letters == {}
    for letter in (known, colleague):
        for words in HELPERS:
            assert words in letter.text, words
            assert words in letter.html, words
    assert not any(words in stranger.text for words in ("Granvik", *HELPERS))
    assert "08-120 45 10" in stranger.text  # whom those call who are no customers yet
    assert tickets() == before

    # Nor does registering let anybody in.
    guest = meet(site=plan)
    guest.open("/register/")
    guest.fill(email="ny@kund.example")
    guest.press(guest.t("Send me a mail"))
    assert set(plan.post.take()) == {("ny@kund.example", "not_entitled")}
    guest.open("/tickets/")
    assert guest.path == "/sign-in/"
