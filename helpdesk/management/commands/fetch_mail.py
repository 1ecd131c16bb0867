import logging
import signal
from threading import Event, Thread
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connections

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from notifications.actions.fetching import fetch_mailbox
from notifications.actions.idling import stay_at_mailbox
from notifications.models import Mailbox
from notifications.queries import active_mailboxes

LOOKS = 15.0  # seconds between two looks for mailboxes nobody stays at
STOPPED_WITHIN = 25.0
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Fetch what is new in every portal's mailboxes, once. With --watch, stay connected to all of them and fetch at "
        "once what comes; Ctrl-C or SIGTERM ends it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="stay connected, one connection a mailbox")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            self._watch()
            return
        for tenant, mailbox in active_mailboxes():
            with tenant_scope(tenant):
                while fetch_mailbox(mailbox=mailbox):
                    pass

    def _watch(self) -> None:
        stop = Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()
            signal.signal(number, signal.SIG_DFL)  # whoever asks twice means it

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        threads: dict[int, Thread] = {}
        while not stop.is_set():
            for tenant, mailbox in _to_be_watched():
                if mailbox.pk not in threads or not threads[mailbox.pk].is_alive():
                    threads[mailbox.pk] = Thread(target=_stay, args=(tenant, mailbox, stop), daemon=True)
                    threads[mailbox.pk].start()
            stop.wait(LOOKS)
        for thread in threads.values():
            thread.join(STOPPED_WITHIN)


def _to_be_watched() -> list[tuple[Tenant, Mailbox]]:
    try:
        return active_mailboxes(due=True)
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("The database does not answer (%s); next try in %.0f s", type(trouble).__name__, LOOKS)
        return []
    finally:
        connections.close_all()


def _stay(tenant: Tenant, mailbox: Mailbox, stop: Event) -> None:
    try:
        with tenant_scope(tenant):
            stay_at_mailbox(mailbox=mailbox, stop=stop)
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("Mailbox %s: the database does not answer (%s)", mailbox.pk, type(trouble).__name__)
    finally:
        connections.close_all()
