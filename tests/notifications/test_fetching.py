"""Mailboxes, read from a real server (dovecot)."""

import os
import signal
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from accounts.sealing import seal
from notifications.actions import fetching
from notifications.actions.fetching import fetch_due, fetch_mailbox
from notifications.actions.holding_mailboxes import take_hold
from notifications.actions.missing_mails import put_aside
from notifications.enums import AfterFetch, MailboxTrouble, MailSource
from notifications.facts import LeaseLost
from notifications.imap import Conversation, Listed
from notifications.mailbox_words import trouble_in_words
from notifications.models import IncomingMail, Mailbox, MissedMail
from tests.conftest import Portal
from tests.notifications.imap_servers import PASSWORD, PROGRAM, Account, CutWire, Dovecot, real_dovecot
from tests.notifications.processes import DEADLINE, environment, running, wait_until

IS_HERE = Path(PROGRAM).exists() or bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(not IS_HERE, reason="Install dovecot-imapd to run it")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with real_dovecot() as server:
        yield server


@pytest.fixture(autouse=True)
def _servers_of_our_own(settings) -> None:
    """Dovecot lies on this machine, where a portal's mailboxes may not be unless the operator lets them."""
    settings.PRIVATE_MAIL_SERVERS = True


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    return dovecot.account()


Connect = Callable[..., Mailbox]


@pytest.fixture
def connect(in_scope: Portal, account: Account) -> Connect:
    def make(**values: Any) -> Mailbox:
        known = {
            "name": "Support",
            "host": "127.0.0.1",
            "port": account.server.port,
            "security": "none",
            "username": account.user,
            "secret": seal(PASSWORD),
        }
        mailbox: Mailbox = Mailbox.objects.create(**known | values)
        return mailbox

    return make


def mail(number: int, size: int = 0) -> bytes:
    head = f"From: anna@kund.example\nSubject: Mail {number}\nMessage-ID: <{number}@kund.example>\n\nDoor {number}\n"
    return head.encode() + b"x" * size + b"\n" * bool(size)


def stored() -> list[str]:
    """The subjects of what is stored, in the order it came."""
    raws = [zlib.decompress(bytes(one.raw.content)) for one in IncomingMail.objects.order_by("pk")]
    return [raw.partition(b"Subject: Mail ")[2].partition(b"\r\n")[0].decode() for raw in raws]


def test_new_mail_is_fetched_once_and_marked_as_read(in_scope: Portal, other_portal: Portal, account: Account, connect):
    mailbox = connect()
    account.bring(mail(1), mail(2))

    assert fetch_mailbox(mailbox=mailbox) is False
    account.bring(mail(3))
    fetch_mailbox(mailbox=mailbox)
    fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1", "2", "3"]
    assert account.flags() == [rb"\Seen"] * 3
    found = IncomingMail.objects.first()
    assert (found.source, found.mailbox) == (MailSource.IMAP, mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.trouble, mailbox.failing_since, mailbox.holder) == (3, "", None, None)
    assert mailbox.checked_at is not None
    assert mailbox.last_mail_at is not None
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_what_people_read_themselves_is_fetched_too(account: Account, connect: Connect):
    """Never by "unseen": somebody who looks into the mailbox takes nothing away."""
    mailbox = connect()
    account.bring(mail(1))
    with account.opened() as client:
        client.uid("STORE", "1", "+FLAGS", r"(\Seen)")

    fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1"]


@pytest.mark.parametrize(("fetches_old", "expected"), [(False, ["2"]), (True, ["1", "2"])])
def test_it_starts_from_now_unless_told(account: Account, connect: Connect, fetches_old: bool, expected: list[str]):
    account.bring(mail(1), at=timezone.now() - timedelta(hours=3))
    mailbox = connect(fetches_old=fetches_old)
    account.bring(mail(2))  # before the mailbox is first looked at

    fetch_mailbox(mailbox=mailbox)

    assert stored() == expected


