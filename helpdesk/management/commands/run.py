import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import Tenant
from helpdesk.demo.building import PASSWORD

STARTED_WITHIN = 60  # seconds
STOPPED_WITHIN = 25


class Command(BaseCommand):
    help = "Prepare this installation, then run web and worker until Ctrl-C. The embedded default's one command."

    def handle(self, *args: Any, **options: Any) -> None:
        self.bind = os.environ.get("BIND", "127.0.0.1")
        self.port = int(os.environ.get("PORT", "8000"))
        self.stop = threading.Event()
        self._hold_var()
        self._refuse_a_taken_port()
        self._prepare()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda _number, _frame: self.stop.set())
        web = self._start("-m", "gunicorn", "-c", "deploy/gunicorn.py", "--log-level", "warning", "helpdesk.wsgi")
        worker = self._start("manage.py", "worker")
        try:
            if self._wait_until_ready(web):
                self._tell()
                self._watch(web, worker)
            self.stdout.write("\nStopping …")
        finally:
            _stop(web, worker)
        self.stdout.write(f"Stopped. Everything is kept in {settings.VAR_DIR.resolve()}/.")

    def _hold_var(self) -> None:
        """Only one product works on a var/ at a time. Web and worker inherit the hold, also from a killed parent."""
        self.hold = (settings.VAR_DIR / "running").open("a+")
        try:
            fcntl.flock(self.hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            self.hold.seek(0)
            processes = self.hold.read().strip()
            raise CommandError(f"Helpdesk runs on {settings.VAR_DIR} already: end process {processes} first") from taken
        self.hold.truncate(0)
        self._note(os.getpid())

    def _note(self, process: int) -> None:
        self.hold.write(f"{process} ")
        self.hold.flush()

    def _prepare(self) -> None:
        try:
            call_command("migrate", verbosity=0)
        except DatabaseError as trouble:
            raise CommandError(f"The database cannot be used: {trouble}") from trouble
        call_command("collectstatic", verbosity=0, interactive=False)
        if settings.EMBEDDED:
            call_command("create_demo", stdout=self.stdout)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches this command only, which then stops both in good order.
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            start_new_session=True,
            pass_fds=[self.hold.fileno()],
        )
        self._note(process.pid)
        return process

    def _refuse_a_taken_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in self.bind else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.bind, self.port))
            except OSError as trouble:
                raise CommandError(
                    f"{self.bind}:{self.port} cannot be used ({trouble.strerror}). Try another one: make run PORT=8080"
                ) from trouble

    def _wait_until_ready(self, web: subprocess.Popen[bytes]) -> bool:
        """True once it answers, False when it was asked to stop before."""
        host = "127.0.0.1" if self.bind in ("0.0.0.0", "127.0.0.1", "::") else self.bind  # noqa: S104 - compared only
        url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}/readyz"
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until and not self.stop.wait(0.1):
            if web.poll() is not None:
                raise CommandError("The web process ended; see its words above")
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return True
            except OSError:
                continue
        if self.stop.is_set():
            return False
        raise CommandError("The web process does not answer")

    def _tell(self) -> None:
        tenants = Tenant.objects.filter(is_active=True).prefetch_related("hosts").order_by("slug")
        lines = ["", "Helpdesk is running. Portals:"]
        lines += [f"  {tenant.url('/'):<36} {tenant.name}" for tenant in tenants]
        if settings.EMBEDDED:
            lines += [
                "",
                f"Demo sign-ins, on each portal, password {PASSWORD}",
                "  customers  customer@kund.example  colleague@kund.example  contact@kund.example",
                "  staff      agent@  lead@  supportlead@  admin@  + <portal>.example, such as agent@larm.example",
                f"All data are kept in {settings.VAR_DIR.resolve()}/ (VAR_DIR).",
                "Mails are kept there too, in mail/, and shown to administrators under Mails.",
            ]
        self.stdout.write("\n".join([*lines, "", "Ctrl-C stops it.", ""]))
        self.stdout.flush()

    def _watch(self, web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> None:
        while not self.stop.wait(0.5):
            if worker.poll() is not None:
                raise CommandError("The worker ended; see its words above. The rows keep its work: start again.")
            if web.poll() is not None:
                raise CommandError("The web process ended; see its words above")


def _stop(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOPPED_WITHIN
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
