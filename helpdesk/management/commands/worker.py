import signal
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.working import work


class Command(BaseCommand):
    help = (
        "The embedded worker loop: sends mails and tidies up, without broker or scheduler. Ctrl-C or SIGTERM ends it."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()
            signal.signal(number, signal.SIG_DFL)  # whoever asks twice means it

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        work(stop)