def test_what_is_moved_in_later_is_new_however_old_it_is(account: Account, connect: Connect):
    mailbox = connect()
    fetch_mailbox(mailbox=mailbox)
    account.bring(mail(1), at=timezone.now() - timedelta(days=9))

    fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1"]


def test_mails_are_left_as_they_are_or_moved_by_choice(account: Account, connect: Connect):
    leaves = connect(after_fetch=AfterFetch.LEAVE)
    account.bring(mail(1))
    fetch_mailbox(mailbox=leaves)
    assert account.flags() == [b""]

    moves = connect(name="Moves", after_fetch=AfterFetch.MOVE, move_to="Hämtat")
    account.bring(mail(2))
    fetch_mailbox(mailbox=moves)

    assert account.flags() == []
    assert len(account.flags('"H&AOQ-mtat"')) == 2
    fetch_mailbox(mailbox=moves)
    assert stored() == ["1", "1", "2"]


def test_a_folder_numbered_anew_brings_nothing_twice_and_loses_nothing(account: Account, connect: Connect):
    account.make("Box")
    account.bring(mail(1), at=timezone.now() - timedelta(days=40), folder="Box")
    mailbox = connect(folder="Box")
    account.bring(mail(2), mail(3), folder="Box")
    fetch_mailbox(mailbox=mailbox)
    before = mailbox.uidvalidity
    account.bring(mail(4), folder="Box")  # not fetched yet

    account.number_anew("Box")
    fetch_mailbox(mailbox=mailbox)

    mailbox.refresh_from_db()
    assert mailbox.uidvalidity != before
    assert stored() == ["2", "3", "4"]
    account.bring(mail(5), folder="Box")
    fetch_mailbox(mailbox=mailbox)
    assert stored() == ["2", "3", "4", "5"]


def test_another_account_that_numbers_its_mails_alike_is_another_one(account: Account, connect: Connect, monkeypatch):
    """Many servers number every account from 1, with a UIDVALIDITY of 1."""
    other = account.server.account()
    account.bring(mail(1))
    other.bring(mail(2))
    real = Conversation.select
    monkeypatch.setattr(Conversation, "select", lambda self, name: replace(real(self, name), uidvalidity=1))
    mailbox = connect()
    fetch_mailbox(mailbox=mailbox)

    Mailbox.objects.update(username=other.user, uidvalidity=None, last_uid=0)
    fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1", "2"]


def test_a_mail_the_server_does_not_hand_out_delays_no_other_and_is_tried_again(
    account: Account, connect: Connect, monkeypatch: pytest.MonkeyPatch
):
    mailbox = connect()
    account.bring(mail(1), mail(2), mail(3))
    real = Conversation.bodies
    monkeypatch.setattr(
        Conversation,
        "bodies",
        lambda self, mails: ((one, None if one.uid == 2 else raw) for one, raw in real(self, mails)),
    )
    fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1", "3"]
    mailbox.refresh_from_db()
    assert [missed.uid for missed in mailbox.missed_mails.all()] == [2]
    assert str(MailboxTrouble.SOME.label) in trouble_in_words(mailbox)

    monkeypatch.undo()
    fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1", "3", "2"]
    mailbox.refresh_from_db()
    assert (mailbox.missed_mails.count(), mailbox.trouble) == (0, "")


def test_a_mail_that_cannot_be_stored_delays_no_other(account: Account, connect: Connect, monkeypatch):
    real = fetching.receive_mail

    def stumbles(**values: Any) -> IncomingMail:
        if b"Mail 1" in values["raw"]:
            raise ValueError("something about this mail")
        return real(**values)

    monkeypatch.setattr(fetching, "receive_mail", stumbles)
    mailbox = connect()
    account.bring(mail(1), mail(2))
    fetch_mailbox(mailbox=mailbox)
    assert stored() == ["2"]
    assert account.flags() == [b"", rb"\Seen"]

    monkeypatch.undo()
    fetch_mailbox(mailbox=mailbox)
    assert stored() == ["2", "1"]


