"""Takes the pictures in docs/pictures from a throwaway product with its demo portals."""

import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import throwaway
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

PICTURES = throwaway.ROOT / "docs" / "pictures"
LARGEST = 150_000  # bytes
DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
CHROMIUM = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]
CUSTOMER_TICKET = re.compile(r"^(https?://[^/]+)?/tickets/\d+/(\?.*)?$")
ARTICLE = re.compile(r"^(https?://[^/]+)?/help/[\w-]+/$")
DESK_TICKET = re.compile(r"^(https?://[^/]+)?/desk/tickets/\d+/(\?.*)?$")
TEXTS = {"field_municipality": "Kulla kommun", "field_display": "Fel 31, slinga 4"}
OTHERWISE = "Rådhuset, plan 2"
TOPIC = re.compile(r"^(https?://[^/]+)?/tickets/new/[\w-]+/$")


@dataclass(frozen=True)
class Picture:
    name: str
    portal: str
    go: Callable[[Page, str], None]
    person: str = ""
    language: str = "sv-SE"
    size: ViewportSize = field(default_factory=lambda: DESK)
    dark: bool = False


def open_first(page: Page, address: re.Pattern[str]) -> None:
    """Follows the first link whose address has this form."""
    for link in page.locator("a[href]").all():
        target = link.get_attribute("href") or ""
        if address.match(target):
            page.goto(page.evaluate("path => new URL(path, location.href).href", target))
            return
    sys.exit(f"pictures: {page.url} has no link like {address.pattern}")


def home(page: Page, portal: str) -> None:
    page.goto(f"{portal}/")


def form(page: Page, portal: str) -> None:
    page.goto(f"{portal}/tickets/new/")
    open_first(page, TOPIC)


def filled_form(page: Page, portal: str) -> None:
    form(page, portal)
    answers = {
        "email": "maja.lind@kund.example",
        "name": "Maja Lind",
        "phone": "070-174 06 35",
        "subject": "Larmet i entrén piper varje natt",
        "body": "Hej!\n\nSedan i tisdags piper panelen vid entrén ungefär klockan två varje natt.\n\nVänligen,\nMaja",
    }
    for name, answer in answers.items():
        field = page.locator(f"[name={name}]:visible")
        if field.count():
            field.first.fill(answer)
    for field in page.locator("[name^=field_]:visible").all():
        answer_somehow(field, TEXTS.get(field.get_attribute("name") or "", OTHERWISE))


def answer_somehow(field: Locator, text: str) -> None:
    if "date" in (field.get_attribute("type") or "") and field.get_attribute("required") is None:
        return  # the browser would write it in its own language
    kind = field.evaluate("element => element.tagName == 'SELECT' ? 'select' : element.type")
    if kind == "select":
        field.select_option(index=1)
    elif kind in ("checkbox", "radio"):
        field.check()
    elif kind == "date":
        field.fill("2026-01-15")
    elif kind == "datetime-local":
        field.fill("2026-01-15T02:05")
    elif kind == "number":
        field.fill("3")
    elif kind == "email":
        field.fill("maja.lind@kund.example")
    else:
        field.fill(text)


def where_to_turn(page: Page, portal: str) -> None:
    page.goto(f"{portal}/contact/")


def article(page: Page, portal: str) -> None:
    page.goto(f"{portal}/help/")
    open_first(page, ARTICLE)


def customer_ticket(page: Page, portal: str) -> None:
    page.goto(f"{portal}/tickets/?show=all")
    open_first(page, CUSTOMER_TICKET)


def queue(page: Page, portal: str) -> None:
    page.goto(f"{portal}/desk/")


def desk_ticket(page: Page, portal: str) -> None:
    queue(page, portal)
    open_first(page, DESK_TICKET)


def ledger(page: Page, portal: str) -> None:
    page.goto(f"{portal}/desk/incoming/")


def dashboard(page: Page, portal: str) -> None:
    page.goto(f"{portal}/desk/dashboard/")


ALBUM = [
    Picture("help-centre", "skola", home),
    Picture("where-to-turn", "vard", where_to_turn),
    Picture("article-phone", "passer", article, size=PHONE),
    Picture("form", "larm", filled_form, size=ViewportSize(width=1100, height=1250)),
    Picture("ticket-phone", "larm", customer_ticket, person="customer@kund.example", size=PHONE),
    Picture("queue", "larm", queue, person="agent@larm.example"),
    Picture("ticket", "larm", desk_ticket, person="agent@larm.example"),
    Picture("ledger", "larm", ledger, person="admin@larm.example"),
    Picture("dashboard", "larm", dashboard, person="supportlead@larm.example", language="en-GB", dark=True),
]


def take(browser: Browser, picture: Picture, port: str) -> None:
    context = browser.new_context(
        viewport=picture.size,
        device_scale_factor=2 if picture.size == PHONE else 1,
        locale=picture.language,
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    portal = f"http://{picture.portal}.localhost:{port}"
    if picture.person:
        sign_in(page, portal, picture.person)
    picture.go(page, portal)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    target = PICTURES / f"{picture.name}.png"
    target.write_bytes(small(page.screenshot()))
    print(f"{target.relative_to(throwaway.ROOT)}  {target.stat().st_size // 1000} kB  {page.title()}")
    context.close()


def sign_in(page: Page, portal: str, person: str) -> None:
    page.goto(f"{portal}/sign-in/")
    page.locator("[name=email]").fill(person)
    page.locator("[name=password]").fill(throwaway.DEMO_PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_load_state()
    if "/sign-in/" in page.url:
        sys.exit(f"pictures: {person} cannot sign in")


def small(png: bytes) -> bytes:
    """The same picture in as many colours as fit into LARGEST bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64):
        file = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


def main() -> None:
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if not program:
        sys.exit("pictures: Chromium is not installed (Debian: apt-get install chromium)")
    wanted = set(sys.argv[1:])
    PICTURES.mkdir(parents=True, exist_ok=True)
    options = ["--disable-dev-shm-usage", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with (
        throwaway.environment() as settings,
        throwaway.running([sys.executable, "manage.py", "run"], settings),
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=options) as browser,
    ):
        for picture in ALBUM:
            if not wanted or picture.name in wanted:
                take(browser, picture, settings["PORT"])


if __name__ == "__main__":
    main()
