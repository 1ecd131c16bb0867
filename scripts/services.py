"""Runs a command with a throwaway PostgreSQL and Redis, and removes both afterwards whatever happens.

    scripts/services.py COMMAND [ARGUMENT …]

The command finds the servers in TEST_DATABASE_URL and TEST_REDIS_URL, and in DATABASE_URL and REDIS_URL.
Where TEST_DATABASE_URL or TEST_REDIS_URL is already set, that server is used and none is started for it.
The servers come from the installed binaries, listen on free loopback ports and live in one temporary folder.
"""

import contextlib
import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

POSTGRES_PLACES = [
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/opt/homebrew/opt/postgresql@*/bin",  # macOS
    "/usr/local/opt/postgresql@*/bin",
    "/usr/pgsql-*/bin",  # Fedora and relatives
]
POSTGRES_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Nothing here has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
START_SECONDS = 60


class Trouble(Exception):
    """Something the person at the keyboard can mend; shown as one line."""


def main(command: list[str]) -> int:
    if not command:
        print(__doc__)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        with services() as addresses:
            return run(command, {**os.environ, **addresses})
    except Trouble as trouble:
        print(f"services: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(command: list[str], environment: dict[str, str]) -> int:
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise Trouble(f"cannot run {command[0]}: {error.strerror}") from error
    try:
        code = child.wait()
    except (KeyboardInterrupt, SystemExit):
        # A terminal sends Ctrl-C to the child as well; a plain kill reaches only us.
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def services() -> Iterator[dict[str, str]]:
    """The addresses of both servers, started where they were not given."""
    database, redis = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    servers: list[subprocess.Popen[bytes]] = []
    with guarded_folder(servers) as folder:
        if not database:
            database = start_postgres(folder, servers)
        if not redis:
            redis = start_redis(folder, servers)
        yield {
            "TEST_DATABASE_URL": database,
            "DATABASE_URL": database,
            "TEST_REDIS_URL": redis,
            "REDIS_URL": redis,
        }


# -- cleaning up -----------------------------------------------------------------------------------


@contextlib.contextmanager
def guarded_folder(servers: list[subprocess.Popen[bytes]]) -> Iterator[Path]:
    """A folder that a guard process empties of servers and removes as soon as this process ends, even by SIGKILL."""
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-services-"))
    folder.chmod(0o755)  # the servers may run as another user
    guard = subprocess.Popen(
        [sys.executable, __file__, "--guard", str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        assert guard.stdin
        guard.stdin.close()
        for server in servers:
            server.wait()
        guard.wait()


def stand_guard(folder: Path) -> None:
    """Waits until the starter is gone (its end of the pipe closes), then stops what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    processes = [int(path.read_text()) for path in folder.glob("*.process")]
    # Redis stops at SIGTERM; PostgreSQL would wait for its clients and stops at once only at SIGQUIT.
    for signals, seconds in (((signal.SIGTERM, signal.SIGQUIT), 10), ((signal.SIGKILL,), 5)):
        for process, signal_number in itertools.product(processes, signals):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal_number)
        if wait_until(lambda: not any(is_alive(process) for process in processes), seconds):
            break
    shutil.rmtree(folder, ignore_errors=True)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


# -- the servers -----------------------------------------------------------------------------------


def start_postgres(folder: Path, servers: list[subprocess.Popen[bytes]]) -> str:
    programs = find_postgres()
    data, password_file, log = folder / "postgres", folder / "password", folder / "postgres.log"
    password, port = secrets.token_hex(16), free_port()
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    data.mkdir()
    owner = server_owner()
    if owner:
        for path in (data, password_file):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    create_cluster(programs / "initdb", data, password_file, owner)
    options = [f"--{name}={value}" for name, value in POSTGRES_OPTIONS.items()]
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), *options]
    server = start(folder, "postgres", command, log, owner)
    servers.append(server)
    url = f"postgres://helpdesk:{password}@127.0.0.1:{port}/postgres"
    await_server("PostgreSQL", server, log, lambda: (data / "postmaster.pid").exists() and says_ready(data))
    return url


def create_cluster(initdb: Path, data: Path, password_file: Path, owner: pwd.struct_passwd | None) -> None:
    output = ""
    for locale in ("C.UTF-8", "en_US.UTF-8", "C"):  # the first that this system has
        result = subprocess.run(
            [
                *(initdb, "--pgdata", data, "--username=helpdesk", "--encoding=UTF8", f"--locale={locale}"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync"),
            ],
            **as_user(owner, data.parent),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode == 0:
            return
        output = result.stdout
    raise Trouble(f"initdb failed: {last_line(output)}")


def says_ready(data: Path) -> bool:
    """The eighth line of postmaster.pid is the server's own word on whether it takes connections."""
    with contextlib.suppress(OSError):
        return (data / "postmaster.pid").read_text().splitlines()[7:8] == ["ready   "]
    return False


def start_redis(folder: Path, servers: list[subprocess.Popen[bytes]]) -> str:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        how = "Debian: apt-get install redis-server"
        raise Trouble(f"Redis is not installed ({how}), and TEST_REDIS_URL is not set")
    port, log = free_port(), folder / "redis.log"
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "."]
    data = folder / "redis"
    data.mkdir()
    owner = server_owner()
    if owner:
        os.chown(data, owner.pw_uid, owner.pw_gid)
    server = start(folder, "redis", [program, *options], log, owner)
    servers.append(server)
    await_server("Redis", server, log, lambda: accepts_connections(port))
    return f"redis://127.0.0.1:{port}/0"


def start(
    folder: Path, name: str, command: list[str], log: Path, owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    # In a session of its own, so that Ctrl-C ends the command first and the servers after it.
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            **as_user(owner, folder / name),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    (folder / f"{name}.process").write_text(str(server.pid))
    return server


def await_server(name: str, server: subprocess.Popen[bytes], log: Path, is_ready: Callable[[], bool]) -> None:
    if not wait_until(lambda: server.poll() is not None or is_ready(), START_SECONDS) or server.poll() is not None:
        raise Trouble(f"{name} did not start: {last_line(log.read_text(errors='replace'))}")


# -- finding things --------------------------------------------------------------------------------


def find_postgres() -> Path:
    """The folder with the newest installed initdb and postgres."""
    found = [path for place in POSTGRES_PLACES for path in Path("/").glob(place.lstrip("/"))]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    usable = [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]
    if not usable:
        raise Trouble(
            "PostgreSQL is not installed (Debian: apt-get install postgresql), and TEST_DATABASE_URL is not set"
        )
    return max(usable, key=major_version)


def major_version(programs: Path) -> int:
    digits = "".join(character if character.isdigit() else " " for character in str(programs)).split()
    return int(digits[0]) if digits else 0


def server_owner() -> pwd.struct_passwd | None:
    """Who runs the servers: PostgreSQL refuses root, so root lends them to somebody smaller."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Trouble("PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody'")


def as_user(owner: pwd.struct_passwd | None, folder: Path) -> dict[str, Any]:
    settings: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)}}
    if owner:
        settings.update(user=owner.pw_uid, group=owner.pw_gid, extra_groups=[])
    return settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts_connections(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--guard"]:
        stand_guard(Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
