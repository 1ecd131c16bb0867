"""A mailbox that is stayed with, at a real server (dovecot): its server tells of new mail, and it is fetched."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection

from accounts.scoping import tenant_scope
from accounts.sealing import seal
from notifications.actions import idling
from notifications.actions.idling import stay_at_mailbox
from notifications.imap import Conversation, MailboxPlace
from notifications.models import IncomingMail, Mailbox
from tests.conftest import Portal
from tests.notifications.imap_servers import PASSWORD, PROGRAM, Account, CutWire, Dovecot, real_dovecot
from tests.notifications.processes import DEADLINE, wait_until

IS_HERE = Path(PROGRAM).exists() or bool(os.environ.get("CI"))
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not IS_HERE, reason="Install dovecot-imapd to run it"),
]
NEVER = 3600.0
MAIL = b"From: anna@kund.example\nSubject: Hello\n\nThe door beeps.\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with real_dovecot() as server:
        yield server


@pytest.fixture
def account(server: Dovecot) -> Account:
    return server.account()


@pytest.fixture
def mailbox(portal: Portal, other_portal: Portal, account: Account, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Nothing is looked at by the clock, unless a test says so."""
    monkeypatch.setattr(idling, "LOOKS", NEVER)
    monkeypatch.setattr(idling, "LISTENS", 0.2)
    values = {"host": "127.0.0.1", "port": account.server.port, "security": "none", "username": account.user}
    with tenant_scope(portal.tenant):
        made: Mailbox = Mailbox.objects.create(name="Support", secret=seal(PASSWORD), **values)
        return made


@contextmanager
def staying(portal: Portal, mailbox: Mailbox) -> Iterator[Thread]:
    """Somebody stays at the mailbox, who has found it empty."""
    stop = Event()

    def stay() -> None:
        try:
            with tenant_scope(portal.tenant):
                stay_at_mailbox(mailbox=mailbox, stop=stop)
        finally:
            connection.close()

    thread = Thread(target=stay)
    thread.start()
    try:
        wait_until(lambda: _row(portal, mailbox).checked_at is not None, "the mailbox is looked at")
        yield thread
    finally:
        stop.set()
        thread.join(DEADLINE)
        assert not thread.is_alive()


def _row(portal: Portal, mailbox: Mailbox) -> Mailbox:
    with tenant_scope(portal.tenant):
        row: Mailbox = Mailbox.objects.get(pk=mailbox.pk)
        return row


def stored(portal: Portal) -> Callable[[], int]:
    def count() -> int:
        with tenant_scope(portal.tenant):
            return int(IncomingMail.objects.count())

    return count


def test_what_comes_is_fetched_as_soon_as_the_server_tells_of_it(
    portal: Portal, other_portal: Portal, account: Account, mailbox: Mailbox
):
    count = stored(portal)
    with staying(portal, mailbox):
        for number in (1, 2):
            account.bring(MAIL)
            wait_until(lambda wanted=number: count() == wanted, "the mail is fetched", 30)

    assert (_row(portal, mailbox).holder, _row(portal, mailbox).trouble) == (None, "")
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_what_comes_before_it_listens_is_heard(account: Account):
    """The server tells of it together with its word that it listens now."""
    place = MailboxPlace("127.0.0.1", account.server.port, "none", account.user, PASSWORD)
    with Conversation(place, timeout=10) as talk:
        talk.select("INBOX")
        account.bring(MAIL)
        talk.begin_idle()
        assert talk.hears(10)
        assert not talk.hears(0.1)
        talk.end_idle()


def test_what_comes_while_others_are_fetched_is_not_overlooked(
    portal: Portal, account: Account, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    """The server has told of it in an answer to something else by then."""
    real = Conversation.mark_read

    def interrupted(talk: Conversation, uids: list[int]) -> None:
        monkeypatch.setattr(Conversation, "mark_read", real)
        account.bring(MAIL)
        real(talk, uids)

    monkeypatch.setattr(Conversation, "mark_read", interrupted)
    with staying(portal, mailbox):
        account.bring(MAIL)
        wait_until(lambda: stored(portal)() == 2, "both mails are fetched", 30)


def test_a_server_that_does_not_tell_is_looked_at_by_the_clock(
    portal: Portal, account: Account, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Conversation, "can_idle", False)
    monkeypatch.setattr(idling, "LOOKS", 0.5)
    with staying(portal, mailbox):
        account.bring(MAIL)
        wait_until(lambda: stored(portal)() > 0, "the mail is fetched", 30)


def test_a_connection_lost_while_waiting_is_written_down_and_nothing_is_lost(
    portal: Portal, account: Account, mailbox: Mailbox
):
    with CutWire(account.server.port) as wire, tenant_scope(portal.tenant):
        Mailbox.objects.update(port=wire.port)
        mailbox.refresh_from_db()
        with staying(portal, mailbox) as thread:
            wait_until(lambda: any(b"IDLE" in line for line in wire.lines), "it waits for the server's word")
            wire._cut(*wire._open)
            thread.join(DEADLINE)
    row = _row(portal, mailbox)
    assert (row.holder, row.failing_since is not None) == (None, True)
    account.bring(MAIL)
    with tenant_scope(portal.tenant):
        Mailbox.objects.update(port=account.server.port)
        mailbox.refresh_from_db()
    with staying(portal, mailbox):
        wait_until(lambda: stored(portal)() > 0, "the mail is fetched", 30)
    assert _row(portal, mailbox).failing_since is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"folder": "Elsewhere"}])
def test_a_mailbox_that_is_changed_or_paused_is_left(portal: Portal, mailbox: Mailbox, change: dict[str, object]):
    with staying(portal, mailbox) as thread:
        with tenant_scope(portal.tenant):
            Mailbox.objects.update(**change)
        thread.join(DEADLINE)
        assert not thread.is_alive()
    assert _row(portal, mailbox).holder is None
