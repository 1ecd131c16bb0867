"""Somebody at a browser. Whatever they do, the page they come to is looked at: marks, language, axe, width, noise."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response, expect

from tests.journeys.words import words

PASSWORD = "Demo-2026!"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 640}
AXE = Axe()
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}  # preloading puts styles into the page, against its CSP
AXE_COLOURS = AXE_OPTIONS | {"runOnly": ["color-contrast"]}  # nothing else differs in the dark
SERIOUS = ("serious", "critical")
LOOK = """() => ({
    headings: [...document.querySelectorAll("h1")].map(h => h.innerText.trim()),
    language: document.documentElement.lang,
    title: document.title,
    main: document.querySelectorAll("main").length,
    ids: [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at),
})"""
OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter(e => e.getBoundingClientRect().right > width + 1)
        .map(e => `${e.tagName.toLowerCase()}.${e.className} ends at ${Math.round(e.getBoundingClientRect().right)}`)
        .slice(0, 8);
}"""
PARTS = r"""() => [...new Set([...document.querySelectorAll("html, body *")].map(e => {
    const name = e => e ? `${e.tagName}.${e.className?.baseVal ?? e.className}` : "";
    return `${name(e.parentElement)} ${name(e)} ${e.getAttributeNames()} ${e.matches(":disabled, [hidden]")}`;
}))]"""
# A page's looks do not depend on the engine: axe, the small phone and the dark are for `make test` alone.
LOOKS_CLOSELY = connection.vendor == "sqlite"


