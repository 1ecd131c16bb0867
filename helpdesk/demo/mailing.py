"""The mails of a demo portal: stored, read and judged as every mail is, so that the ledger shows all kinds."""

from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from django.utils import timezone

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from helpdesk.demo.living import at
from helpdesk.demo.pictures import panel
from helpdesk.demo.scripts.parts import DemoMail, DemoPortal
from notifications.actions.reading_mail import read_mail
from notifications.actions.receiving import receive_mail
from notifications.enums import MailSource
from tickets.models import Ticket


def bring_mails(script: DemoPortal, tenant: Tenant) -> None:
    """Let the portal's mails arrive, the oldest first. Outside any transaction: each is stored before it is read."""
    with tenant_scope(tenant):
        for entry in sorted(script.mails, key=lambda mail: -mail.hours):
            with at(entry.hours):
                recipient = f"{entry.to}@{script.slug}.example"
                raw = _written(entry, recipient).as_bytes()
                key = f"pipe:demo-{entry.hours}"
                read_mail(receive_mail(raw=raw, source=MailSource.PIPE, source_key=key, recipient=recipient))


def _written(entry: DemoMail, recipient: str) -> EmailMessage:
    """The mail as its sender's program would have written it."""
    mail = EmailMessage()
    mail["From"] = formataddr((entry.name, entry.sender))
    mail["To"] = recipient
    mail["Subject"] = entry.subject.format(number=_number(entry.about))
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = f"<demo-{entry.hours}@{entry.sender.rpartition('@')[2]}>"
    for name, value in entry.headers.items():
        mail[name] = value
    mail.set_content(entry.text)
    if entry.html:
        mail.add_alternative(entry.html, subtype="html")
    if entry.file:
        mail.add_attachment(panel(), maintype="image", subtype="png", filename=entry.file)
    return mail


def _number(subject: str) -> str:
    return str(Ticket.objects.get(subject=subject).number) if subject else ""
