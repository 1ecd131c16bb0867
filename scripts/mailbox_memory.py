"""Reads a mailbox with very many waiting mails from a real server (dovecot) in this one process, while another portal
gets a mail now and then: prints the memory as it goes, and how long the other portal's mails waited at most.

    scripts/mailbox_memory.py [NUMBER]

On SQLite, each mailbox in turns as in production, because dovecot needs seconds to open a folder with so many files.
Mails stay as they are there: it looks through all of them again whenever one is marked.
"""

import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

import throwaway

sys.path.insert(0, str(throwaway.ROOT))

MAILS = 100_000
SAID_EVERY = 2_000
BROUGHT_EVERY = 5.0  # seconds between two mails of the other portal
WORDS = b"This is a line of an ordinary mail, with some words in it.\r\n" * 20


def main(number: int) -> None:
    from tests.notifications.imap_servers import real_dovecot

    with real_dovecot() as server, throwaway.environment(PRIVATE_MAIL_SERVERS="on", EMAIL_URL="keep://") as settings:
        many, few = server.account("maildir"), server.account()
        fill(many, number)
        os.environ.update(settings)
        throwaway.manage(settings, "migrate", "--verbosity", "0")
        for slug in ("many", "few"):
            named = (f"--host={slug}.localhost", f"--admin=admin@{slug}.example", f"--name={slug}")
            throwaway.manage(settings, "create_tenant", slug, *named)
        set_up_django()
        boxes = {slug: connect(slug, account) for slug, account in (("many", many), ("few", few))}
        read(boxes, few, number)


def fill(account: Any, number: int) -> None:
    """Mails lie in the mailbox, each a file. Their names tell their sizes, so that the server need not look."""
    with account.opened():
        pass  # the server makes the folders
    place = account.server.folder / "mail" / account.user / "cur"
    owner = place.stat()
    for count in range(number):
        mail = b"From: anna@kund.example\r\nSubject: Mail %d\r\nMessage-ID: <%d@kund.example>\r\n\r\n" % (count, count)
        mail += WORDS
        path = place / f"{1_700_000_000 + count}.M{count}.bench,S={len(mail)},W={len(mail)}:2,"
        path.write_bytes(mail)
        os.chown(path, owner.st_uid, owner.st_gid)
    with account.opened():
        pass  # and lists what came


def set_up_django() -> None:
    import logging

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    logging.disable(logging.INFO)


def connect(slug: str, account: Any) -> tuple[Any, Any]:
    from accounts.models import Tenant
    from accounts.scoping import tenant_scope
    from accounts.sealing import seal
    from notifications.models import Mailbox
    from tests.notifications.imap_servers import PASSWORD

    tenant = Tenant.objects.get(slug=slug)
    with tenant_scope(tenant):
        place = {"host": "127.0.0.1", "port": account.server.port, "security": "none", "username": account.user}
        return tenant, Mailbox.objects.create(
            name=slug, secret=seal(PASSWORD), fetches_old=True, after_fetch="leave", **place
        )


def read(boxes: dict[str, tuple[Any, Any]], few: Any, number: int) -> None:
    """Round by round, as the worker does; whoever waits longest has the next turn."""
    from django.utils.timezone import now

    from accounts.scoping import tenant_scope
    from notifications.actions import fetching
    from notifications.models import IncomingMail, Mailbox

    fetching.EMBEDDED_TURN = fetching.A_TURN
    others = Others(few)
    begun, said = time.monotonic(), 0
    print(f"{0:7} mails {memory():6.1f} MB", flush=True)
    last_uid = 0
    while last_uid < number:
        others.bring()
        fetching.fetch_due()
        with tenant_scope(boxes["few"][0]):
            others.look(IncomingMail.objects.count())
            Mailbox.objects.filter(next_check_at__gt=now()).update(next_check_at=now())  # no minute between two looks
        with tenant_scope(boxes["many"][0]):
            last_uid = Mailbox.objects.get().last_uid
        if last_uid // SAID_EVERY > said:
            said = last_uid // SAID_EVERY
            pace = last_uid / (time.monotonic() - begun)
            print(f"{last_uid:7} mails {memory():6.1f} MB, {pace:.0f} a second", flush=True)
    with tenant_scope(boxes["many"][0]):
        stored = IncomingMail.objects.count()
    if stored != number:
        sys.exit(f"mailbox_memory: {number} mails became {stored} rows")
    print(f"{stored} stored; {others.arrived} of the other portal meanwhile, the longest after {others.longest:.1f} s")


class Others:
    """The other portal's mails: each comes at some moment of somebody else's turn, and the next once it is here."""

    def __init__(self, account: Any) -> None:
        self._account, self._last = account, time.monotonic()
        self._brought, self.arrived, self.longest = 0, 0, 0.0

    def bring(self) -> None:
        if self.arrived == self._brought and time.monotonic() - self._last > BROUGHT_EVERY:
            self._brought += 1
            threading.Timer(random.uniform(0, 3), self._bring).start()

    def _bring(self) -> None:
        self._last = time.monotonic()
        self._account.bring(b"From: bo@kund.example\nSubject: Now\n\nNow\n")

    def look(self, stored: int) -> None:
        if stored > self.arrived:
            self.arrived, self.longest = stored, max(self.longest, time.monotonic() - self._last)


def memory() -> float:
    """What this process holds for itself, in MB; the pages of SQLite's file that the system lends are no growth."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["RssAnon"].split()[0]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MAILS)
