"""Everything by keyboard alone, and always visible where one is."""

from playwright.sync_api import expect

from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site

HERE = """() => {
    const e = document.activeElement;
    // A link that covers its whole line shows the ring around the line.
    const rings = [getComputedStyle(e), getComputedStyle(e, "::after"), getComputedStyle(e.closest("li, .drop") ?? e)];
    const box = e.getBoundingClientRect();
    return {
        name: e.name || "",
        words: (e.getAttribute("aria-label") || e.innerText || e.value || "").replace(/\\s+/g, " ").trim(),
        outlined: rings.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
        body: e === document.body,
        inSight: box.bottom > 0 && box.top < innerHeight,
    };
}"""


def tab_to(reader: Reader, words: str = "", *, name: str = "") -> None:
    """Tab on to a control. Every stop on the way must show that it has the focus."""
    for _stop in range(80):
        reader.page.keyboard.press("Tab")
        here = reader.page.evaluate(HERE)
        assert here["body"] or (here["outlined"] and here["inSight"]), f"no one sees the focus on {here}"
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
