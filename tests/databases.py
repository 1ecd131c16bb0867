"""The SQLite database of the tests: migrated once, then copied for each run that begins anew.

To migrate from the beginning takes longer than most runs. What is kept knows each migration it has by its content: new
ones are applied on top of the copy, and where an old one has changed or is gone, all begins with nothing again.
"""

import fcntl
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

FOLDER = Path(settings.VAR_DIR) / "test"
KEPT, CONTENTS = FOLDER / "migrated.sqlite3", FOLDER / "migrated.json"


def begin_anew(database: Path) -> None:
    """Put a copy of the kept database where the tests look for theirs, or nothing where none can be used."""
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    with _alone():
        known = _contents()
        if known and known.items() <= migrations().items():
            database.write_bytes(KEPT.read_bytes())


def keep() -> None:
    """Keep the database that has just been migrated, before any test has written into it."""
    with _alone():
        found = migrations()
        if _contents() == found:
            return
        for path in (CONTENTS, KEPT):
            path.unlink(missing_ok=True)
        connection.ensure_connection()
        with closing(sqlite3.connect(KEPT)) as kept:
            connection.connection.backup(kept)
        CONTENTS.write_text(json.dumps(found))


def migrations() -> dict[str, str]:
    """The migrations of this checkout, each with the digest of its file."""
    disk = MigrationLoader(None).disk_migrations
    files = {f"{app}.{name}": sys.modules[migration.__module__].__file__ for (app, name), migration in disk.items()}
    return {name: sha256(Path(file or "").read_bytes()).hexdigest() for name, file in files.items()}


def bring_back(table: str, *columns: str) -> None:
    """Text columns as they were before a later migration renamed or removed them, for models of an earlier state."""
    connection.check_constraints()  # a PostgreSQL table with rows yet to be checked is not altered
    with connection.cursor() as cursor:
        for column in columns:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} varchar(200) NOT NULL DEFAULT ''")


def _contents() -> dict[str, str]:
    known: dict[str, str] = json.loads(CONTENTS.read_text()) if CONTENTS.exists() else {}
    return known


@contextmanager
def _alone() -> Iterator[None]:
    """Several workers begin at the same moment."""
    with (FOLDER / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
