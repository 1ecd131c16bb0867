"""What becomes of a mail that was stored, from its bytes to the ticket."""

import hashlib
from email.message import EmailMessage
from typing import Any

import pytest

from accounts.scoping import tenant_scope
from notifications.actions.draining import drain
from notifications.actions.receiving import receive_mail
from notifications.enums import MailReason, MailSource, MailState
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.tokens import answer_address
from tests.factories import make_ticket
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, Status
from tickets.models import Message, Ticket

SUPPORT = "support@north.example"


@pytest.fixture
def address(in_scope, other_portal) -> MailAddress:
    with tenant_scope(other_portal.tenant):
        MailAddress.objects.create(email="support@south.example", topic=other_portal.topic)
    address: MailAddress = MailAddress.objects.create(email=SUPPORT, topic=in_scope.topic)
    return address


def write(body: str = "The door beeps.", **head: str) -> bytes:
    message = EmailMessage()
    for name, value in {"From": "Anna Holm <anna@kund.example>", "To": SUPPORT, "Subject": "Beeps", **head}.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def come(portal: Any, raw: bytes, **more: Any) -> IncomingMail:
    """A mail comes in and is read."""
    key = f"pipe:{hashlib.sha256(raw + str(more).encode()).hexdigest()}"
    mail = receive_mail(raw=raw, source=MailSource.PIPE, source_key=key, **more)
    while drain(portal.tenant):
        pass
    read: IncomingMail = IncomingMail.objects.get(pk=mail.pk)
    return read


def mail_to(portal: Any, person: Any, ticket: Ticket) -> Delivery:
    while drain(portal.tenant):
        pass
    found: Delivery = Delivery.objects.filter(recipient=person, ticket_event__ticket=ticket).order_by("pk").last()
    return found


def test_a_mail_to_an_address_becomes_a_ticket(in_scope, address):
    mail = come(in_scope, write(Message_ID="<a1@kund.example>"))

    ticket = Ticket.objects.get()
    assert (mail.state, mail.ticket, mail.user, mail.address) == ("new_ticket", ticket, in_scope.customer, address)
    assert (ticket.subject, ticket.requester, ticket.channel) == ("Beeps", in_scope.customer, Channel.MAIL)
    assert (ticket.topic, ticket.priority) == (in_scope.topic, "low")
    assert ticket.messages.get().body == "The door beeps."


def test_a_reply_to_the_address_with_our_token_becomes_a_reply(in_scope, address):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    delivery = mail_to(in_scope, in_scope.customer, ticket)

    mail = come(in_scope, write("It still beeps.", To=answer_address(delivery, SUPPORT)))

    assert (mail.state, mail.ticket, mail.delivery) == (MailState.REPLY, ticket, delivery)
    assert mail.message == Message.objects.get(body="It still beeps.")
    assert (mail.message.author, mail.message.written_by) == (in_scope.customer, "")
