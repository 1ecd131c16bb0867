"""Mailboxes that are opened by an access token (RFC 6749, section 6)."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.sealing import seal, unseal
from notifications import mailbox_access
from notifications.actions.fetching import fetch_mailbox
from notifications.enums import MailboxSignIn, MailboxTrouble
from notifications.imap import Conversation, MailboxAway, MailboxPlace
from notifications.mailbox_access import access_to, forget_token
from notifications.models import IncomingMail, Mailbox
from tests.conftest import Portal
from tests.notifications.imap_servers import real_dovecot

Service = Callable[..., list[dict[str, str]]]


@pytest.fixture
def box(in_scope: Portal) -> Mailbox:
    mailbox: Mailbox = Mailbox.objects.create(
        name="Support",
        host="imap.north.example",
        username="support@north.example",
        sign_in=MailboxSignIn.OAUTH,
        secret=seal("refresh-1"),
        token_url="https://login.example/token",
        client_id="helpdesk",
        client_secret=seal("client"),
    )
    return mailbox


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """The sign-in service: answers in this order; gives what it was asked."""

    def answers(*said: Any) -> list[dict[str, str]]:
        asked: list[dict[str, str]] = []
        left = iter(said)

        def post_form(url: str, fields: dict[str, str], *, timeout: float) -> tuple[int, dict[str, Any]]:
            asked.append({"url": url, **fields})
            answer = next(left)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(mailbox_access, "post_form", post_form)
        return asked

    mailbox_access._tokens.clear()
    return answers


def test_a_token_is_asked_for_once_and_used_until_it_ends(box: Mailbox, service: Service):
    asked = service((200, {"access_token": "a-1", "expires_in": 3600}), (200, {"access_token": "a-2"}))

    assert access_to(box, timeout=1).place.secret == "a-1"
    assert access_to(box, timeout=1).place.secret == "a-1"
    assert access_to(box, timeout=1).place.uses_token
    assert asked == [
        {
            "url": "https://login.example/token",
            "grant_type": "refresh_token",
            "refresh_token": "refresh-1",
            "client_id": "helpdesk",
            "client_secret": "client",
        }
    ]
    forget_token(box)  # the mail server did not take it
    assert access_to(box, timeout=1).place.secret == "a-2"


def test_a_short_lived_token_is_not_kept(box: Mailbox, service: Service):
    asked = service((200, {"access_token": "a-1", "expires_in": 60}), (200, {"access_token": "a-2"}))

    access_to(box, timeout=1)
    access_to(box, timeout=1)

    assert len(asked) == 2


def test_a_new_refresh_token_is_kept_sealed_before_it_is_used(
    box: Mailbox, service: Service, monkeypatch: pytest.MonkeyPatch
):
    service((200, {"access_token": "a-1", "refresh_token": "refresh-2", "expires_in": 3600}))

    def away(self: Conversation) -> None:
        raise MailboxAway(MailboxTrouble.AWAY)

    monkeypatch.setattr(Conversation, "open", away)
    fetch_mailbox(mailbox=box)

    box.refresh_from_db()
    assert "refresh-2" not in box.secret
    assert unseal(box.secret) == "refresh-2"


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "invalid_grant", "error_description": "The grant was taken back"}),
        (200, {}),
        (200, {"access_token": ["no", "text"]}),
        OSError("no such host"),
        ValueError("No https address"),
    ],
)
def test_without_a_token_the_mailbox_says_why(box: Mailbox, service: Service, answer: Any):
    service(answer)
    fetch_mailbox(mailbox=box)

    box.refresh_from_db()
    assert box.trouble.startswith(MailboxTrouble.TOKEN.value)
    assert box.failing_since is not None
    assert "refresh-1" not in box.trouble


@pytest.mark.parametrize("greeting", [b"", b"* OK ready\r\n"])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_says_a_byte_now_and_then_is_not_listened_to_for_ever(settings, greeting: bytes, security: str):
    """Each byte comes within the time limit of one step; a whole answer never does."""
    settings.PRIVATE_MAIL_SERVERS = True
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            wire, _address = listener.accept()
            with wire:
                wire.sendall(greeting)
                while not over.wait(0.05):
                    wire.sendall(b"\x16" if security == "tls" else b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=[listener], daemon=True)
        thread.start()
        place = MailboxPlace("127.0.0.1", listener.getsockname()[1], security, "anna", "secret")
        begun = time.monotonic()
        with pytest.raises(MailboxAway):
            Conversation(place, timeout=0.2).open()
        over.set()
        thread.join(5)

    assert time.monotonic() - begun < 10


def test_a_real_server_lets_in_by_token_and_an_expired_one_is_replaced(box: Mailbox, service: Service, settings):
    """Dovecot checks the tokens: their signature, whose they are, when they end."""
    settings.PRIVATE_MAIL_SERVERS = True
    with real_dovecot() as server:
        account = server.account()
        account.bring(b"Subject: one\n\nOne")
        place = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": account.user}
        Mailbox.objects.update(**place)
        asked = service(
            (200, {"access_token": account.token(-60), "expires_in": 3600}),  # it ended before the service said
            (200, {"access_token": account.token(), "expires_in": 3600}),
            (200, {"access_token": server.account().token(), "expires_in": 3600}),  # somebody else's
        )
        assert _looked(box) == (MailboxTrouble.SIGN_IN, 0)
        assert _looked(box) == ("", 1)
        account.bring(b"Subject: two\n\nTwo")
        assert _looked(box) == ("", 2)
        assert len(asked) == 2

        forget_token(box)
        account.bring(b"Subject: three\n\nThree")
        assert _looked(box) == (MailboxTrouble.SIGN_IN, 2)


def _looked(box: Mailbox) -> tuple[str, int]:
    """The trouble a look at the mailbox met, and how many mails are here now."""
    fetch_mailbox(mailbox=box)
    box.refresh_from_db()
    return box.trouble.partition(":")[0], IncomingMail.objects.count()
