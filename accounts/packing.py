"""The archive of what the portal holds about a person: data.json for programs, index.html for readers, their files.

Made row by row and written as it is made, so that it needs the same memory for ten tickets and for ten thousand.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from itertools import chain
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.holdings import Field, Part, Row, Worded, parts_about
from accounts.models import User
from accounts.scoping import current_tenant

BLOCK = 64 * 1024


class Cell(NamedTuple):
    """One thing said of a row, in words; `rows` when it is a list of rows of its own."""

    label: str
    text: str
    rows: list[list["Cell"]]


def pack_holdings(person: User, into: IO[bytes]) -> None:
    """Write the archive about `person`, in their language and time zone. Changes nothing.

    `into` must be able to seek. A file that is gone from the disk is named in missing.txt instead of being left out
    silently.
    """
    zone, made_at = timezone.override(person.reading_time_zone), timezone.now()
    with translation.override(person.reading_language), zone, ZipFile(into, "w", allowZip64=True) as archive:
        with archive.open(_entry("data.json"), "w", force_zip64=True) as data:
            for piece in _data(person, made_at):
                data.write(piece.encode())
        with archive.open(_entry("index.html"), "w", force_zip64=True) as page:
            for piece in _page(person, made_at):
                page.write(piece.encode())
        archive.writestr(_entry("style.css"), render_to_string("accounts/holdings/style.css"))
        missing = list(_add_files(person, archive))
        if missing:
            archive.writestr(_entry("missing.txt"), "".join(f"{name}\n" for name in missing))


def _entry(name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(name, timezone.localtime().timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return entry


def _data(person: User, made_at: datetime) -> Iterator[str]:
    yield "{\n"
    yield f'"portal": {_json(current_tenant().name)},\n"made_at": {_json(made_at)}'
    for part in parts_about(person):
        yield f",\n{_json(part.key)}: ["
        for number, row in enumerate(part.rows(person)):
            yield (",\n" if number else "\n") + _json(_values(row))
        yield "]"
    yield "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _values(value: Any) -> Any:
    if isinstance(value, Worded):
        return value.value
    if isinstance(value, dict):
        return {key: _values(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_values(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value


def _page(person: User, made_at: datetime) -> Iterator[str]:
    values = {"tenant": current_tenant(), "person": person, "language": translation.get_language()}
    values |= {"parts": parts_about(person), "made_at": timezone.localtime(made_at)}
    head, foot = _halves("page", "sections", values)
    yield head
    for part in parts_about(person):
        yield from _section(part, person)
    yield foot


def _section(part: Part, person: User) -> Iterator[str]:
    rows = iter(part.rows(person))
    first = next(rows, None)
    head, foot = _halves("section", "rows", {"part": part, "is_empty": first is None})
    yield head
    for row in chain([first] if first is not None else [], rows):
        yield render_to_string("accounts/holdings/row.html", {"cells": _cells(part.fields, row)})
    yield foot


def _halves(template: str, gap: str, values: dict[str, Any]) -> tuple[str, str]:
    """A template in two halves, around what is written in between without ever being whole in memory."""
    mark = secrets.token_hex(16)
    head, _mark, foot = render_to_string(f"accounts/holdings/{template}.html", values | {gap: mark}).partition(mark)
    return head, foot


def _cells(fields: tuple[Field, ...], row: Row) -> list[Cell]:
    """What a reader is told of a row; what is not known is left out."""
    cells = []
    for field in fields:
        value = row.get(field.key)
        if field.fields and value:
            cells.append(Cell(str(field.label), "", [_cells(field.fields, inner) for inner in value]))
        elif not field.fields and value not in (None, ""):
            cells.append(Cell(str(field.label), _in_words(value), []))
    return cells


def _in_words(value: Any) -> str:
    if isinstance(value, Worded):
        return value.words
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(getattr(value, "label", value))


def _add_files(person: User, archive: ZipFile) -> Iterator[str]:
    for part in parts_about(person):
        for file in part.files(person):
            try:
                content = file.open()
            except FileNotFoundError:
                yield file.name
                continue
            with content, archive.open(_entry(file.name, ZIP_STORED), "w", force_zip64=True) as target:
                shutil.copyfileobj(content, target, BLOCK)