def test_a_missed_mail_that_is_gone_is_asked_for_no_more(account: Account, connect: Connect):
    mailbox = connect()
    fetch_mailbox(mailbox=mailbox)
    put_aside(mailbox, [77])

    fetch_mailbox(mailbox=mailbox)

    assert not mailbox.missed_mails.exists()


def test_many_mails_the_server_does_not_hand_out_delay_no_other(account: Account, connect: Connect, monkeypatch):
    """However many: what is new is fetched first, then what was missed, later each time."""
    monkeypatch.setattr("notifications.actions.missing_mails.AT_ONCE", 3)
    mailbox = connect()
    account.bring(*(mail(number) for number in range(1, 241)))
    real = Conversation.bodies
    asked: list[int] = []

    def bodies(self: Conversation, mails: list[Listed]) -> Iterator[tuple[Listed, bytes | None]]:
        for one, raw in real(self, mails):
            asked.append(one.uid)
            yield one, None if one.uid <= 230 else raw

    monkeypatch.setattr(Conversation, "bodies", bodies)
    fetch_mailbox(mailbox=mailbox)
    assert stored() == [str(number) for number in range(231, 241)]
    assert mailbox.missed_mails.count() == 230

    asked.clear()
    account.bring(mail(241))
    fetch_mailbox(mailbox=mailbox)
    assert stored()[-1] == "241"
    assert asked == [241, 1, 2, 3]
    monkeypatch.setattr("notifications.actions.missing_mails.AT_ONCE", 500)
    monkeypatch.setattr(Conversation, "bodies", real)
    MissedMail.objects.update(next_attempt_at=timezone.now())
    fetch_mailbox(mailbox=mailbox)
    assert len(stored()) == 241
    assert not mailbox.missed_mails.exists()


def test_mails_that_make_the_server_hang_up_delay_no_other(dovecot: Dovecot, connect: Connect):
    """Dovecot hangs up when it cannot read a mail's file, and so it does each time it is asked."""
    broken = dovecot.account("maildir")
    broken.bring(*(mail(number) for number in range(1, 9)))
    place = dovecot.folder / "mail" / broken.user
    files = sorted(one for folder in ("new", "cur") for one in (place / folder).iterdir())
    for number in (2, 5, 6):
        files[number - 1].write_bytes(b"")
        files[number - 1].chmod(0)
    mailbox = connect(username=broken.user)
    for _look in range(5):
        fetch_mailbox(mailbox=mailbox)

    assert stored() == ["1", "3", "4", "7", "8"]
    assert sorted(missed.uid for missed in mailbox.missed_mails.all()) == [2, 5, 6]
    broken.bring(mail(9))
    fetch_mailbox(mailbox=mailbox)
    assert stored()[-1] == "9"


@pytest.mark.parametrize("after", [False, True])
def test_cut_at_any_command_nothing_is_lost_and_nothing_comes_twice(account: Account, connect: Connect, after: bool):
    """The connection dies before, or in the middle of the answer to, each command there is."""
    mailbox = connect(after_fetch=AfterFetch.READ)
    brought = 0
    for cut_at in range(1, 40):
        account.bring(mail(brought + 1), mail(brought + 2, 70_000))
        brought += 2
        with CutWire(account.server.port, cut_at, after) as wire:
            Mailbox.objects.update(port=wire.port)
            MissedMail.objects.update(next_attempt_at=timezone.now())
            fetch_mailbox(mailbox=mailbox)
            mailbox.refresh_from_db()
            if not wire.was_cut or b"LOGOUT" in wire.lines[-1]:
                break
            assert mailbox.failing_since is not None or mailbox.missed_mails.exists()
            assert mailbox.holder is None
    else:
        pytest.fail("no round came to its end")

    assert cut_at > 5
    assert mailbox.failing_since is None
    assert sorted(map(int, stored())) == list(range(1, brought + 1))
    assert account.flags() == [rb"\Seen"] * brought


