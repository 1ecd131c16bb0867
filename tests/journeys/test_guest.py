"""T4, T8, T10, T11, T17: somebody nobody knows files a ticket, and follows it by what the mails bring."""

from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.strangers import introduce

ADDRESS, NAME = "maja.lind@strandby.example", "Maja Lind"
SUBJECT = "Larmet i entrén piper varje natt"
BODY = "Sedan i tisdags piper panelen klockan två.\n\nVi har inte ändrat något."
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # 1 pixel
SITE, SINCE, DISPLAY = "Rådhuset, plan 2", "2026-01-15T02:05", "Fel 31"


def go_to_the_form(guest: Reader, larm: Site) -> None:
    guest.open("/")
    guest.follow(guest.t("Create ticket"), within="header")
    guest.follow(larm.topic("brandlarm", guest.language), within="main")
    assert guest.heading == larm.topic("brandlarm", guest.language)


def answer_everything(guest: Reader) -> None:
    guest.fill(email=ADDRESS, name=NAME, phone="070-174 06 35", subject=SUBJECT, body=BODY)
    guest.fill(field_site=SITE, field_since=SINCE, field_display=DISPLAY)
    introduce(guest)


def test_a_wrong_form_says_what_to_do_and_keeps_everything(meet: Meet, larm: Site, papers) -> None:
    guest = meet()
    go_to_the_form(guest, larm)
    guest.fill(email="maja.lind", phone="070-174 06 35", body=BODY, field_since=SINCE)
    guest.attach(papers["log.txt"])
    guest.attach(papers["log.txt"], papers["Räkning & foto.pdf"])  # choosing again adds, and nothing twice
    guest.hand_over("drop", "panel.png", "image/png", PICTURE)
    expect(guest.page.locator(".drop__name")).to_have_text(["log.txt", "Räkning & foto.pdf", "panel.png"])

    guest.press(guest.t("Send ticket"), status=422)

    assert guest.page.evaluate("document.activeElement.id") == "errors"
    wrong = {
        "email": guest.t("Write a mail address such as name@example.com."),
        "name": guest.t("Write your name."),
        "subject": guest.t("Write in one sentence what it is about."),
        "field_municipality": guest.t("Answer this question."),
        "field_site": guest.t("Answer this question."),
    }
    lines = guest.page.locator("#errors a")
    expect(lines).to_have_count(len(wrong))
    for line, (name, advice) in zip(lines.all(), wrong.items(), strict=True):
        assert advice in line.inner_text()
        line.click()
        assert guest.page.evaluate("document.activeElement.name") == name
        assert guest.field(name).get_attribute("aria-invalid") == "true"
        described = (guest.field(name).get_attribute("aria-describedby") or "").split()
        assert any(advice in guest.page.locator(f"#{key}").inner_text() for key in described)
    assert guest.field("email").input_value() == "maja.lind"
    assert guest.field("phone").input_value() == "070-174 06 35"
    assert guest.field("body").input_value() == BODY
    assert guest.field("field_since").input_value() == SINCE
    expect(guest.page.locator("[name=kept]:checked")).to_have_count(3)

    answer_everything(guest)
    guest.press(guest.t("Send ticket"))

    with_files = larm.post.take()[ADDRESS, "confirmation"]
    guest.open(with_files.ticket_link)
    guest.sees("log.txt", "Räkning & foto.pdf", "panel.png", SITE, DISPLAY)
    expect(guest.page.locator(".file img")).to_have_js_property("naturalWidth", 1)
    for name, path in papers.items():
        assert guest.download(name) == path.read_bytes()


def test_a_guest_files_and_follows_the_ticket_by_mail(meet: Meet, larm: Site) -> None:
    guest = meet()
    go_to_the_form(guest, larm)
    answer_everything(guest)
    guest.hand_over("paste", "image.png", "image/png", PICTURE)
    expect(guest.page.locator(".drop__name")).to_have_count(1)
    guest.press(guest.t("Send ticket"))

    assert guest.heading == guest.t("Thank you, we have your ticket")
    number = guest.mark("ticket")
    assert guest.page.locator(".number__figure").inner_text() == number == str(larm.ticket(SUBJECT).number)
    guest.sees(guest.t("What happens next"), ADDRESS)
    expect(guest.link(guest.t("Open the ticket"), within="main")).to_have_count(0)  # a guest proves nothing yet

    # Back, and once more: one ticket.
    with guest.goes_on():
        guest.page.go_back()
    assert guest.field("subject").input_value() == SUBJECT
    guest.press(guest.t("Send ticket"))
    guest.is_told(guest.t("You had sent this already. It is one ticket, and nothing was sent twice."))
    assert guest.mark("ticket") == number
    assert larm.messages(SUBJECT) == [BODY]

    letters = larm.post.take()
    confirmation = letters.pop((ADDRESS, "confirmation"))
    assert {kind for _address, kind in letters} == {"new_ticket"}
    assert set(letters) == {(f"{name}@larm.example", "new_ticket") for name in ("lead", "agent")}
    assert confirmation.language == guest.language
    assert f"[#{number}]" in confirmation.subject
    assert guest.t("We have received your ticket. It has the number %(number)s.", number=number) in confirmation.text

    # The link in the mail opens this one ticket, without a password, also elsewhere.
    phone = meet(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    phone.open(confirmation.ticket_link)
    phone.sees(
        phone.t(
            "You are here via the link sent to %(address)s. It opens this ticket only.",
            address="m…@strandby.example",
        )
    )
    phone.sees_not(ADDRESS)
    assert (phone.heading, phone.mark("ticket"), phone.mark("status")) == (SUBJECT, number, "open")
    assert phone.mark("waiting-on") == "us"
    expect(phone.page.locator(".file img")).to_have_js_property("naturalWidth", 1)
    phone.fill(body="Nu piper den igen.")
    phone.press(phone.t("Send reply"))
    phone.is_told(phone.t("Sent. We get back to you here and by mail."))
    phone.sees("Nu piper den igen.")
    assert set(larm.post.take()) == {(f"{name}@larm.example", "customer_reply") for name in ("lead", "agent")}

    # A password, chosen from the mail, leads to all tickets.
    guest.open(confirmation.password_link)
    guest.fill(password="kort")
    guest.press(guest.t("Save the password and sign in"), status=422)
    guest.fill(password="Larmet-piper-31")
    guest.press(guest.t("Save the password and sign in"))
    assert (guest.path, guest.mark("total")) == ("/tickets/", "1")
    guest.follow(SUBJECT)
    guest.sees("Nu piper den igen.", SITE)
    assert guest.mark("ticket") == number
    guest.open(confirmation.password_link, status=404)  # it works once
    assert guest.heading == guest.t("This link no longer works")

    # Signed in, nothing known is asked again.
    guest.press(guest.t("Sign out"), within="header")
    guest.sign_in(ADDRESS, "Larmet-piper-31")
    guest.open("/tickets/new/brandlarm/")
    expect(guest.page.locator("main [name=email], main [name=name]")).to_have_count(0)
    guest.fill(subject="Samma fel igen", body="Det piper.", field_site=SITE)
    introduce(guest)
    guest.press(guest.t("Send ticket"))
    guest.follow(guest.t("Open the ticket"), within="main")
    assert guest.mark("ticket") == str(larm.ticket("Samma fel igen").number) != number
