"""An article's whole life: made of an answer, written, read, said of, changed, kept from others, put away."""

from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from helpdesk.demo.pictures import panel
from knowledge.models import Article
from notifications.actions.reviews import ask_about_articles
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tickets.private_parts import GAP

OSKAR, RECEPTION, AGENT = "customer@kund.example", "reception@bruket.example", "agent@passer.example"
STRANGER = "agent@larm.example"  # works at another portal
GATE = "Garageporten släpper inte in någon sedan i morse"
PHONE = "08-19 00 40"
SOMEBODYS = ("Oskar", "Kvarnen", "10024471", "oskar.lindh@kund.example", "https://backstage.example/kort/10024471")
ANSWER = (
    "Hej Oskar! Felet satt i läsaren vid Kvarnen. Kort 10024471 är prövat.\n\n"
    f"Bryt strömmen till läsaren i tio sekunder. Hjälper det inte, ring {PHONE}.\n\n"
    f"Loggen mejlade jag till {SOMEBODYS[3]}, se {SOMEBODYS[4]}."
)
SLUG = "starta-om-en-kortlasare"
TITLES = {"sv": "Starta om en kortläsare", "en": "Restart a card reader"}
BODIES = {
    "sv": "## Så här gör du\n\n1. Bryt strömmen i **tio sekunder**.\n2. Vänta på grönt ljus.\n\n<b>Ring</b> annars.",
    "en": "## What to do\n\n1. Cut the power for **ten seconds**.\n2. Wait for a green light.\n\n<b>Call</b> us.",
}
HEADINGS, STRONG = {"sv": "Så här gör du", "en": "What to do"}, {"sv": "tio sekunder", "en": "ten seconds"}
MISSPELT = {"sv": "startaom kortlsäare", "en": "restrat card raeder"}
COMMENT = {"sv": "Min läsare har ingen lampa.", "en": "My reader has no light."}

# What is suggested stands on the page a moment after its answer came.
TELLS_WHEN_SETTLED = """() => document.addEventListener(
    "htmx:afterSettle", () => { document.documentElement.dataset.settled = "" }, { once: true }
)"""

CARD, ITS_NEIGHBOUR = "sparra-ett-borttappat-kort", "lagg-upp-ett-nytt-kort"
LOST = {"sv": "Spärra ett borttappat kort", "en": "Block a lost card"}
NEW_CARD = {"sv": "Lägg upp ett nytt kort", "en": "Add a new card"}
SEARCHED = {"sv": "spärra kort", "en": "block card"}
SUBJECT = {"sv": "Kan ni spärra ett borttappat kort?", "en": "Can you block a lost card?"}
NEWS = {"sv": "Skriv också ner kortets nummer.", "en": "Write down the card's number, too."}


def other(language: str) -> str:
    return "en" if language == "sv" else "sv"


def write(agent: Reader, language: str) -> None:
    """The words of one language, into the editor."""
    agent.field(f"title_{language}").fill(TITLES[language])
    agent.field(f"body_{language}").fill(BODIES[language])


def is_not_there(reader: Reader, slug: str) -> None:
    """An article somebody may not read answers like one that does not exist."""
    reader.open(f"/help/{slug}/", status=404)
    assert reader.heading == reader.t("This article is not here")
    reader.sees_not(*TITLES.values(), *LOST.values())


def search(reader: Reader, words: str) -> None:
    reader.open("/")
    reader.page.locator("main [name=q]").fill(words)
    reader.press(reader.t("Search"), within="main [role=search]")


def open_article(agent: Reader, title: str) -> str:
    """From the desk's list into the editor, whose address is returned."""
    agent.open("/desk/help/")
    agent.follow(title, within="main table")
    return agent.path


def look_at(agent: Reader, tab: str) -> None:
    """Another of the pages about one article. Its tab may have a figure beside its words."""
    with agent.goes_on():
        agent.page.locator("main nav.tabs").get_by_role("link", name=tab).click()


def press_in_row(agent: Reader, row: str, text: str) -> None:
    """A button beside something listed, which it names for those who do not see it."""
    beside = agent.page.locator("main .rows__row", has_text=row)
    with agent.goes_on():
        beside.get_by_role("button", name=agent.t(text)).click()


