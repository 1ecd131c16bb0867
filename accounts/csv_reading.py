"""Reads a CSV file as people's programs write it, row by row. Knows no table and nothing of what the cells mean.

Spreadsheets disagree about encoding and separator, so both are found out. Nothing is guessed away: what cannot be read
for certain is refused with a reason, and the row where it stands.
"""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

ROWS_LIMIT = 100_000
RECORD_LIMIT = 100_000  # characters in one row; a quotation mark left open swallows the rest of the file
SEPARATORS = (";", ",", "\t", "|")
HEAD = 64 * 1024
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
ENCODING_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .ods; .xls
CONTROL = bytes([*range(1, 9), *range(14, 32), 127])
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*\Z')  # how some programs tell Excel
SURROGATES = re.compile("[\ud800-\udfff]")


class FileTrouble(StrEnum):
    """Why a file could not be read."""

    EMPTY = "empty"
    NO_ROWS = "no_rows"
    WORKBOOK = "workbook"
    NOT_TEXT = "not_text"
    UNMARKED = "unmarked"  # UTF-16 without its mark
    ENCODING = "encoding"
    MIXED = "mixed"
    OPEN_QUOTE = "open_quote"
    ROW_TOO_LONG = "row_too_long"
    TOO_MANY_ROWS = "too_many_rows"
    MISSING_COLUMN = "missing_column"
    DOUBLE_COLUMN = "double_column"
    INTERRUPTED = "interrupted"  # begun again and again, and never finished
    GONE = "gone"


class Unreadable(Exception):
    """The file as a whole cannot be taken. `values` go into the words."""

    def __init__(self, trouble: FileTrouble, **values: Any) -> None:
        super().__init__(trouble, values)
        self.trouble, self.values = trouble, values


@dataclass(frozen=True)
class Table:
    """How the file is to be read, and what stands in its header. `rows` counts those that are not blank."""

    encoding: str
    separator: str
    header: list[str]
    header_row: int
    rows: int


@dataclass(frozen=True)
class Record:
    """`number` is the row's as a spreadsheet counts: the first is 1, blank ones count, line ends in cells do not."""

    number: int
    cells: list[str]


def look_over(file: BinaryIO, is_known: Callable[[str], bool]) -> Table:
    """Go through the whole file once: how it is encoded and separated, whether all of it can be read, how many rows.

    Raises Unreadable. `is_known` says of a header whether it is one: the separator is the one that finds most of them.
    """
    encoding = _encoding_of(file)
    separator = _separator_of(file, encoding, is_known)
    found = _records(file, encoding, separator)
    header = next(found, None)
    if header is None:
        raise Unreadable(FileTrouble.EMPTY)
    rows = 0
    for _record in found:
        rows += 1
        if rows > ROWS_LIMIT:
            raise Unreadable(FileTrouble.TOO_MANY_ROWS, limit=ROWS_LIMIT)
    if not rows:
        raise Unreadable(FileTrouble.NO_ROWS)
    return Table(encoding, separator, [cell.strip() for cell in header.cells], header.number, rows)


def records(file: BinaryIO, table: Table) -> Iterator[Record]:
    """The rows below the header, one at a time. Blank ones are left out. Raises Unreadable."""
    found = _records(file, table.encoding, table.separator)
    next(found, None)
    return found


def _encoding_of(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip(b"\x00 \t\r\n"):
        raise Unreadable(FileTrouble.EMPTY)
    if head.startswith(WORKBOOKS):
        raise Unreadable(FileTrouble.WORKBOOK)
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            return encoding
    nulls = head.count(b"\x00")
    if nulls * 4 > len(head):
        raise Unreadable(FileTrouble.UNMARKED)
    if nulls > 20 or len(head) - len(head.translate(None, CONTROL)) > len(head) // 100 + 3:
        raise Unreadable(FileTrouble.NOT_TEXT)
    return _utf8_or_windows(file)


def _utf8_or_windows(file: BinaryIO) -> str:
    """Line by line, because a single broken letter in a file of good UTF-8 must not turn all others into nonsense."""
    file.seek(0)
    good, bad, number, first_bad = 0, 0, 0, 0
    while line := file.readline(RECORD_LIMIT * 4):
        number += 1
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
            first_bad = first_bad or number
    if not bad:
        return "utf-8"
    if good >= bad:
        raise Unreadable(FileTrouble.MIXED, row=first_bad)
    return "cp1252"


def _separator_of(file: BinaryIO, encoding: str, is_known: Callable[[str], bool]) -> str:
    with _text(file, encoding) as lines:
        first = next(lines, "")
        while first and not first.strip("\r\n \t;,|"):
            first = next(lines, "")
        told = SEPARATOR_LINE.match(first)
        if told:
            return told.group(1)

    def worth(separator: str) -> tuple[int, int]:
        cells = next(iter(csv.reader([first], delimiter=separator)), [])
        return sum(is_known(cell) for cell in cells), len(cells)

    return max(SEPARATORS, key=worth)


def _records(file: BinaryIO, encoding: str, separator: str) -> Iterator[Record]:
    with _text(file, encoding) as lines:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        for number in itertools.count(1):
            lines.begin(number)
            try:
                cells = next(reader, None)
            except csv.Error:
                raise Unreadable(FileTrouble.OPEN_QUOTE, row=number) from None
            if cells is None:
                return
            if number == 1 and SEPARATOR_LINE.fullmatch(
                f"{cells[0]}{separator}" if len(cells) == 2 else "".join(cells)
            ):
                continue
            if any(cell.strip() for cell in cells):
                yield Record(number, cells)


class _Lines(Iterator[str]):
    """The lines of a text, never more of them at a time than one row may have. Raises Unreadable."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.begin(1)

    def begin(self, row: int) -> None:
        self.row, self.lines, self.length = row, 0, 0

    def __next__(self) -> str:
        try:
            line = self.text.readline(RECORD_LIMIT + 1)
        except UnicodeError:
            raise Unreadable(FileTrouble.ENCODING) from None
        if not line:
            raise StopIteration
        if SURROGATES.search(line):
            raise Unreadable(FileTrouble.ENCODING)
        self.lines += 1
        self.length += len(line)
        if self.length > RECORD_LIMIT:
            trouble = FileTrouble.OPEN_QUOTE if self.lines > 1 else FileTrouble.ROW_TOO_LONG
            raise Unreadable(trouble, row=self.row, limit=RECORD_LIMIT)
        return line


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[_Lines]:
    """The file as text from its beginning; left open, because it is not ours."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
    try:
        yield _Lines(text)
    finally:
        with suppress(ValueError):  # the file is closed already
            text.detach()
