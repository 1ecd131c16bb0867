"""The door of every mail: stored once, as it came, before anything reads it."""

import hashlib
import zlib
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from accounts.scoping import tenant_scope
from notifications.actions import receiving
from notifications.actions.receiving import digest_of, receive_mail
from notifications.enums import MailSource, MailState
from notifications.models import IncomingMail, RawMail
from tests.conftest import Portal
from tests.tickets.test_parallel import at_once

RAW = b"From: anna@kund.example\r\nSubject: Hi\r\n\r\nThe door is open.\r\n"


def test_a_mail_is_stored_as_it_came_and_waits_to_be_read(in_scope: Portal):
    mail = receive_mail(raw=RAW, source=MailSource.PIPE, source_key="pipe:1", recipient="support@north.example")

    mail.refresh_from_db()
    assert zlib.decompress(bytes(mail.raw.content)) == RAW
    assert (mail.state, mail.reason, mail.size) == (MailState.WAITING, "", len(RAW))
    assert mail.digest == hashlib.sha256(RAW).hexdigest()
    assert mail.next_attempt_at is not None
    assert mail.received_at is not None
    assert mail.recipient == "support@north.example"


def test_the_same_key_again_gives_the_row_there_is(in_scope: Portal):
    first = receive_mail(raw=RAW, source=MailSource.IMAP, source_key="imap:1:7:9")
    again = receive_mail(raw=RAW + b"changed", source=MailSource.IMAP, source_key="imap:1:7:9")

    assert again == first
    assert RawMail.objects.count() == IncomingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_bring_the_same_at_once_store_it_once(portal: Portal, other_portal: Portal):
    """A provider that calls again before it was answered, or two readers of one mailbox."""

    def bring(number: int) -> int:
        return receive_mail(raw=RAW, source=MailSource.WEBHOOK, source_key=f"hook:x:{number % 2}").pk

    found = at_once(portal, bring)

    assert len(set(found[::2])) == len(set(found[1::2])) == 1
    with tenant_scope(portal.tenant):
        assert RawMail.objects.count() == IncomingMail.objects.count() == 2
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_the_same_key_in_another_portal_is_another_mail(in_scope: Portal, other_portal: Portal):
    mine = receive_mail(raw=RAW, source=MailSource.PIPE, source_key="pipe:1")
    with tenant_scope(other_portal.tenant):
        theirs = receive_mail(raw=RAW, source=MailSource.PIPE, source_key="pipe:1")
        assert IncomingMail.objects.get() == theirs

    assert IncomingMail.objects.get() == mine != theirs


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 9, b"\r\n", "Ä".encode("utf-16")])
def test_nothing_is_too_broken_to_be_stored(in_scope: Portal, raw: bytes):
    key, recipient = "hook:x:\x00" + "å" * 500, "a\x00b\r\nBcc: x@y.example" + "z" * 900
    mail = receive_mail(raw=raw, source=MailSource.WEBHOOK, source_key=key, recipient=recipient)
    again = receive_mail(raw=raw, source=MailSource.WEBHOOK, source_key=key)

    mail.refresh_from_db()
    assert zlib.decompress(bytes(mail.raw.content)) == raw
    assert again == mail
    assert mail.recipient.isprintable()


def test_long_keys_that_differ_at_their_end_stay_two(in_scope: Portal):
    first = receive_mail(raw=RAW, source=MailSource.WEBHOOK, source_key="hook:x:" + "a" * 300)
    second = receive_mail(raw=RAW, source=MailSource.WEBHOOK, source_key="hook:x:" + "a" * 299 + "b")

    assert first != second


def test_of_a_mail_that_was_brought_in_part_the_whole_size_is_known(in_scope: Portal):
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    mail = receive_mail(raw=RAW, source=MailSource.IMAP, source_key="imap:1:1:1", size=10**9, received_at=moment)

    assert (mail.size, mail.received_at) == (10**9, moment)


def test_row_and_bytes_are_stored_together_or_not_at_all(in_scope: Portal, monkeypatch):
    def fail(**_values: object) -> None:
        raise IntegrityError("the disk is full")

    monkeypatch.setattr(receiving.RawMail.objects.all().__class__, "create", lambda self, **values: fail())
    with pytest.raises(IntegrityError):
        receive_mail(raw=RAW, source=MailSource.PIPE, source_key="pipe:1")

    assert not IncomingMail.objects.exists()


def test_a_digest_tells_where_one_part_ends(in_scope: Portal):
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc")