def made_of_the_answer(agent: Reader, passer: Site, folder: Path) -> str:
    """Answer the ticket, and make a draft of the answer."""
    picture, log = folder / "lampan.png", folder / "logg.txt"
    picture.write_bytes(panel())
    log.write_text("10024471 Oskar Lindh", encoding="utf-8")
    agent.open(f"/desk/tickets/{passer.ticket(GATE).number}/")
    agent.fill(body=ANSWER)
    agent.attach(picture, log)
    agent.press(agent.t("Send and wait for customer"))
    answer = agent.page.locator(".entry", has_text=PHONE).last
    with agent.goes_on():
        answer.get_by_role("link", name=agent.t("Make an article of this")).click()

    # What may be somebody's is marked, and nothing of it is ticked.
    marked = " ".join(agent.page.locator("main .difference__text mark").all_inner_texts())
    for words in (*SOMEBODYS, PHONE):
        assert words in marked, words
    expect(agent.page.locator("main input:checked")).to_have_count(0)
    agent.page.get_by_label(PHONE, exact=True).check()
    agent.page.get_by_label("lampan.png", exact=True).check()
    agent.field("language").select_option("sv")
    agent.fill(title="Kort som inte läses")
    agent.press(agent.t("Make the draft"), within="main")

    text = agent.field("body_sv").input_value()
    assert PHONE in text
    assert GAP in text
    for words in SOMEBODYS:
        assert words not in text
    agent.sees("lampan.png")
    agent.sees_not("logg.txt", *SOMEBODYS)
    return agent.path


def test_an_article_made_of_an_answer(meet: Meet, passer: Site, language: str, tmp_path: Path) -> None:
    agent, guest = meet(AGENT, site=passer), meet(site=passer)
    title, second = TITLES[language], other(language)

    manual("A2", "guides and common troubleshooting: one is made of what was answered")
    editor = made_of_the_answer(agent, passer, tmp_path)

    # Written with Markdown, shown as readers get it, with a picture and a file.
    agent.field("title_sv").fill("")
    agent.field("body_sv").fill("")
    write(agent, language)
    body = agent.field(f"body_{language}")
    body.press("Control+End")
    agent.page.locator("main li", has_text="lampan.png").locator("[data-insert]").click()
    assert "![lampan.png](file:" in body.input_value()
    sheet = tmp_path / "Steg & steg.txt"
    sheet.write_text("1, 2, 3", encoding="utf-8")
    agent.attach(sheet)
    agent.press(agent.t("Add the files"), within="main")
    assert STRONG[language] in body.input_value()  # what was typed stays
    body.press("Control+End")
    agent.page.locator("main li", has_text=sheet.name).locator("[data-insert]").click()
    agent.button(agent.t("Show as readers get it")).click()
    shown = agent.page.locator("#preview .article")
    expect(shown.get_by_role("heading", name=HEADINGS[language])).to_be_visible()
    expect(shown.locator("strong")).to_have_text(STRONG[language])
    expect(shown.locator("img[alt='lampan.png']")).to_be_visible()
    expect(shown.locator("b")).to_have_count(0)

    # A draft is the desk's alone.
    agent.press(agent.t("Save the draft"), within="main .form__end")
    agent.is_told(agent.t("The draft is saved."))
    look_at(agent, agent.t("Place and readers"))
    agent.fill(slug=SLUG)
    agent.press(agent.t("Save"), within="main")
    is_not_there(guest, SLUG)
    search(guest, title)
    guest.sees_not(f"/help/{SLUG}/")
    expect(agent.link(agent.t("As readers get it"))).to_have_count(0)

    # The other language, and out.
    agent.open(editor)
    write(agent, second)
    agent.press(agent.t("Publish"), within="main .form__end")
    agent.is_told(agent.t("Published. Readers get it from now on."))

    # A guest finds it with typing errors, and the hit is marked.
    search(guest, MISSPELT[language])
    hit = guest.page.locator(f"main a[href='/help/{SLUG}/']")
    expect(hit.locator("mark").first).to_be_visible()
    with guest.goes_on():
        hit.click()
    assert guest.heading == title
    guest.sees(HEADINGS[language], STRONG[language], sheet.name)
    picture = guest.page.locator("main .article img")
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 240
    with guest.page.expect_download() as arriving:
        guest.link(sheet.name, within="main .article").click()
    assert Path(arriving.value.path()).read_text(encoding="utf-8") == "1, 2, 3"

    # On paper stands the article alone.
    guest.page.emulate_media(media="print")
    expect(guest.page.locator("main .article")).to_be_visible()
    expect(picture).to_be_visible()
    for name in ("header nav", "#helpful", ".footer", "#next-step"):
        expect(guest.page.locator(name).first).to_be_hidden()
    guest.page.emulate_media(media="screen")

    # It did not help; why is read by the staff.
    guest.press(guest.t("No"), within="#helpful")
    guest.fill(comment=COMMENT[language])
    guest.press(guest.t("Send what I wrote"), within="#helpful")
    guest.sees(guest.t("You said that it did not help."))
    agent.open(editor)
    expect(agent.page.locator("main nav.tabs [data-count='1']")).to_be_visible()
    look_at(agent, agent.t("Readers’ comments"))
    assert agent.mark("total") == "1"
    agent.sees(COMMENT[language], agent.t("It did not help"))
    agent.press(agent.t("Seen"), within="main .rows")
    expect(agent.page.locator("main nav.tabs [data-count='0']")).to_be_visible()

    # The other language has its own words, and another portal has nothing of it.
    elsewhere = meet(site=passer, language=second)
    elsewhere.open(f"/help/{SLUG}/")
    assert elsewhere.heading == TITLES[second]
    foreigner = meet(STRANGER)
    is_not_there(foreigner, SLUG)
    foreigner.open(editor, status=404)
    search(foreigner, title)
    foreigner.sees_not(f"/help/{SLUG}/")


