"""The mailboxes mail is read from, as administrators set them; a connection is tested on the spot."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from accounts.scoping import tenant_scope
from accounts.sealing import unseal
from notifications.actions.mailboxes import (
    MailboxKnown,
    MailboxWords,
    SecretMissing,
    add_mailbox,
    remove_mailbox,
    set_mailbox_active,
    try_mailbox,
    update_mailbox,
)
from notifications.actions.missing_mails import put_aside
from notifications.models import IncomingMail, MailAddress, Mailbox
from notifications.queries import receiving_keys
from tests.notifications.imap_servers import PASSWORD, Account, real_dovecot
from tests.pages import Page

WORDS = MailboxWords(name="Support", host="imap.example", username="support@north.example", secret="only-we-know")
PAGE = "/settings/mail/mailboxes/new/"


@pytest.fixture
def mailbox(in_scope):
    return add_mailbox(actor=None, words=WORDS)


@pytest.fixture
def client(in_scope, browse):
    return browse(in_scope, in_scope.administrator)


@pytest.fixture
def nobody_there():
    """A port where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def account() -> Iterator[Account]:
    with real_dovecot() as server:
        yield server.account()


def test_a_secret_is_kept_sealed_and_left_out_of_what_is_said(mailbox):
    assert "only-we-know" not in str(vars(mailbox)) + repr(WORDS)
    assert unseal(mailbox.secret) == "only-we-know"
    assert mailbox.next_check_at


def test_without_a_secret_nothing_is_connected(in_scope):
    with pytest.raises(SecretMissing):
        add_mailbox(actor=None, words=replace(WORDS, secret=""))
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"host": "evil.example"},
        {"port": 143},
        {"security": "none"},
        {"username": "other@north.example"},
        {"sign_in": "oauth"},
        {"token_url": "https://evil.example/"},
        {"client_id": "another"},
    ],
)
def test_the_secret_goes_nowhere_else_without_being_typed_again(mailbox, change):
    with pytest.raises(SecretMissing):
        update_mailbox(actor=None, mailbox=mailbox, words=replace(WORDS, secret="", **change))
    assert Mailbox.objects.get().host == "imap.example"
    changed = update_mailbox(actor=None, mailbox=mailbox, words=replace(WORDS, secret="new", **change))
    assert unseal(changed.secret) == "new"


def test_another_mailbox_is_read_from_its_own_beginning(mailbox, in_scope):
    Mailbox.objects.update(uidvalidity=7, last_uid=30, careful_to=9, trouble="away", failing_since="2026-01-01T00:00Z")
    put_aside(mailbox, [3])
    kept = update_mailbox(actor=None, mailbox=mailbox, words=replace(WORDS, secret="", name="Renamed"))

    assert (kept.uidvalidity, kept.last_uid, kept.careful_to, kept.missed_mails.count()) == (7, 30, 9, 1)
    assert (kept.trouble, kept.failing_since) == ("", None)
    moved = update_mailbox(actor=None, mailbox=mailbox, words=replace(WORDS, secret="", folder="Archive"))
    assert (moved.uidvalidity, moved.last_uid, moved.careful_to, moved.missed_mails.count()) == (None, 0, 0, 0)


def test_nothing_happens_where_nothing_changes(mailbox, django_assert_num_queries):
    Mailbox.objects.update(trouble="away")
    same = update_mailbox(actor=None, mailbox=mailbox, words=replace(WORDS, secret=""))

    assert same.trouble == "away"


def test_a_mailbox_is_read_once(mailbox, in_scope, other_portal):
    again = replace(WORDS, host="IMAP.example", username="Support@north.example")
    with pytest.raises(MailboxKnown):
        add_mailbox(actor=None, words=again)
    other = add_mailbox(actor=None, words=replace(again, folder="Old"))
    with pytest.raises(MailboxKnown):
        update_mailbox(actor=None, mailbox=other, words=again)
    with tenant_scope(other_portal.tenant):
        assert add_mailbox(actor=None, words=WORDS)


