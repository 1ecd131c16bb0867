"""Real worker processes on the test's own database."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from django.conf import settings
from django.db import connection

DEADLINE = 60.0
DYING_WORKER = Path(__file__).with_name("dying_worker.py")


def wait_until(condition: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Wait for a condition, looking often; fail when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        Event().wait(0.03)


def environment(mail_port: int, folder: Path, **more: str) -> dict[str, str]:
    """What a process needs to work on this test's database and to send to its mail server."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "BASE_DOMAIN": "localhost:8000",
        "REDIS_URL": "",
        "VAR_DIR": str(folder),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    sign_in = f"{values['USER']}:{values['PASSWORD']}@" if values["PASSWORD"] else f"{values['USER']}@"
    return f"postgres://{sign_in}{values['HOST']}:{values['PORT']}/{values['NAME']}"


@contextlib.contextmanager
def running(arguments: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process in a session of its own, of which nothing is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def worker(env: dict[str, str]) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    return running(["manage.py", "worker"], env)


def worker_dying_at(step: str, when: str, env: dict[str, str]) -> str:
    """Run a worker that kills itself at a step; gives what it said. Fails when it does not get there."""
    with running([str(DYING_WORKER), step, when], env) as process:
        said, _ = process.communicate(timeout=DEADLINE)
        assert process.returncode == -signal.SIGKILL, said
    return said
