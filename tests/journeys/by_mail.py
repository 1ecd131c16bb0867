"""Mails from outside, as a mail program writes them and the portal's mail server hands them over."""

from email.message import EmailMessage
from email.utils import formataddr, make_msgid

from accounts.scoping import tenant_scope
from notifications.actions.receiving import digest_of, receive_mail
from notifications.enums import MailSource
from tests.journeys.conftest import Site
from tests.journeys.post import Letter

CUSTOMER = "customer@kund.example"


def write(
    site: Site,
    to: str,
    subject: str,
    text: str,
    answers: Letter | None = None,
    sender: tuple[str, str] = ("Karin Kund", CUSTOMER),
) -> None:
    """Somebody's mail program sends a mail, and the portal's mail server hands it over."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = formataddr(sender), to, subject
    mail["Message-ID"] = make_msgid(domain="kund.example")
    if answers is not None:
        mail["In-Reply-To"] = mail["References"] = str(answers.message["Message-ID"])
        quoted = "\n".join(f"> {line}" for line in answers.text.splitlines())
        text = f"{text}\n\nDen 20 november 2026 skrev Nordlarm support <support@larm.example>:\n{quoted}\n"
    mail.set_content(text)
    raw = mail.as_bytes()
    with tenant_scope(site.tenant):
        receive_mail(raw=raw, source=MailSource.PIPE, source_key=f"pipe:{digest_of(raw)}", recipient=to)


def answer(site: Site, letter: Letter, text: str) -> None:
    """The reader of a mail answers it."""
    write(site, str(letter.message["Reply-To"]), f"Sv: {letter.subject}", text, answers=letter)