def test_a_reader_needs_no_script(meet: Meet, passer: Site, language: str) -> None:
    guest = meet(site=passer, java_script_enabled=False)

    manual("A2", "guides and common troubleshooting, also for those whose browser runs no scripts")
    search(guest, {"sv": "borttapat kort", "en": "lsot card"}[language])
    expect(guest.page.locator(f"main a[href='/help/{CARD}/'] mark").first).to_be_visible()
    guest.follow(LOST[language], within="main")
    guest.press(guest.t("No"), within="#helpful")
    guest.fill(comment=COMMENT[language])
    guest.press(guest.t("Send what I wrote"), within="#helpful")
    guest.sees(guest.t("You said that it did not help."))
    guest.press(guest.t("It helped"), within="#helpful")
    guest.sees(guest.t("You said that it helped."))
    with guest.goes_on():
        guest.page.locator("main a.back").click()
    guest.follow(NEW_CARD[language], within="main")
    is_not_there(guest, "no-such-article")
    guest.follow(guest.t("To all articles"), within="main")
    assert guest.heading == guest.t("Help")

    # Whoever sends a ticket that is not complete is shown what helps, and may leave it at that.
    guest.open("/tickets/new/fel/")
    guest.fill(subject=SUBJECT[language])
    guest.press(guest.t("Send ticket"), status=422)
    suggested = guest.page.locator("main [data-suggestion]").filter(has=guest.page.locator(f"a[href='/help/{CARD}/']"))
    with guest.goes_on():
        suggested.get_by_role("button").click()
    assert guest.heading == guest.t("Good that it is solved")


def test_a_changed_article_and_its_history(meet: Meet, passer: Site, language: str) -> None:
    agent, guest = meet(AGENT, site=passer), meet(site=passer)
    editor = open_article(agent, LOST[language])
    before = agent.field(f"body_{language}").input_value()

    manual("A2", "guides: they are kept true, and what they said once is not lost")
    agent.field(f"body_{language}").fill(f"{before}\n\n{NEWS[language]}")
    agent.fill(note="#1")
    agent.press(agent.t("Save the draft"), within="main .form__end")
    guest.open(f"/help/{CARD}/")
    guest.sees_not(NEWS[language])
    agent.press(agent.t("Publish"), within="main .form__end")
    guest.open(f"/help/{CARD}/")
    guest.sees(NEWS[language])

    look_at(agent, agent.t("History"))
    assert agent.mark("total") == "2"
    agent.field("from").fill("1")
    agent.field("to").fill("2")
    agent.press(agent.t("Show what is different"), within="main")
    expect(agent.page.locator("#difference ins")).to_contain_text(NEWS[language])
    expect(agent.page.locator("#difference del")).to_have_count(0)

    # What it said before becomes the draft; readers get it when that is out.
    press_in_row(agent, f"1. {LOST[language]}", "Make it the draft")
    assert agent.path == editor
    assert agent.field(f"body_{language}").input_value() == before
    guest.open(f"/help/{CARD}/")
    guest.sees(NEWS[language])
    agent.press(agent.t("Publish"), within="main .form__end")
    guest.open(f"/help/{CARD}/")
    guest.sees_not(NEWS[language])
    look_at(agent, agent.t("History"))
    assert agent.mark("total") == "3"

    # On the day that was set, whoever answers for it is asked whether it still holds.
    look_at(agent, agent.t("Place and readers"))
    agent.fill(review_at=timezone.localdate().isoformat())
    agent.press(agent.t("Save"), within="main")
    passer.post.take()
    with tenant_scope(passer.tenant):
        assert ask_about_articles() == 1
        assert ask_about_articles() == 0
    letter = passer.post.take()[AGENT, "reviews"]
    assert LOST[letter.language] in letter.text
    agent.open(letter.link("/desk/help/reviews/"))
    assert agent.mark("total") == "1"
    press_in_row(agent, LOST[language], "Still holds")
    assert agent.mark("total") == "0"


