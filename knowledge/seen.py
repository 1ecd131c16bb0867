"""Whether what somebody changes still says what they had read. Pure: values in, values out."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any


class Outdated(ValueError):
    """Somebody else has changed it since the actor read it. Nothing is written."""


def mark_of(words: Any, *more: object) -> str:
    """What changes whenever one of the words (a dataclass as a door takes it) does, or something `more` that counts."""
    values = [[field.name, _plain(getattr(words, field.name))] for field in fields(words)]
    return hashlib.sha256(json.dumps([values, *more]).encode()).hexdigest()[:40]


def refuse_unseen(seen: str | None, now: str, wanted: str) -> None:
    """Raises Outdated where the actor had read something else (`seen`; None does not ask) than what stands there now,
    unless that is what they want: the same form sent twice is no news."""
    if seen is not None and seen != now and wanted != now:
        raise Outdated


def _plain(value: Any) -> object:
    """A row by its id, several in one order, a moment in one zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Collection) and not isinstance(value, str):
        return sorted(str(_plain(one)) for one in value)
    return str(getattr(value, "pk", value))