def test_a_pause_and_a_removal(mailbox, in_scope):
    assert not set_mailbox_active(actor=None, mailbox=mailbox, is_active=False).next_check_at
    assert set_mailbox_active(actor=None, mailbox=mailbox, is_active=True).next_check_at
    came = {"source": "imap", "source_key": "imap:1", "digest": "0", "size": 1, "received_at": mailbox.created_at}
    mail = IncomingMail.objects.create(mailbox=mailbox, **came)
    remove_mailbox(actor=None, mailbox=mailbox)
    mail.refresh_from_db()
    assert mail.mailbox is None


def test_only_administrators_decide(mailbox, in_scope):
    for door, values in (
        (add_mailbox, {"words": replace(WORDS, folder="New")}),
        (update_mailbox, {"mailbox": mailbox, "words": WORDS}),
        (set_mailbox_active, {"mailbox": mailbox, "is_active": False}),
        (try_mailbox, {"mailbox": mailbox}),
        (remove_mailbox, {"mailbox": mailbox}),
    ):
        with pytest.raises(PermissionError):
            door(actor=in_scope.lead, **values)
    assert Mailbox.objects.get().is_active


# -- pages ------------------------------------------------------------------------------------------------------


def test_a_mailbox_is_connected_on_its_page_and_its_secret_never_shown(client, in_scope):
    assert "No mailbox is connected" in Page(client.get("/settings/mail/")).text
    typed = {**Page(client.get(PAGE)).form("/new/"), "name": "Box", "host": "imap.example", "username": "u"}
    assert typed["security"] == "tls"
    assert typed["after_fetch"] == "read"

    answer = client.post(PAGE, {**typed, "secret": " only-we-know "})
    made = Mailbox.objects.get()
    assert answer.url == f"/settings/mail/mailboxes/{made.pk}/"
    assert unseal(made.secret) == " only-we-know "
    page = client.get(answer.url)
    for hidden in ("only-we-know", made.secret):
        assert hidden not in page.content.decode()
    form = Page(page).form(answer.url)
    client.post(answer.url, {**form, "quiet_hours": "72"})
    made.refresh_from_db()
    assert made.quiet_hours == 72
    assert unseal(made.secret) == " only-we-know "
    assert "Box" in Page(client.get("/settings/mail/")).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "imap.example/x"}, "Write the server’s name alone"),
        ({"host": "a b"}, "Write the server’s name alone"),
        ({"port": "70000"}, "from 1 to 65535"),
        ({"secret": ""}, "Type it here"),
        ({"sign_in": "oauth"}, "needed to sign in with OAuth"),
        ({"sign_in": "oauth", "client_id": "x", "token_url": "http://x.example/"}, "begins with https"),
        ({"after_fetch": "move"}, "Write another folder"),
        ({"after_fetch": "move", "move_to": "INBOX"}, "Write another folder"),
        ({"address": "other"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_with_everything_typed_kept(client, in_scope, other_portal, change, words):
    with tenant_scope(other_portal.tenant):
        theirs = MailAddress.objects.create(email="x@south.example", topic=other_portal.topic)
    typed = {**Page(client.get(PAGE)).form("/new/"), "name": "Box", "host": "imap.example", "username": "u"}
    change = {**change, **({"address": theirs.pk} if "address" in change else {})}
    answer = client.post(PAGE, {**typed, "secret": "s", **change})

    assert answer.status_code == 422
    assert words in Page(answer).text
    assert Page(answer).form("/new/")["name"] == "Box"
    assert not Mailbox.objects.exists()


def test_a_test_says_plainly_what_is_wrong(client, in_scope, nobody_there):
    made = add_mailbox(actor=None, words=replace(WORDS, host="127.0.0.1", port=nobody_there))
    page = Page(client.post(f"/settings/mail/mailboxes/{made.pk}/test/"))

    assert "The server refused the connection. Check the port and the encryption." in page.text
    assert "Errno" not in page.text
    assert "It does not work yet" in page.text
    assert "not been looked at" not in page.text


def test_a_mailbox_is_tested_when_it_is_saved_and_counts_once_it_works(client, in_scope, account, nobody_there):
    typed = {**Page(client.get(PAGE)).form("/new/"), "name": "Box", "security": "none", "host": "127.0.0.1"}
    typed |= {"port": nobody_there, "username": account.user, "secret": PASSWORD}
    page = Page(client.post(PAGE, typed, follow=True))

    assert "Saved, but it does not work yet." in page.text
    assert "refused the connection" in page.text
    assert receiving_keys() is None
    page = Page(
        client.post(
            f"/settings/mail/mailboxes/{Mailbox.objects.get().pk}/", {**typed, "port": account.server.port}, follow=True
        )
    )
    assert "Saved. It works: the server let us in" in page.text
    assert "refused" not in page.text
    assert receiving_keys() == set()


def test_a_test_finds_what_lies_there_and_leaves_it(client, in_scope, account):
    account.bring(b"Subject: one\n\nOne", b"Subject: two\n\nTwo")
    place = {"host": "127.0.0.1", "port": account.server.port, "security": "none"}
    made = add_mailbox(actor=None, words=replace(WORDS, username=account.user, secret=PASSWORD, **place))
    here = f"/settings/mail/mailboxes/{made.pk}/"

    answer = client.post(f"{here}test/", follow=True)
    assert "It works: the server let us in, and 2 mails lie in INBOX." in Page(answer).text
    assert account.flags() == [b"", b""]
    assert not IncomingMail.objects.exists()
    update_mailbox(actor=None, mailbox=made, words=replace(WORDS, username=account.user, secret="wrong", **place))
    assert "did not accept the user name" in Page(client.post(f"{here}test/")).text
    secret = {"username": account.user, "secret": PASSWORD, "folder": "Nowhere"}
    update_mailbox(actor=None, mailbox=made, words=replace(WORDS, **secret, **place))
    assert "has no such folder" in Page(client.post(f"{here}test/")).text
    encrypted = {"host": "127.0.0.1", "port": account.server.tls_port, "security": "tls"}
    update_mailbox(actor=None, mailbox=made, words=replace(WORDS, secret=PASSWORD, **encrypted))
    assert "could not prove that it is the right one" in Page(client.post(f"{here}test/")).text


def test_no_test_looks_around_in_our_own_network(client, in_scope, settings, nobody_there):
    settings.PRIVATE_MAIL_SERVERS = False
    made = add_mailbox(actor=None, words=replace(WORDS, host="localhost", port=nobody_there))
    page = Page(client.post(f"/settings/mail/mailboxes/{made.pk}/test/"))

    assert "lies inside our own network" in page.text
    assert "refused" not in page.text


def test_a_mailbox_is_paused_and_removed_after_a_question(client, mailbox):
    here = f"/settings/mail/mailboxes/{mailbox.pk}/"
    client.post(f"{here}state/", {"is_active": "no"})
    assert "It is paused" in Page(client.get(here)).text
    client.post(f"{here}state/", {"is_active": "yes"})
    asked = client.post(f"{here}removal/")
    assert asked.status_code == 422
    assert Mailbox.objects.get().is_active
    client.post(f"{here}removal/", Page(asked).form("/removal/"))
    assert not Mailbox.objects.exists()


def test_what_is_wrong_is_said_in_the_list(client, mailbox):
    Mailbox.objects.update(failing_since=mailbox.created_at, trouble="sign_in: no", checked_at=mailbox.created_at)
    text = Page(client.get("/settings/mail/")).text

    assert "cannot be read" in text
    assert "did not accept the user name" in text