def test_of_a_mail_that_is_too_large_the_beginning_is_kept_and_the_rest_stays_there(
    account: Account, connect: Connect, monkeypatch
):
    monkeypatch.setattr("notifications.imap.MAIL_BYTES", 50_000)
    monkeypatch.setattr("notifications.imap.BEGINNING_BYTES", 10_000)
    mailbox = connect()
    account.bring(mail(1, 90_000), mail(2))

    fetch_mailbox(mailbox=mailbox)

    large = IncomingMail.objects.order_by("pk").first()
    assert large.size > 90_000
    assert len(zlib.decompress(bytes(large.raw.content))) == 10_000
    assert account.flags() == [b"", rb"\Seen"]
    assert stored() == ["1", "2"]


def test_many_mails_are_fetched_in_turns(account: Account, connect: Connect):
    mailbox = connect()
    account.bring(*(mail(number) for number in range(1, 121)))

    assert fetch_mailbox(mailbox=mailbox, seconds=0) is True
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 50
    assert mailbox.next_check_at <= timezone.now()
    assert fetch_mailbox(mailbox=mailbox, seconds=0) is True
    assert fetch_mailbox(mailbox=mailbox, seconds=0) is False
    assert len(stored()) == 120


@pytest.mark.parametrize(
    ("values", "trouble"),
    [
        ({"secret": seal("wrong")}, MailboxTrouble.SIGN_IN),
        ({"secret": "not sealed by us"}, MailboxTrouble.SIGN_IN),
        ({"port": 1}, MailboxTrouble.PORT),
        ({"host": "nowhere.invalid"}, MailboxTrouble.NAME),
        ({"security": "starttls"}, MailboxTrouble.UNTRUSTED),
        ({"folder": "Nowhere"}, MailboxTrouble.FOLDER),
    ],
)
def test_what_is_wrong_is_written_down_in_words(account: Account, connect: Connect, values, trouble):
    mailbox = connect(**values)

    fetch_mailbox(mailbox=mailbox)

    mailbox.refresh_from_db()
    assert str(trouble.label) in trouble_in_words(mailbox)
    assert mailbox.failing_since is not None
    assert mailbox.next_check_at > timezone.now()
    assert mailbox.holder is None
    assert PASSWORD not in mailbox.trouble


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_connection_is_made_with_a_server_that_proves_itself(
    account: Account, connect: Connect, monkeypatch, security: str
):
    server = account.server
    monkeypatch.setenv("SSL_CERT_FILE", str(server.folder / "cert.pem"))
    port = server.tls_port if security == "tls" else server.port
    mailbox = connect(security=security, host="localhost", port=port)
    account.bring(mail(1))

    fetch_mailbox(mailbox=mailbox)

    mailbox.refresh_from_db()
    assert mailbox.trouble == ""
    assert stored() == ["1"]


def test_two_readers_never_read_the_same_mailbox_at_once(account: Account, connect: Connect):
    mailbox = connect()
    account.bring(mail(1))
    hold = take_hold(mailbox)

    fetch_mailbox(mailbox=mailbox)
    assert stored() == []

    Mailbox.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    fetch_mailbox(mailbox=mailbox)
    assert stored() == ["1"]
    with pytest.raises(LeaseLost):
        hold.keep()


def test_a_paused_mailbox_is_not_read(account: Account, connect: Connect):
    mailbox = connect(is_active=False)
    account.bring(mail(1))

    fetch_mailbox(mailbox=mailbox)
    fetch_due()

    assert stored() == []


