"""Every kind of answer, errors included, tells the browser what it may not do; and no page needs inline code."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts.scoping import tenant_scope
from tests.house.conftest import House
from tests.house.test_strangers import ADMINISTRATORS, AGENTS, FILES, LEADS, PUBLIC, SIGNED_IN, address
from tests.pages import Page
from tickets.actions.attaching import keep_uploads
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel
from tickets.models import Attachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
GUEST = {"email": "guest@kund.example", "name": "Gus", "subject": "Hm", "body": "It beeps"}


def gone(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("the database is gone")


def broken(*args: Any, **kwargs: Any) -> None:
    raise ZeroDivisionError


@pytest.fixture
def answers(house: House, browse, monkeypatch, settings) -> Iterator[Callable[[], dict[str, Any]]]:
    """One answer of each kind, by its name."""
    portal = house.portal
    with tenant_scope(portal.tenant):
        keep_uploads(form_key=(key := uuid4()), files=[SimpleUploadedFile("dot.png", PNG)])
        reply_to_ticket(actor=portal.customer, ticket=house.ticket, body="See", channel=Channel.PORTAL, form_key=key)
        picture = Attachment.objects.get(name="dot.png")
    filing = reverse("file_ticket", args=[portal.topic.slug])
    settings.PORTAL_LIST = True

    def collect() -> dict[str, Any]:
        guest, customer = browse(portal), browse(portal, portal.customer)
        agent, administrator = browse(portal, portal.agent), browse(portal, portal.administrator)
        strict = Client(headers={"host": portal.host}, enforce_csrf_checks=True)
        calm = browse(portal)
        calm.raise_request_exception = False
        found = {
            "200 page": guest.get("/"),
            "200 desk": agent.get("/desk/"),
            "200 settings": administrator.get("/settings/"),
            "200 ticket by link": guest.get(house.link),
            "302 sign-in": guest.get("/tickets/"),
            "403 stale form": strict.post(filing, GUEST),
            "403 foreign form": strict.post(filing, GUEST, headers={"origin": "https://evil.example"}),
            "404 page": guest.get("/no/such/page/"),
            "404 link": guest.get("/t/no.such/"),
            "404 unknown host": Client(headers={"host": "nowhere.example"}).get("/"),
            "405 method": guest.get("/sign-out/"),
            "410 topic gone": guest.post("/tickets/new/gone/", GUEST),
            "422 wrong fields": guest.post(filing, {"email": "wrong"}),
            "200 portal list": Client(headers={"host": "localhost:8000"}).get("/"),
            "404 portal list": Client(headers={"host": "localhost:8000"}).get("/nothing/"),
            "200 download": customer.get(f"/tickets/{house.ticket.number}/attachments/{house.attachment.pk}/"),
            "200 picture": customer.get(f"/tickets/{house.ticket.number}/attachments/{picture.pk}/"),
            "200 brand": guest.get(f"/brand/{portal.tenant.brand_fingerprint}.css"),
            "404 logo": guest.get("/brand/logo/"),
            "200 static": guest.get("/static/css/main.css"),
            "404 static": guest.get("/static/nothing.css"),
            "200 alive": Client().get("/healthz"),
            "200 ready": Client().get("/readyz"),
            "200 known host": Client().get("/hosts/known", {"domain": portal.host}),
            "404 unknown domain": Client().get("/hosts/known", {"domain": "nowhere.example"}),
        }
        portal.tenant.guest_limit_per_network = 1
        portal.tenant.save()
        guest.post(filing, GUEST)
        found["429 too many"] = guest.post(filing, GUEST | {"subject": "More"})
        with monkeypatch.context() as patch:
            patch.setattr("tickets.views.home.choice_for", broken)
            found["500 broken"] = calm.get("/")
        with monkeypatch.context() as patch:
            patch.setattr("tickets.views.home.choice_for", gone)
            patch.setattr("tickets.views.filing.open_topics", gone)
            found["503 gone"] = calm.get("/")
            found["503 gone while sending"] = calm.post(filing, GUEST)
        with monkeypatch.context() as patch:
            patch.setattr("accounts.middleware.tenant_for_host", gone)
            found["503 gone from the start"] = calm.get("/")
        with monkeypatch.context() as patch:
            patch.setattr("helpdesk.middleware._nothing_to_migrate", gone)
            patch.setattr("helpdesk.middleware.connection.ensure_connection", gone)
            found["503 not ready"] = Client().get("/readyz")
        given.extend(found.values())
        return found

    given: list[Any] = []
    yield collect
    for response in given:
        if response.streaming:
            response.getvalue()  # reading a file to its end closes it


def test_every_kind_of_answer_carries_the_headers(answers, subtests):
    for name, response in answers().items():
        with subtests.test(name):
            assert str(response.status_code) == name.split()[0]
            headers = response.headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy or "sandbox" in policy
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=()" in headers["Permissions-Policy"]
            assert headers["Cache-Control"]
            response.getvalue()


def test_pages_run_only_what_the_portal_itself_serves(answers):
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in answers()["200 page"].headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "font-src", "form-action")} == {
        "'self'"
    }
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["img-src"] == "'self' data: blob:"


def test_pages_about_people_are_kept_by_no_shared_cache(house: House, browse, subtests):
    customer, agent = browse(house.portal, house.portal.customer), browse(house.portal, house.portal.agent)
    for client, url in (
        (customer, "/tickets/"),
        (customer, f"/tickets/{house.ticket.number}/"),
        (customer, f"/tickets/{house.ticket.number}/attachments/{house.attachment.pk}/"),
        (agent, "/desk/"),
        (agent, f"/desk/tickets/{house.ticket.number}/"),
        (browse(house.portal), house.link),
    ):
        with subtests.test(url):
            response = client.get(url)
            assert "private" in response.headers["Cache-Control"]
            response.getvalue()


def test_no_rendered_page_carries_inline_code(house: House, answers, browse, subtests):
    pages = {name: answer for name, answer in answers().items() if "html" in answer.headers.get("Content-Type", "")}
    people = {
        house.portal.customer: SIGNED_IN | {"home", "topics", "file_ticket", "ticket", "thanks"},
        house.portal.administrator: AGENTS | LEADS | ADMINISTRATORS | {"desk_ticket", "desk_preview", "desk_mail"},
        None: PUBLIC - {"logo", "brand_css", "sign_out", "language", "service_feed"},
    }
    for person, names in people.items():
        client = browse(house.portal, person)
        pages |= {f"{person} {name}": client.get(address(name, house)) for name in sorted(names - FILES)}
    assert len(pages) > 30
    for name, response in pages.items():
        with subtests.test(name):
            page = Page(response)
            inline = [(tag, given) for tag, given in page.elements if "style" in given or tag in ("style", "base")]
            handlers = [(tag, key) for tag, given in page.elements for key in given if key.startswith("on")]
            targets = [given.get("href", "") + given.get("src", "") for _tag, given in page.elements]
            assert inline == handlers == []
            assert [text for text in page.scripts_with_text if text.strip()] == []
            if name != "200 portal list":  # whose job it is to lead to other hosts
                assert [
                    target for target in targets if re.match(r"(?i)(https?:)?//|javascript:|data:text", target)
                ] == []
            assert all(given["src"].startswith("/static/") for given in page.all("script"))
            if response.content and not name.endswith("desk_preview"):
                assert len(page.all("h1")) == 1


def test_every_static_file_a_page_asks_for_is_there(house: House, answers, subtests):
    wanted = set()
    for response in answers().values():
        if "html" in response.headers.get("Content-Type", ""):
            for tag, given in Page(response).elements:
                target = given.get("href", "") if tag == "link" else given.get("src", "")
                if target.startswith("/static/"):
                    wanted.add(target.removeprefix("/static/").split("?")[0])
    assert wanted
    for path in sorted(wanted):
        with subtests.test(path):
            assert finders.find(path)


def test_cookies_stay_on_this_host_and_out_of_scripts(house: House, browse):
    client = browse(house.portal)
    client.get("/sign-in/")
    client.post("/language/", {"language": "sv", "next": "/"})
    with tenant_scope(house.portal.tenant):
        client.post("/sign-in/", {"email": house.portal.customer.email, "password": "Correct-horse-7"})

    assert {"session", "csrf", "language", "device"} == set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_with_tls_cookies_are_bound_to_the_host_and_never_sent_in_the_clear(tmp_path):
    script = (
        "import json; from helpdesk import settings as s; print(json.dumps([s.TLS, s.SESSION_COOKIE_NAME, "
        "s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.PUBLIC_SCHEME]))"
    )
    environment = {**os.environ, "BASE_DOMAIN": "support.example", "VAR_DIR": str(tmp_path), "DEBUG": "0", "TLS": "1"}
    said = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True).stdout

    assert json.loads(said) == [
        True, "__Host-session", "__Host-csrf", "__Host-language", "__Host-device", True, True, True, True, "https",
    ]  # fmt: skip
