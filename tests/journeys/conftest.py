"""The whole product in a real browser: the demo portals in the test database, a live server, kept mails."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import override_settings
from django.test.testcases import LiveServerThread
from django.utils import timezone, translation
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from accounts.models import AccountEvent, Tenant
from accounts.scoping import tenant_scope
from helpdesk.demo.building import build
from helpdesk.demo.scripts import LARM, PASSER, PLAN, SKOLA, VARD
from helpdesk.demo.scripts.parts import DemoPortal
from helpdesk.environment import mail_transport
from tests.journeys.browsing import WIDE, Reader, seen
from tests.journeys.post import Post
from tickets.models import FormField, HelpTopic, Ticket, TicketEvent

expect.set_options(timeout=10_000)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
LOCALES = {"sv": "sv-SE", "en": "en-GB"}
PATIENCE = 30_000  # ms until something awaited counts as missing


@dataclass
class Site:
    """One demo portal, as the browser reaches it."""

    tenant: Tenant
    home: str
    post: Post

    def topic(self, slug: str, language: str) -> str:
        with tenant_scope(self.tenant), translation.override(language):
            return str(HelpTopic.objects.get(slug=slug).name)

    def question(self, topic: str, key: str, language: str) -> str:
        with tenant_scope(self.tenant), translation.override(language):
            return str(FormField.objects.get(form__topics__slug=topic, key=key).label)

    def ticket(self, subject: str) -> Ticket:
        """The one ticket with this subject; two would be one too many."""
        with tenant_scope(self.tenant):
            return Ticket.objects.select_related("department", "assignee", "requester").get(subject=subject)

    def messages(self, subject: str) -> list[str]:
        with tenant_scope(self.tenant):
            return list(self.ticket(subject).messages.order_by("pk").values_list("body", flat=True))


Meet = Callable[..., Reader]


class Server(LiveServerThread):
    """The product alone: WhiteNoise serves its files, as outside tests."""

    def run(self) -> None:
        try:
            self.httpd = self._create_server()
            self.port = self.httpd.server_address[1]
            self.httpd.set_app(WSGIHandler())
            self.is_ready.set()
            self.httpd.serve_forever()
        except Exception as error:
            self.error = error
            self.is_ready.set()
        finally:
            connections.close_all()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "no Chromium is installed, so nobody walked through the product in a browser"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package", autouse=True)
def _noted_in_one_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The workers of one run look at each thing once between them."""
    own = tmp_path_factory.getbasetemp()
    seen.folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "seen"
    seen.folder.mkdir(exist_ok=True)


@pytest.fixture(scope="package")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Styles and scripts as an installation has them: collected, with the names their contents give them."""
    folder = tmp_path_factory.mktemp("static")
    real = {"STATIC_ROOT": folder, "STORAGES": django_settings.STORAGES}
    with override_settings(**real):
        call_command("collectstatic", interactive=False, verbosity=0)
    return real


@pytest.fixture(scope="package")
def server(browser: Browser, static_files: dict[str, Any]) -> Iterator[Server]:
    with override_settings(STATIC_ROOT=static_files["STATIC_ROOT"]):
        thread = Server("localhost", static_handler=None)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield thread
    thread.terminate()


@pytest.fixture
def larm(transactional_db: None, server: Server, static_files: dict[str, Any], settings) -> Site:
    """The alarm company's portal (row T)."""
    settings.STATIC_ROOT = static_files["STATIC_ROOT"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": static_files["STORAGES"]["staticfiles"]}
    settings.BASE_DOMAIN, settings.BASE_HOST, settings.PUBLIC_PORT = (
        f"localhost:{server.port}",
        "localhost",
        server.port,
    )
    settings.MAIL = mail_transport("keep://")
    return _found(LARM, server)


@pytest.fixture
def skola(larm: Site, server: Server) -> Site:
    """The second portal, whose people must see nothing of the first one's."""
    return _found(SKOLA, server)


@pytest.fixture
def plan(larm: Site, server: Server) -> Site:
    """The planning company's portal, with named contacts (row S); the first one is beside it."""
    return _found(PLAN, server)


@pytest.fixture
def vard(larm: Site, server: Server) -> Site:
    """The health-care software house's portal, where not every topic ends in a form (row M)."""
    return _found(VARD, server)


@pytest.fixture
def passer(larm: Site, server: Server) -> Site:
    """The access-control company's portal, where customers choose the priority (row A)."""
    return _found(PASSER, server)


def _found(script: DemoPortal, server: Server) -> Site:
    host = f"{script.slug}.localhost"
    with transaction.atomic():
        tenant = build(script, host)
        tenant.undo_seconds = 0  # no journey waits for its replies; one about undoing asks for it
        tenant.save(update_fields=["undo_seconds"])
    with tenant_scope(tenant):  # the mails of the portal's history are no part of the journey
        for history in (TicketEvent, AccountEvent):
            history.objects.update(fanned_out_at=timezone.now())
    return Site(tenant, f"http://{host}:{server.port}", Post(tenant))


# Nor do the languages depend on the engine: on the second one each journey is walked once.
@pytest.fixture(params=["sv", "en"] if connection.vendor == "sqlite" else ["sv"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meet(larm: Site, browser: Browser, language: str) -> Iterator[Meet]:
    """Somebody new at a browser of their own: a guest, or signed in with an address; on larm unless told otherwise."""
    contexts: list[BrowserContext] = []

    def make(address: str = "", *, site: Site = larm, language: str = language, **options: Any) -> Reader:
        context = browser.new_context(
            **{"locale": LOCALES[language], "viewport": WIDE, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        contexts.append(context)
        scripts = options.get("java_script_enabled", True)
        reader = Reader(context, site.home, language, address, scripts=scripts)
        if address:
            reader.be_signed_in(address)
        return reader

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    """Files somebody has at hand."""
    files = {"log.txt": b"Fel 31, slinga 4\n", "Räkning & foto.pdf": b"%PDF-1.4\n%a bill\n"}
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}
