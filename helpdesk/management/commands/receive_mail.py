"""A mail server's way in: `manage.py receive_mail --recipient ADDRESS < mail`.

Whatever goes wrong, also before this module is even loaded, the exit status says "try again later" (see manage.py).
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from notifications.actions.receiving import digest_of, receive_mail
from notifications.destinations import addressed_to, portal_for
from notifications.enums import MailSource

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and brings it again


class Command(BaseCommand):
    help = (
        "Take one mail from a mail server, on standard input. Ends with 0 once it is stored, else with 75: "
        "the mail server keeps it and tries again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", default="", help="the envelope's; else the mail's own head is looked at")
        parser.add_argument("--portal", default="", help="the portal's short name, where its address says too little")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._take(sys.stdin.buffer.read(), options["recipient"], options["portal"])
        except (DatabaseError, InterfaceError) as trouble:
            raise _later(f"the database does not take it ({type(trouble).__name__})") from trouble
        except OSError as trouble:
            raise _later(f"it could not be read ({trouble.strerror})") from trouble

    def _take(self, raw: bytes, recipient: str, slug: str) -> None:
        if not raw.strip():
            raise _later("standard input is empty")
        tenant = _portal(raw, recipient, slug)
        key = f"pipe:{digest_of(recipient.encode(errors='surrogateescape'), raw)}"
        with tenant_scope(tenant):
            mail = receive_mail(raw=raw, source=MailSource.PIPE, source_key=key, recipient=recipient)
        self.stdout.write(f"stored as {mail.pk} of {tenant.slug}")


def _portal(raw: bytes, recipient: str, slug: str) -> Tenant:
    if slug:
        tenant = Tenant.objects.filter(slug=slug, is_active=True).first()
    else:
        tenant = portal_for([recipient] if recipient else addressed_to(raw))
    if tenant is None:
        raise _later("no portal receives mail at this address; name one with --portal")
    return tenant


def _later(reason: str) -> CommandError:
    return CommandError(f"Helpdesk did not store the mail: {reason}", returncode=TRY_AGAIN)
