"""Mails as they come in, and the worker that reads them."""

import hashlib
from email.message import EmailMessage
from itertools import count
from typing import Any

from accounts.models import User
from notifications.actions.draining import drain
from notifications.actions.receiving import receive_mail
from notifications.enums import MailSource
from notifications.models import Delivery, IncomingMail
from tests.conftest import Portal
from tickets.models import Ticket

SUPPORT = "support@north.example"
_numbers = count(1)


def write(
    body: str = "The door beeps.",
    *,
    html: str = "",
    files: list[tuple[str, bytes]] | None = None,
    report: tuple[str, str, str] | None = None,
    **head: str,
) -> bytes:
    """A mail from Anna, unless the head says otherwise. `report`: of a delivery (action, recipient, words)."""
    standing = {"From": "Anna Holm <anna@kund.example>", "To": SUPPORT, "Subject": "Beeps"}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in {**standing, **head}.items() if value]
    message = EmailMessage()
    if report is not None:
        _fill_report(message, *report)
    else:
        message.set_content(body)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in files or []:
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return "\n".join(lines).encode() + b"\n" + message.as_bytes()


def store(raw: bytes, **more: Any) -> IncomingMail:
    """A mail that waits to be read, in the scope's tenant."""
    key = f"pipe:{next(_numbers)}:{hashlib.sha256(raw).hexdigest()}"
    return receive_mail(raw=raw, source=MailSource.PIPE, source_key=key, **more)


def come(portal: Portal, raw: bytes, **more: Any) -> IncomingMail:
    """A mail comes in, and the worker does all that follows."""
    mail = store(raw, **more)
    work(portal)
    read: IncomingMail = IncomingMail.objects.get(pk=mail.pk)
    return read


def work(portal: Portal) -> None:
    while drain(portal.tenant):
        pass


def mail_to(portal: Portal, person: User, ticket: Ticket) -> Delivery:
    """The last mail that a person got about a ticket."""
    work(portal)
    found: Delivery = Delivery.objects.filter(recipient=person, ticket_event__ticket=ticket).order_by("pk").last()
    return found


def _fill_report(message: EmailMessage, action: str, recipient: str, words: str) -> None:
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="=report"'
    message.set_payload(
        "--=report\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\n"
        "--=report\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.kund.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; {words}\n\n"
        "--=report--\n"
    )