def test_the_embedded_loop_reads_one_mailbox_at_a_time_in_turn(
    in_scope: Portal, other_portal: Portal, account: Account, connect: Connect
):
    away = connect(name="Away", port=1)
    mine = connect()
    account.bring(mail(1))
    with tenant_scope(other_portal.tenant):
        theirs = Mailbox.objects.create(
            name="Theirs", host="127.0.0.1", port=1, username="x", secret=seal("x"), security="none"
        )
    for _turn in range(3):
        fetch_due()

    assert stored() == ["1"]
    for one in (away, mine):
        one.refresh_from_db()
        assert one.next_check_at > timezone.now()
    with tenant_scope(other_portal.tenant):
        theirs.refresh_from_db()
        assert theirs.failing_since is not None


def test_one_portals_full_mailbox_lets_the_others_through(
    in_scope: Portal, other_portal: Portal, account: Account, connect: Connect, monkeypatch, settings
):
    """The embedded loop reads one mailbox at a time: who has much waits for its next turn, however much it has."""
    settings.CELERY_BROKER_URL = ""
    monkeypatch.setattr(fetching, "EMBEDDED_TURN", 0.0)
    full = connect()
    account.bring(*(mail(number) for number in range(1, 121)))
    theirs = account.server.account()
    with tenant_scope(other_portal.tenant):
        values = {"port": account.server.port, "security": "none", "username": theirs.user, "secret": seal(PASSWORD)}
        Mailbox.objects.create(name="Theirs", host="127.0.0.1", **values)
    theirs.bring(mail(1))

    for _turn in range(2):
        fetch_due()

    full.refresh_from_db()
    assert full.last_uid == 50
    with tenant_scope(other_portal.tenant):
        assert stored() == ["1"]
    for _turn in range(3):
        fetch_due()
    assert len(stored()) == 120


@pytest.mark.django_db(transaction=True)
def test_the_watching_command_fetches_at_once_and_ends_when_it_is_told(
    portal: Portal, other_portal: Portal, account: Account, tmp_path: Path
):
    with tenant_scope(portal.tenant):
        values = {"host": "127.0.0.1", "port": account.server.port, "security": "none", "username": account.user}
        mailbox = Mailbox.objects.create(name="Support", secret=seal(PASSWORD), **values)
        with running(
            ["manage.py", "fetch_mail", "--watch"], environment(1, tmp_path, PRIVATE_MAIL_SERVERS="on")
        ) as process:
            wait_until(lambda: Mailbox.objects.get().checked_at is not None, "it has looked")
            account.bring(mail(1))
            wait_until(IncomingMail.objects.exists, "the mail is fetched")
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE) == 0
        mailbox.refresh_from_db()
        assert (mailbox.holder, mailbox.trouble) == (None, "")
        assert stored() == ["1"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("step", "when"),
    [
        ("notifications.actions.fetching:receive_mail", "after"),
        ("notifications.imap:Conversation.mark_read", "before"),
        ("notifications.imap:Conversation.mark_read", "after"),
    ],
)
def test_killed_at_any_step_nothing_is_lost_and_nothing_comes_twice(
    portal: Portal, other_portal: Portal, account: Account, tmp_path: Path, step: str, when: str
):
    dying = str(Path(__file__).with_name("dying_command.py"))
    with tenant_scope(portal.tenant):
        values = {"host": "127.0.0.1", "port": account.server.port, "security": "none", "username": account.user}
        mailbox = Mailbox.objects.create(name="Support", secret=seal(PASSWORD), **values)
        account.bring(mail(1), mail(2))
        with running([dying, step, when, "fetch_mail"], environment(1, tmp_path, PRIVATE_MAIL_SERVERS="on")) as process:
            assert process.wait(DEADLINE) == -signal.SIGKILL
        assert IncomingMail.objects.count() in (1, 2)

        Mailbox.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        fetch_mailbox(mailbox=mailbox)

        assert stored() == ["1", "2"]
        assert account.flags() == [rb"\Seen"] * 2
