"""The database that is kept between runs is used only where it would have come out the same."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import databases


@pytest.fixture
def folder(tmp_path: Path, monkeypatch, transactional_db) -> Path:
    monkeypatch.setattr(databases, "FOLDER", tmp_path)
    monkeypatch.setattr(databases, "KEPT", tmp_path / "kept.sqlite3")
    monkeypatch.setattr(databases, "CONTENTS", tmp_path / "kept.json")
    return tmp_path


def given(monkeypatch, **migrations: str) -> None:
    monkeypatch.setattr(databases, "migrations", lambda: migrations)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("now", "is_used"),
    [
        ({"first": "a", "second": "b"}, True),
        ({"first": "a", "second": "b", "third": "c"}, True),  # which is applied on top
        ({"first": "a", "second": "changed"}, False),
        ({"first": "a", "renamed": "b"}, False),
        ({"first": "a"}, False),
    ],
)
def test_what_is_kept_is_used_only_with_the_very_migrations_it_has(folder: Path, monkeypatch, now, is_used):
    given(monkeypatch, first="a", second="b")
    databases.keep()
    given(monkeypatch, **now)
    database = folder / "test.sqlite3"
    database.write_bytes(b"of the run before")

    databases.begin_anew(database)

    assert database.exists() == is_used
    if is_used:
        with closing(sqlite3.connect(database)) as copy:
            assert copy.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 60


@pytest.mark.only("sqlite")
def test_every_migration_is_known_by_its_content(folder: Path):
    found = databases.migrations()

    assert {"accounts.0001_initial", "auth.0001_initial"} <= found.keys()
    assert len(set(found.values())) == len(found)


@pytest.mark.only("sqlite")
def test_nothing_is_used_before_anything_is_kept(folder: Path):
    databases.begin_anew(folder / "test.sqlite3")

    assert not (folder / "test.sqlite3").exists()
