"""Everything by keyboard alone, and always visible where one is."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import NARROW, PASSWORD, Reader
from tests.journeys.conftest import Meet, Site

HERE = """() => {
    const e = document.activeElement;
    // A link that covers its whole line shows the ring around the line.
    const rings = [getComputedStyle(e), getComputedStyle(e, "::after"), getComputedStyle(e.closest("li, .drop") ?? e)];
    const box = e.getBoundingClientRect();
    const frame = e.closest(".drop") ?? e; // a file's input is a point in the frame that shows for it
    const inside = (at, end) => Math.min(Math.max(at, 0), end - 1);
    const above = document.elementFromPoint(
        inside(box.left + Math.min(box.width / 2, 16), innerWidth), inside((box.top + box.bottom) / 2, innerHeight)
    );
    return {
        name: e.name || "",
        words: (e.getAttribute("aria-label") || e.innerText || e.value || "").replace(/\\s+/g, " ").trim(),
        outlined: rings.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
        body: e === document.body,
        inSight: box.bottom > 0 && box.top < innerHeight,
        covered: !(above && (frame.contains(above) || above.contains(e) || above.closest("label")?.control === e)),
    };
}"""
CUT = """() => [...document.querySelectorAll("body *")]
    .filter(e => {
        const style = getComputedStyle(e), box = e.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1 || style.visibility === "hidden") return false; // for listeners alone
        if (e.closest(".visually-hidden, svg")) return false;
        if (box.left < -1 && box.right > 1) return true;
        return ["hidden", "clip"].includes(style.overflowX) && e.clientWidth && e.scrollWidth > e.clientWidth + 1;
    })
    .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${e.innerText?.slice(0, 60)}`)"""
ZOOMED = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}  # 1440 × 900 at 200 %
HELP_PAGES = ("/", "/search/?q=betyg", "/contact/", "/help/", "/service-messages/", "/booking/")
ANNIKA = "customer@kund.example"


def step(reader: Reader, key: str = "Tab") -> dict[str, Any]:
    """To the next control, which must show that it has the focus, with nothing before it."""
    reader.page.keyboard.press(key)
    here: dict[str, Any] = reader.page.evaluate(HERE)
    is_seen = here["outlined"] and here["inSight"] and not here["covered"]
    assert here["body"] or is_seen, f"no one sees the focus on {here} at {reader.page.url}"
    return here


def tab_to(reader: Reader, words: str = "", *, name: str = "") -> None:
    """Tab on to a control. Every stop on the way must show that it has the focus."""
    for _stop in range(80):
        here = step(reader)
        if (name and here["name"] == name) or (words and here["words"] == words):
            return
    raise AssertionError(f"Tab never comes to {words or name!r} on {reader.page.url}")


def enter(reader: Reader, *, status: int = 200) -> None:
    with reader.goes_on(status=status):
        reader.page.keyboard.press("Enter")


def test_a_guest_files_by_keyboard(meet: Meet, larm: Site, papers) -> None:
    guest = meet()
    # The browser begins to hand choosers over a while after being asked; asked only at the key, it can miss that one.
    guest.page.on("filechooser", lambda chooser: None)
    guest.open("/")
    tab_to(guest, guest.t("Skip to the content"))
    guest.page.keyboard.press("Enter")
    tab_to(guest, larm.topic("passagesystem", guest.language))
    enter(guest)
    tab_to(guest, guest.t("Send ticket"))
    enter(guest, status=422)
    lines = guest.page.locator("#errors a")
    guest.page.keyboard.press("Tab")
    expect(lines.first).to_be_focused()
    guest.page.keyboard.press("Enter")
    expect(guest.field("email")).to_be_focused()
    guest.page.keyboard.type("kim@tang.example")
    for name, text in (("name", "Kim Tång"), ("subject", "Kortet fungerar inte"), ("body", "Läsaren är död.")):
        tab_to(guest, name=name)
        guest.page.keyboard.type(text)
    tab_to(guest, name="attachments")
    with guest.page.expect_file_chooser() as asking:
        guest.page.keyboard.press("Space")
    asking.value.set_files(papers["log.txt"])
    expect(guest.page.locator(".drop__name")).to_have_text(["log.txt"])
    for name, text in (("field_municipality", "Strandby"), ("field_site", "Skolan Öster")):
        tab_to(guest, name=name)
        guest.page.keyboard.type(text)
    tab_to(guest, name="field_since")
    for _part in range(6):  # of a date and a time, in whichever order the browser has them
        guest.page.keyboard.press("ArrowUp")
        guest.page.keyboard.press("ArrowRight")
    assert guest.field("field_since").input_value()
    tab_to(guest, name="field_scope")
    guest.page.keyboard.press("ArrowDown")
    assert guest.field("field_scope").input_value() == "one"
    tab_to(guest, guest.t("Send ticket"))
    with guest.goes_on():
        guest.page.keyboard.press("Space")
    assert guest.heading == guest.t("Thank you, we have your ticket")
    assert larm.messages("Kortet fungerar inte") == ["Läsaren är död."]


def test_a_customer_finds_help_by_keyboard(meet: Meet, skola: Site) -> None:
    annika = meet(ANNIKA, site=skola)
    grades, guardians = {"sv": ("betyg", "Betygen syns inte"), "en": ("grades", "Guardians cannot see the grades")}[
        annika.language
    ]
    keys = annika.page.keyboard

    # What is told on every page is put away, and the focus is not lost with it.
    annika.open("/")
    tab_to(annika, name="q")
    keys.type(grades)
    enter(annika)
    article = annika.page.locator("main .list__link", has_text=guardians).first
    tab_to(annika, article.inner_text())
    enter(annika)
    assert annika.heading.startswith(guardians)
    tab_to(annika, annika.t("Yes"))
    enter(annika)
    annika.sees(annika.t("You said that it helped."))
    banner = annika.page.locator(".service-banner")
    hide = " ".join(banner.get_by_role("button").inner_text().split())
    annika.open("/contact/")
    tab_to(annika, hide)
    keys.press("Enter")
    expect(banner).to_have_count(0)
    expect(annika.page.locator("#main")).to_be_focused()

    # Where one turns: two questions, and on to the form.
    choices = annika.page.locator("[data-guide-choices] .list__link")
    for _question in range(2):
        tab_to(annika, choices.first.inner_text())
        enter(annika)
    tab_to(annika, annika.t("Write to us: %(topic)s", topic=skola.topic("arendeformular", annika.language)))
    enter(annika)

    # What is known appears while one writes, and takes the focus from nobody.
    tab_to(annika, name="subject")
    keys.type(f"{guardians} {grades}")
    found = annika.page.locator("main [data-suggestion]")
    expect(found.first).to_be_visible()
    expect(annika.field("subject")).to_be_focused()
    hidden = annika.page.locator("[data-suggestions-hide]")
    step(annika)
    expect(hidden).to_be_focused()
    step(annika)
    expect(found.first.get_by_role("link")).to_be_focused()
    keys.press("Escape")
    expect(found.first).to_be_hidden()
    expect(annika.field("subject")).to_be_focused()
    tab_to(annika, name="body")


def test_a_customer_books_by_keyboard(meet: Meet, skola: Site) -> None:
    annika = meet(ANNIKA, site=skola)
    keys = annika.page.keyboard
    tab_to(annika, annika.t("Booking"))
    enter(annika)
    for kind in (".whose a", ".rows__name"):  # what for, and when
        tab_to(annika, annika.page.locator(f"[aria-labelledby=coming] {kind}").first.inner_text())
        enter(annika)
    tab_to(annika, name="message")
    keys.type("11 klasser")
    tab_to(annika, annika.t("Book a place"))
    enter(annika)
    annika.sees(annika.t("You have a place."))
    tab_to(annika, annika.t("Cancel the booking"))
    enter(annika)
    tab_to(annika, annika.t("Cancel the booking"))
    with annika.goes_on():
        keys.press("Space")
    annika.open("/booking/")
    expect(annika.page.locator("[data-mine]")).to_have_count(0)


@pytest.mark.parametrize("language", ["sv"])  # whose words are the longer ones
@pytest.mark.parametrize("window", [{"viewport": NARROW}, ZOOMED], ids=["320", "200%"])
def test_nothing_is_cut_or_hides_the_focus(meet: Meet, skola: Site, window: dict[str, Any]) -> None:
    annika = meet(ANNIKA, site=skola, **window)
    annika.open("/help/")
    article = annika.page.locator("main .list__link").first.get_attribute("href")
    annika.open("/booking/")
    occasion = annika.page.locator("main .rows__name").first.get_attribute("href")
    for address in (*HELP_PAGES, str(article), str(occasion), "/tickets/new/arendeformular/"):
        annika.open(address)
        assert annika.page.evaluate(CUT) == [], f"{address} cuts words off"
        stops = 0
        while not step(annika)["body"] and stops < 120:
            stops += 1
        assert 5 < stops < 120, f"Tab comes to {stops} controls on {address}"


def test_an_agent_works_the_queue_by_keyboard(meet: Meet, larm: Site) -> None:
    agent = meet()
    agent.open("/sign-in/")
    tab_to(agent, name="email")
    agent.page.keyboard.type("agent@larm.example")
    tab_to(agent, name="password")
    agent.page.keyboard.type(PASSWORD)
    enter(agent)
    keys = agent.page.keyboard
    subjects = agent.page.locator("[data-row] a.row__subject").all_inner_texts()
    here = agent.page.locator("a.row__subject:focus")

    keys.press("j")
    expect(here).to_have_text(subjects[0])
    keys.press("j")
    keys.press("j")
    expect(here).to_have_text(subjects[2])
    keys.press("k")
    expect(here).to_have_text(subjects[1])
    expect(agent.page.locator("#preview h2")).to_have_text(subjects[1])

    keys.press("?")
    dialog = agent.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    agent.look()
    keys.press("j")  # rests while the list is open
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(here).to_have_text(subjects[1])

    enter(agent)
    assert agent.heading == subjects[1]
    keys.press("r")
    expect(agent.field("body")).to_be_focused()
    keys.type("Vi kommer jarlen u r n")  # letters are letters while one writes
    tab_to(agent, agent.t("Send and wait for customer"))
    enter(agent)
    assert agent.mark("waiting-on") == "customer"
    assert larm.messages(subjects[1])[-1] == "Vi kommer jarlen u r n"
    keys.press("n")
    expect(agent.field("body")).to_be_focused()
    keys.type("Internt.")
    with agent.goes_on():
        keys.press("Control+Enter")
    expect(agent.page.locator(".message--note").last).to_contain_text("Internt.")
    assert agent.mark("waiting-on") == "customer"

    with agent.goes_on():
        keys.press("u")
    assert agent.path == "/desk/"
    keys.press("/")
    expect(agent.page.locator("#search")).to_be_focused()
    keys.type("jubileum")
    enter(agent)
    assert agent.page.locator("#search").input_value() == "jubileum"
