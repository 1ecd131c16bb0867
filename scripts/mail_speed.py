"""Stores and reads ordinary mails in this one process, on the database of the environment; prints how many a second,
from people who wrote before, and from people who write for the first time.

    scripts/mail_speed.py NUMBER

They come to the demo portal "larm" from two hundred people, with plain text and HTML, and each becomes a ticket.
"""

import logging
import os
import secrets
import sys
import time
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

PORTAL = "larm"
PEOPLE = 200
RUN = secrets.token_hex(3)  # other people in each run, so that the brakes on one sender's mails stay out of it
WORDS = "\n".join(f"This is line {number} of an ordinary mail, with some words in it." for number in range(25))


def main(number: int) -> None:
    import django

    django.setup()
    logging.disable(logging.INFO)
    from accounts.models import Tenant
    from accounts.scoping import tenant_scope
    from notifications.models import MailAddress

    tenant = Tenant.objects.prefetch_related("hosts").get(slug=PORTAL)
    with tenant_scope(tenant):
        to = MailAddress.objects.filter(retired_at=None).order_by("pk")[0].email
        mails = [write(count, to) for count in range(PEOPLE + number)]
        first = a_second(mails[:PEOPLE])
        print(a_second(mails[PEOPLE:]), first)


def a_second(mails: list[bytes]) -> float:
    """How many of these are stored and read a second."""
    from notifications.actions.reading_mail import read_due
    from notifications.actions.receiving import receive_mail
    from notifications.enums import MailSource, MailState
    from notifications.models import IncomingMail

    opened = IncomingMail.objects.filter(state=MailState.NEW_TICKET)
    before, begun = opened.count(), time.perf_counter()
    for count, raw in enumerate(mails):
        receive_mail(raw=raw, source=MailSource.PIPE, source_key=f"bench:{begun}:{count}")
    while read_due(lambda: True):
        pass
    seconds = time.perf_counter() - begun
    became = opened.count() - before
    if became != len(mails):
        sys.exit(f"mail_speed: {len(mails)} mails became {became} tickets")
    return round(len(mails) / seconds, 1)


def write(count: int, to: str) -> bytes:
    """A mail with a subject that no other one of its sender has."""
    message = EmailMessage()
    message["From"] = f"Person {count % PEOPLE} <person{count % PEOPLE}.{RUN}@mail{count % 40}.example>"
    message["To"] = to
    message["Subject"] = "Something beeps in room " + "abcdefghij"[count // PEOPLE % 10] * (count // PEOPLE // 10 + 1)
    message["Message-ID"] = make_msgid(domain="mail.example")
    message["Date"] = "Mon, 05 Jan 2026 10:00:00 +0100"
    message.set_content(WORDS)
    message.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    return message.as_bytes()


if __name__ == "__main__":
    main(int(sys.argv[1]))
