"""Machines that answer machines, left alone for a day: it ends by itself, also when nothing tells them from people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from unittest import mock
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.receiving import receive_mail
from notifications.brakes import NEW_TICKETS_A_DAY
from notifications.enums import MailKind, MailSource
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.tokens import without_token
from tests.conftest import Portal
from tests.factories import make_ticket
from tests.notifications.servers import Taken
from tickets.models import Ticket

STEP = timedelta(minutes=30)
DAY = timedelta(hours=24)
# What tells a program that a mail was not written by anybody, or which one it answers.
TELLING = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Unsubscribe", "List-Unsubscribe-Post")
THREAD = ("In-Reply-To", "References", "Message-ID", "Reply-To")


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def steps() -> Iterator[datetime]:
    start = timezone.now()
    return (start + STEP * number for number in range(DAY // STEP + 1))


def bring(portal: Portal, raw: bytes, recipient: str) -> None:
    with tenant_scope(portal.tenant):
        receive_mail(raw=raw, source=MailSource.PIPE, source_key=f"pipe:{uuid4().hex}", recipient=recipient)


def stripped(raw: bytes) -> bytes:
    mail: Message = message_from_bytes(raw)
    for name in (*TELLING, *THREAD):
        del mail[name]
    return mail.as_bytes()


def question(sender: str, recipient: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, "Is anybody there?"
    mail.set_content("We wonder.")
    return mail.as_bytes()


def acknowledgement(taken: Taken, number: int) -> bytes:
    """What another helpdesk answers to any mail: a number of its own and the subject it got."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "help@robots.example", "support@north.example"
    mail["Subject"] = f"[REQ-{number}] {taken.mail['Subject']}"
    mail.set_content(f"We have your request {number}.")
    return mail.as_bytes()


@pytest.fixture
def portals(portal: Portal, other_portal: Portal) -> tuple[Portal, Portal]:
    """Two portals that take mail from each other."""
    for one in (portal, other_portal):
        with tenant_scope(one.tenant):
            MailAddress.objects.create(email=f"support@{one.tenant.slug}.example", topic=one.topic)
    return portal, other_portal


def acknowledged(portal: Portal) -> list[int]:
    """For each ticket, how many of its acknowledgements were sent."""
    with tenant_scope(portal.tenant):
        sent = Delivery.objects.filter(template=MailKind.CONFIRMATION, state="sent")
        return [sent.filter(ticket_event__ticket=ticket).count() for ticket in Ticket.objects.all()]


@pytest.mark.parametrize("is_stripped", [False, True], ids=["with-headers", "without-headers"])
def test_two_portals_that_write_to_each_other_soon_fall_silent(portals, send_all, is_stripped):
    by_domain = {f"{one.tenant.slug}.example": one for one in portals}
    north = portals[0]
    bring(north, question("support@south.example", "support@north.example"), "support@north.example")
    when_sent: list[datetime] = []
    for moment in steps():
        with at(moment):
            for taken in [taken for one in portals for taken in send_all(one.tenant)]:
                other = by_domain.get(taken.recipient.rpartition("@")[2])
                if other is not None and taken.recipient.startswith("support"):
                    when_sent.append(moment)
                    raw = stripped(taken.raw) if is_stripped else taken.raw
                    bring(other, raw, without_token(taken.recipient) if is_stripped else taken.recipient)

    assert max(acknowledged(north) + acknowledged(portals[1])) == 1
    assert len(when_sent) <= 2 * NEW_TICKETS_A_DAY
    assert all(moment < when_sent[0] + DAY / 2 for moment in when_sent), "they were still talking after half a day"
    if not is_stripped:
        assert len(when_sent) == 1


def test_another_helpdesk_that_acknowledges_everything_falls_silent(portals, send_all):
    """Its mails bear a number and our subject, and nothing of what we sent."""
    north = portals[0]
    bring(north, question("help@robots.example", "support@north.example"), "support@north.example")
    when_sent: list[datetime] = []
    for moment in steps():
        with at(moment):
            for taken in send_all(north.tenant):
                if taken.recipient == "help@robots.example":
                    when_sent.append(moment)
                    bring(north, acknowledgement(taken, len(when_sent)), "support@north.example")

    assert max(acknowledged(north)) == 1
    assert len(when_sent) <= NEW_TICKETS_A_DAY
    assert all(moment < when_sent[0] + DAY / 2 for moment in when_sent)


def test_a_server_that_sends_everything_back_gets_no_answer(portals, send_all):
    """Its reports come without any of the headers and parts by which reports are known."""
    north = portals[0]
    with tenant_scope(north.tenant):
        make_ticket(requester=north.customer, topic=north.topic)
    sent_back = 0
    for moment in steps():
        with at(moment):
            for taken in send_all(north.tenant):
                if taken.recipient == north.customer.email:
                    sent_back += 1
                    report = EmailMessage()
                    report["From"], report["To"] = "mailer@kund.example", taken.sender
                    report["Subject"] = "Your mail"
                    report.set_content("There is nobody here of that name.")
                    bring(north, report.as_bytes(), taken.sender)

    assert sent_back == 1
    with tenant_scope(north.tenant):
        assert Ticket.objects.get().messages.count() == 1
        held = IncomingMail.objects.get()
        assert (held.state, held.reason) == ("held", "to_bounces")
        assert (held.delivery, held.ticket) == (Delivery.objects.get(recipient=north.customer), Ticket.objects.get())