class Everywhere:
    """All places where somebody may come upon one article."""

    def __init__(self, reader: Reader, language: str) -> None:
        self.reader, self.language = reader, language

    def found(self) -> set[str]:
        """Those where they do."""
        reader, link = self.reader, f"a[href='/help/{CARD}/']"
        there = set()
        reader.page.goto(f"{reader.home}/help/{CARD}/")
        reader.look(status=reader.status)
        if reader.heading == LOST[self.language]:
            there.add("itself")
        for place, address in (("help", "/help/"), ("related", f"/help/{ITS_NEIGHBOUR}/")):
            reader.open(address)
            if reader.page.locator(f"main {link}").count():
                there.add(place)
        search(reader, SEARCHED[self.language])
        if reader.page.locator(f"main {link}").count():
            there.add("search")
        reader.open("/tickets/new/fel/")
        reader.page.evaluate(TELLS_WHEN_SETTLED)
        reader.fill(subject=SUBJECT[self.language])
        expect(reader.page.locator("html[data-settled]")).to_have_count(1)
        if reader.page.locator(f"main [data-suggestion] {link}").count():
            there.add("suggestions")
        return there

    def total(self) -> int:
        """How many articles the help centre says it has."""
        self.reader.open("/help/")
        return int(self.reader.page.locator("main [data-total]").get_attribute("data-total") or "")

    def hits(self) -> int:
        """How many articles the search says it has found."""
        self.reader.open(f"/search/?q={SEARCHED[self.language]}&kind=articles")
        return int(self.reader.page.locator("main nav.tabs [aria-current]").get_attribute("data-count") or "")


def test_an_article_for_some_is_nowhere_for_others(meet: Meet, passer: Site, language: str) -> None:
    agent, guest, oskar = meet(AGENT, site=passer), meet(site=passer), meet(OSKAR, site=passer)
    reception = meet(RECEPTION, site=passer)
    with tenant_scope(passer.tenant):
        keys = {slug: Article.objects.get(slug=slug).pk for slug in (CARD, ITS_NEIGHBOUR)}
    agent.open(f"/desk/help/{keys[ITS_NEIGHBOUR]}/place/")
    agent.fill(find=LOST[language])
    agent.page.locator("#related").get_by_label(LOST[language], exact=True).check()
    agent.press(agent.t("Save"), within="main")
    place = f"/desk/help/{keys[CARD]}/place/"
    everywhere = {"itself", "help", "related", "search", "suggestions"}
    of_guest, of_oskar = (Everywhere(one, language) for one in (guest, oskar))
    assert of_guest.found() == everywhere
    total, hits = of_guest.total(), of_guest.hits()

    manual("A2", "guides: some are for the staff, or for certain customers")
    agent.open(place)
    agent.page.locator("main [name=audience][value=staff]").check()
    agent.press(agent.t("Save"), within="main")
    assert of_guest.found() == set()
    assert (of_guest.total(), of_guest.hits()) == (total - 1, hits - 1)
    is_not_there(oskar, CARD)
    agent.open(f"/help/{CARD}/")
    agent.sees(agent.t("Staff only"))

    agent.open(place)
    agent.page.locator("main [name=audience][value=organisations]").check()
    agent.press(agent.t("Save"), within="main", status=422)
    agent.sees(agent.t("Choose at least one organisation."))
    agent.fill(organisations="Fastighets AB Kvarnen")
    agent.press(agent.t("Save"), within="main")
    assert of_oskar.found() == everywhere
    for one in (reception, guest):
        is_not_there(one, CARD)

    # For everybody again, then away, and back as it was.
    agent.open(place)
    agent.page.locator("main [name=audience][value=everybody]").check()
    agent.press(agent.t("Save"), within="main")
    look_at(agent, agent.t("Text"))
    agent.press(agent.t("Put the article away"), within="main")
    assert of_guest.found() == set()
    agent.press(agent.t("Bring the article back"), within="main")
    assert of_guest.found() == everywhere
    assert (of_guest.total(), of_guest.hits()) == (total, hits)
