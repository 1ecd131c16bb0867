"""What the portal holds about one person, for them to take home: each app says its part, and none knows the others.

An app contributes in its AppConfig.ready(), so that those above accounts can without being imported from here. A part's
rows are made one by one, because there may be many.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from accounts.models import User

Row = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing said of a row: `key` in the data, `label` for a reader. With `fields` its value is a list of rows."""

    key: str
    label: Any
    fields: tuple["Field", ...] = ()


class Worded(NamedTuple):
    """A value for programs, and what a reader is told instead."""

    value: Any
    words: str


class HeldFile(NamedTuple):
    """A file of the person's own: where it lies in the archive, and how to read it. `open` raises FileNotFoundError
    when it is gone."""

    name: str
    open: Callable[[], IO[bytes]]


def _no_files(_person: User) -> Iterable[HeldFile]:
    return ()


@dataclass(frozen=True)
class Part:
    """`rows` and `files` give what is held about the person given to them and nothing of others: no internal notes, and
    no address that they do not see on the portal's pages anyway."""

    key: str
    title: Any
    fields: tuple[Field, ...]
    rows: Callable[[User], Iterable[Row]]
    files: Callable[[User], Iterable[HeldFile]] = field(default=_no_files)
    staff_only: bool = False  # customers never have such rows, and are not told of them


_parts: dict[str, Part] = {}


def contribute(*parts: Part) -> None:
    """Say what an app holds. Parts are shown in the order they came; the same key again replaces the former."""
    for part in parts:
        _parts[part.key] = part


def parts_about(person: User) -> tuple[Part, ...]:
    """What is held about people like this one."""
    return tuple(part for part in _parts.values() if person.is_agent or not part.staff_only)
