"""Reads a routing table from a CSV file: a value and a department in each row. Pure; changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal

from accounts.csv_cells import restore
from accounts.csv_reading import FileTrouble, Unreadable, look_over, records
from accounts.folding import clean_line, fold_text

ROWS_LIMIT = 5_000
VALUE_LENGTH = 120
DEPARTMENT_HEADERS = frozenset({"department", "avdelning", "team"})
VALUE_HEADERS = frozenset({"value", "varde"})

# no_value, no_department: the cell is empty; too_long: the value; unknown: no open department is called so; double: the
# value stands further up already.
RowTrouble = Literal["no_value", "no_department", "too_long", "unknown", "double"]


@dataclass(frozen=True)
class WrongRow:
    """A row that cannot be taken. `number` is the row's as a spreadsheet counts; `said` what stands there."""

    number: int
    trouble: RowTrouble
    said: str = ""


@dataclass(frozen=True)
class ReadTable:
    """What a file says: `rows` are (value, department id), to be saved only while `wrong` is empty."""

    rows: tuple[tuple[str, int], ...]
    wrong: tuple[WrongRow, ...]


def read_table(file: BinaryIO, departments: Mapping[str, int]) -> ReadTable:
    """Read a file with a header; the columns "value" (or any other one) and "department" may stand in any order.

    `departments` is folded name → id of those that may be named. Raises Unreadable for the file as a whole.
    """
    table = look_over(file, _is_known)
    if table.rows > ROWS_LIMIT:
        raise Unreadable(FileTrouble.TOO_MANY_ROWS, limit=ROWS_LIMIT)
    value_at, department_at = _columns(table.header)
    rows: list[tuple[str, int]] = []
    wrong: list[WrongRow] = []
    seen: set[str] = set()
    for record in records(file, table):
        cells = [clean_line(restore(cell)) for cell in record.cells]
        value, name = _cell(cells, value_at), _cell(cells, department_at)
        trouble, said = _trouble(value, name, departments, seen)
        if trouble is not None:
            wrong.append(WrongRow(record.number, trouble, said))
            continue
        seen.add(fold_text(value))
        rows.append((value, departments[fold_text(name)]))
    return ReadTable(tuple(rows), tuple(wrong))


def _trouble(value: str, name: str, departments: Mapping[str, int], seen: set[str]) -> tuple[RowTrouble | None, str]:
    if not fold_text(value):
        return "no_value", ""
    if len(value) > VALUE_LENGTH:
        return "too_long", value[:VALUE_LENGTH]
    if not name:
        return "no_department", value
    if fold_text(name) not in departments:
        return "unknown", name[:VALUE_LENGTH]
    if fold_text(value) in seen:
        return "double", value
    return None, ""


def _columns(header: list[str]) -> tuple[int, int]:
    keys = [fold_text(cell) for cell in header]
    department = [place for place, key in enumerate(keys) if key in DEPARTMENT_HEADERS]
    if len(department) > 1:
        raise Unreadable(FileTrouble.DOUBLE_COLUMN, column=header[department[1]])
    if not department:
        raise Unreadable(FileTrouble.MISSING_COLUMN, column="department")
    named = [place for place, key in enumerate(keys) if key in VALUE_HEADERS]
    others = named or [place for place, key in enumerate(keys) if place != department[0] and key]
    if not others:
        raise Unreadable(FileTrouble.MISSING_COLUMN, column="value")
    return others[0], department[0]


def _is_known(header: str) -> bool:
    return fold_text(header) in DEPARTMENT_HEADERS | VALUE_HEADERS


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