class Seen:
    """What has been looked at, by this process or by another worker of the same run that shares the folder."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def is_new(self, *what: str) -> bool:
        """Whether nobody has looked at it yet. Whoever asks first looks, and nobody after them."""
        assert self.folder is not None, "nobody said where it is noted what has been seen"
        try:
            (self.folder / sha256("\0".join(what).encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


# What this run has seen already: each kind of page is audited once, wide and narrow, light and dark, and besides each
# page that has a part nobody has seen yet.
seen = Seen()


class Reader:
    """A person with a browser window of their own, on one portal, reading in one language."""

    def __init__(
        self, context: BrowserContext, home: str, language: str, name: str = "", *, scripts: bool = True
    ) -> None:
        self.context, self.home, self.language, self.name, self.scripts = context, home, language, name, scripts
        self.noise: list[str] = []
        self.status = 0
        context.on("request", self._no_stranger)
        context.on("response", self._remember)
        context.on("console", self._listen)
        context.on("weberror", lambda trouble: self.noise.append(f"script error: {trouble.error}"))
        self.page = context.new_page()

    # -- words ---------------------------------------------------------------------------------------------

    def t(self, text: str, context: str = "", **values: Any) -> str:
        return words(self.language, text, context, **values)

    # -- moving --------------------------------------------------------------------------------------------

    def open(self, address: str, *, status: int = 200) -> None:
        self.page.goto(address if "://" in address else f"{self.home}{address}")
        self.look(status=status)

    @contextmanager
    def goes_on(self, *, status: int = 200) -> Iterator[None]:
        """What is done inside leads to another page, which is then looked at."""
        with self.page.expect_navigation():
            yield
        self.look(status=status)

    def follow(self, text: str, *, within: str = "body") -> None:
        """A link, by the product's own text or a name from the data."""
        with self.goes_on():
            self.link(text, within=within).click()

    def press(self, text: str, *, within: str = "body", status: int = 200) -> None:
        with self.goes_on(status=status):
            self.button(text, within=within).click()

    def link(self, text: str, *, within: str = "body") -> Locator:
        return self.page.locator(within).get_by_role("link", name=text, exact=True).first

    def button(self, text: str, *, within: str = "body") -> Locator:
        return self.page.locator(within).get_by_role("button", name=text, exact=True).first

    def field(self, name: str) -> Locator:
        """A control by its name in the contract; it must have a label."""
        control = self.page.locator(f"main [name={name}]:visible").first
        assert control.evaluate("e => e.labels.length") == 1, f"{name} has no label"
        return control

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.field(name).fill(value)

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        self.open("/sign-in/")
        self.fill(email=address, password=password)
        self.press(self.t("Sign in"), within="main")

    def be_signed_in(self, address: str, password: str = PASSWORD) -> None:
        """As `sign_in`, without its page, which others look at: the browser begins with where it leads."""
        at, agent = urlsplit(self.home), self.page.evaluate("navigator.userAgent")
        known = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        client = Client(
            headers={
                "host": at.netloc,
                "user-agent": agent,
                "accept-language": self.page.evaluate("navigator.language"),
            }
        )
        client.cookies.load(known)
        answer = client.post("/sign-in/", {"email": address, "password": password})
        assert answer.status_code == 302, f"{address} cannot sign in at {self.home}: {answer.status_code}"
        kept = [
            {"name": name, "value": cookie.value, "url": self.home, "httpOnly": True, "sameSite": "Lax"}
            for name, cookie in client.cookies.items()
        ]
        self.context.add_cookies(kept)  # type: ignore[arg-type]
        self.open(answer.headers["Location"])

    # -- reading -------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def mark(self, name: str) -> str:
        """A mark on the main element that programs rely on (CONTRACT, "Marks in pages")."""
        return self.page.locator("main").get_attribute(f"data-{name}") or ""

    def sees(self, *texts: str) -> None:
        """All of the page counts, also what is folded away."""
        content = " ".join((self.page.locator("body").text_content() or "").split())
        for text in texts:
            assert " ".join(text.split()) in content, f"{text!r} is not on {self.page.url}: {content[-1500:]}"

    def sees_not(self, *texts: str) -> None:
        content = self.page.content()
        for text in texts:
            assert text not in content, f"{text!r} is on {self.page.url}"

    def is_told(self, text: str) -> None:
        expect(self.page.locator(".notices [role=status], .notices[role=status]").first).to_contain_text(text)

    # -- files ---------------------------------------------------------------------------------------------

    def attach(self, *files: Path) -> None:
        self.page.set_input_files("main input[type=file]", list(files))

    def hand_over(self, event: str, name: str, kind: str, content: str) -> None:
        """Drop or paste a file, as an operating system hands it to the page."""
        self.page.locator("main textarea").first.evaluate(
            """(target, [event, name, type, content]) => {
                const data = new DataTransfer();
                data.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, { type }));
                const fields = { bubbles: true, cancelable: true };
                target.dispatchEvent(
                    event === "paste"
                        ? new ClipboardEvent("paste", { ...fields, clipboardData: data })
                        : new DragEvent("drop", { ...fields, dataTransfer: data })
                );
            }""",
            [event, name, kind, content],
        )

    def download(self, name: str) -> bytes:
        """A file of a message; it must be saved, not shown, and under its own name."""
        with self.page.expect_download() as arriving:
            self.page.locator("a.file", has_text=name).first.click()
        assert arriving.value.suggested_filename == name
        return Path(arriving.value.path()).read_bytes()

    # -- looking -------------------------------------------------------------------------------------------

    def look(self, *, status: int = 200) -> None:
        """What must hold on every page that anybody comes to."""
        where = f"{self.page.url} for {self.name or 'a guest'} ({self.language})"
        assert self.status == status, f"{where} answered {self.status}"
        found = self.page.evaluate(LOOK)
        assert len(found["headings"]) == 1, f"{where} has the headings {found['headings']}"
        assert found["headings"][0], f"{where} has an empty heading"
        assert found["language"] == self.language, f"{where} is in {found['language']}"
        assert found["main"] == 1, where
        assert found["title"].strip(), where
        assert found["ids"] == [], f"{where} uses these ids twice"
        assert self.page.evaluate(OVERFLOW) == [], f"{where} is wider than the window"
        is_wide = self.page.viewport_size["width"] >= 1200
        if is_wide and self.scripts and self.page.locator("main[data-total] [data-row]").count():
            expect(self.page.locator("#preview .preview")).to_be_visible()
        if LOOKS_CLOSELY:
            self._look_closely(where, status)
        self.is_quiet()

    def _look_closely(self, where: str, status: int) -> None:
        kind = (self._kind_of_page(), str(status), str(self.page.viewport_size))
        self._audit(where, kind)
        if seen.is_new("kind", self.language, *kind):
            self._look_closer(where, kind)

    def is_quiet(self) -> None:
        assert self.noise == [], f"at {self.page.url}: {self.noise}"

    def _look_closer(self, where: str, kind: tuple[str, ...]) -> None:
        """The same page on a small phone, and in the dark."""
        size = self.page.viewport_size
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        assert self.page.evaluate(OVERFLOW) == [], f"{where} is wider than 320 px"
        self.page.emulate_media(color_scheme="dark")
        self._audit(f"{where}, narrow and dark", kind, "dark")
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self._audit(f"{where}, dark", kind, "dark", AXE_COLOURS)
        self.page.emulate_media(color_scheme="light")

    def _audit(
        self, where: str, kind: tuple[str, ...], light: str = "light", options: dict[str, Any] = AXE_OPTIONS
    ) -> None:
        """In whichever language comes first: both are made of the same parts."""
        if not self.scripts:
            return  # axe is a script itself; the same pages are audited in the other journeys
        view = (str(self.page.viewport_size), light)
        parts = [seen.is_new("part", *view, part) for part in self.page.evaluate(PARTS)]
        if not (seen.is_new("audited", *view, *kind) or any(parts)):
            return
        found = AXE.run(self.page, options=options).response["violations"]
        bad = [
            f"{violation['id']}: {violation['help']}: "
            + "; ".join(f"{node['html'][:160]} {node.get('failureSummary', '')}" for node in violation["nodes"][:3])
            for violation in found
            if violation["impact"] in SERIOUS
        ]
        assert bad == [], f"axe on {where}: {json.dumps(bad, indent=1, ensure_ascii=False)}"

    def _kind_of_page(self) -> str:
        try:
            return resolve(self.path).view_name
        except Resolver404:
            return "none"

    # -- listening -----------------------------------------------------------------------------------------

    def _no_stranger(self, request: Request) -> None:
        if request.url.startswith(("data:", "blob:")):
            return
        if urlsplit(request.url).netloc != urlsplit(self.home).netloc:
            self.noise.append(f"asked another host: {request.url}")

    def _remember(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.noise.append(f"{response.status} for {response.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        # The browser reports a page's own 4xx as well; statuses are checked where they are expected.
        # Whoever goes on while suggestions are still on their way breaks these off, which htmx calls an error (twice).
        told_elsewhere = re.match(r"Failed to load resource|htmx:(?:afterRequest|sendAbort), ", message.text)
        if message.type in ("error", "warning") and not told_elsewhere:
            self.noise.append(f"console: {message.text}")
