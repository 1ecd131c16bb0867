"""Throwaway servers: the command gets them, and nothing is left of them however it ends."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "services.py"
needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="Redis is not installed")


def services(tmp_path: Path, *command: str, **environment: str) -> subprocess.Popen[str]:
    given = {"TEST_DATABASE_URL": "postgres://given/database", "TMPDIR": str(tmp_path), **environment}
    clean = {name: value for name, value in os.environ.items() if name != "TEST_REDIS_URL"}
    return subprocess.Popen(
        [sys.executable, SCRIPT, *command], env={**clean, **given}, stdout=subprocess.PIPE, text=True
    )


def is_empty(folder: Path) -> bool:
    end = time.monotonic() + 20
    while any(folder.iterdir()) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(folder.iterdir())


def test_servers_that_are_given_are_used_and_none_is_started(tmp_path: Path):
    process = services(tmp_path, "sh", "-c", "echo $DATABASE_URL $REDIS_URL", TEST_REDIS_URL="redis://given")

    assert process.communicate()[0] == "postgres://given/database redis://given\n"
    assert is_empty(tmp_path)


def test_the_commands_exit_code_is_passed_on(tmp_path: Path):
    process = services(tmp_path, "sh", "-c", "exit 7", TEST_REDIS_URL="redis://given")
    process.communicate()

    assert process.returncode == 7


@needs_redis
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_it_is_killed(tmp_path: Path, how: signal.Signals):
    with services(tmp_path, "sh", "-c", "echo $REDIS_URL; exec sleep 5") as process:
        assert process.stdout
        address = process.stdout.readline()
        process.send_signal(how)

    assert address.startswith("redis://127.0.0.1:")
    assert is_empty(tmp_path)
