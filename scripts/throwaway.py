"""A product of one's own for pictures and measurements: its own folder and port, gone afterwards."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "Demo-2026!"
# Settings of the person at the keyboard that must not reach a throwaway product.
PERSONAL = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "FILES_URL",
    "DEFAULT_TENANT",
    "TRUSTED_PROXIES",
    "TLS",
    "DEBUG",
    "MAIL_HOOK_SECRET",
    "MAIL_HOOK_KEYS",
    "PRIVATE_MAIL_SERVERS",
    "DNS_SERVER",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def environment(**settings: str) -> Iterator[dict[str, str]]:
    """Settings with a folder and a port of their own; the folder is removed at the end."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="helpdesk-") as folder:
        inherited = {name: value for name, value in os.environ.items() if name not in PERSONAL}
        own = {
            "ENV_FILE": os.devnull,
            "VAR_DIR": folder,
            "STATIC_ROOT": f"{folder}/static",
            "BIND": "127.0.0.1",
            "PORT": str(port),
            "BASE_DOMAIN": f"localhost:{port}",
        }
        yield {**inherited, **own, **settings}


@contextlib.contextmanager
def running(command: list[str], settings: dict[str, str], seconds: float = 120) -> Iterator[subprocess.Popen[bytes]]:
    """The product under `command`, ready for its first reader; stopped like Ctrl-C stops it."""
    log = Path(settings["VAR_DIR"]) / "output.log"
    with log.open("wb") as output:
        product = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=output, stderr=output, start_new_session=True
        )
    try:
        await_ready(product, f"http://127.0.0.1:{settings['PORT']}/readyz", seconds, log)
        yield product
    finally:
        product.send_signal(signal.SIGINT)
        try:
            product.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(product.pid, signal.SIGKILL)


def await_ready(product: subprocess.Popen[bytes], url: str, seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and product.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    tail = log.read_text(errors="replace")[-3000:]
    sys.exit(f"{tail}\nthe product did not become ready at {url}")


def manage(settings: dict[str, str], *arguments: str) -> None:
    """One management command; its failure ends everything with its name."""
    result = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=settings)
    if result.returncode:
        sys.exit(f"manage.py {arguments[0]} failed")
