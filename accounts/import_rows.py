"""One row of an imported file by itself: what its cells say, and what is wrong with them. Knows no table."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from accounts.alphabets import foreign_letter, looks_like_another, shown_domain
from accounts.csv_cells import restore
from accounts.csv_reading import Record
from accounts.enums import ImportKind
from accounts.folding import clean_line, clean_text, fold_address, fold_domain, fold_text
from accounts.import_columns import Column, column_of, language_in, visibility_in, yes_or_no

LIMITS = {Column.EMAIL: 254, Column.NAME: 120, Column.PHONE: 40, Column.ORGANISATION: 120, Column.AGREEMENT: 80}
NOTES_LIMIT = 10_000
CONTACTS_LIMIT = 100_000
DOMAINS_LIMIT = 200
SHOWN = 80  # characters of a cell that are shown again
_is_address = EmailValidator()


class RowTrouble(StrEnum):
    """What stands in the way of one row. `accounts/problems_in_words.py` says each, and what to do."""

    CELLS = "cells"
    CHARACTER = "character"
    TOO_LONG = "too_long"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_WRONG = "address_wrong"
    ADDRESS_LETTER = "address_letter"
    TWICE = "twice"
    STAFF = "staff"
    CLOSED = "closed"
    LANGUAGE = "language"
    YES_OR_NO = "yes_or_no"
    UNKNOWN_ORGANISATION = "unknown_organisation"
    NO_ORGANISATION = "no_organisation"
    NO_PLACE = "no_place"
    NAME_MISSING = "name_missing"
    DOMAIN_WRONG = "domain_wrong"
    DOMAIN_PRIVATE = "domain_private"
    DOMAIN_TAKEN = "domain_taken"
    UNKNOWN_AGREEMENT = "unknown_agreement"
    NUMBER = "number"
    VISIBILITY = "visibility"


class RowWarning(StrEnum):
    """What somebody should look at; the row is imported all the same."""

    UNKNOWN_COLUMN = "unknown_column"
    MIXED_ALPHABETS = "mixed_alphabets"
    NOT_LET_IN = "not_let_in"
    RESEMBLES = "resembles"


@dataclass(frozen=True)
class Remark:
    """A problem or a warning. `row` as a spreadsheet counts; `column` is the one to be changed, or empty."""

    row: int
    column: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class PersonRow:
    """An empty text, or None, stands for "nothing said", which changes nothing."""

    number: int
    email: str = ""
    key: str = ""
    name: str = ""
    phone: str = ""
    language: str = ""
    organisation: str = ""
    is_named_contact: bool | None = None
    is_contact_person: bool | None = None
    search_key: str = ""


@dataclass
class OrganisationRow:
    """`domains`: each with whether its sub-domains count, or None for "nothing said"."""

    number: int
    name: str = ""
    key: str = ""
    domains: dict[str, bool] | None = None
    agreement: str = ""
    contact_limit: int | None = None
    visibility: str = ""
    notes: str = ""


@dataclass
class Read:
    """A row as it was read: usable when nothing stands in its way."""

    row: Any
    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


def name_key(name: str) -> str:
    """What two spellings of an organisation's name share. Accents count: Habo and Håbo are two municipalities."""
    return clean_line(unicodedata.normalize("NFC", name)).casefold()


def search_key(name: str) -> str:
    """By which organisations with the same `name_key` are found in the database; others have it, too."""
    return fold_text(name)[:400]


def places_of(header: Sequence[str], kind: ImportKind) -> dict[Column, int]:
    """Where each known column stands."""
    return {column: at for at, name in enumerate(header) if (column := column_of(name, kind)) is not None}


def read_row(record: Record, header: Sequence[str], places: dict[Column, int], kind: ImportKind) -> Read:
    """Read one row: its values cleaned as the forms of the desk clean theirs, and everything that is wrong with it."""
    number, width = record.number, len(header)
    extra = [cell for cell in record.cells[width:] if cell.strip()]
    if len(record.cells) < width or extra:
        found = Remark(number, "", RowTrouble.CELLS, {"found": len(record.cells), "expected": width})
        return Read(None, [found])
    cells = {column: restore(record.cells[at]) for column, at in places.items()}
    reader = _Person(number, cells) if kind == ImportKind.PEOPLE else _Organisation(number, cells)
    return reader.read()


class _Reader:
    def __init__(self, number: int, cells: dict[Column, str]) -> None:
        self.number, self.cells = number, cells
        self.problems: list[Remark] = []
        self.warnings: list[Remark] = []

    def wrong(self, column: Column, code: RowTrouble, **values: Any) -> None:
        self.problems.append(Remark(self.number, column, code, values))

    def line(self, column: Column) -> str:
        """The cell as one line of text; what does not fit is a problem."""
        text = clean_line(self._typed(column))
        if len(text) > LIMITS[column]:
            self.wrong(column, RowTrouble.TOO_LONG, limit=LIMITS[column], length=len(text))
        return text

    def text(self, column: Column, limit: int) -> str:
        text = clean_text(self._typed(column)).strip()
        if len(text) > limit:
            self.wrong(column, RowTrouble.TOO_LONG, limit=limit, length=len(text))
        return text

    def _typed(self, column: Column) -> str:
        cell = self.cells.get(column, "")
        if "\x00" in cell:
            self.wrong(column, RowTrouble.CHARACTER)
        return cell

    def yes_or_no(self, column: Column) -> bool | None:
        cell = clean_line(self._typed(column))
        answer = yes_or_no(cell) if cell else None
        if cell and answer is None:
            self.wrong(column, RowTrouble.YES_OR_NO, cell=cell[:SHOWN])
        return answer


class _Person(_Reader):
    def read(self) -> Read:
        row = PersonRow(
            self.number,
            name=self.line(Column.NAME),
            phone=self.line(Column.PHONE),
            language=self._language(),
            organisation=self.line(Column.ORGANISATION),
            is_named_contact=self.yes_or_no(Column.NAMED_CONTACT),
            is_contact_person=self.yes_or_no(Column.CONTACT_PERSON),
        )
        row.email, row.key = self._address()
        row.search_key = fold_text(f"{row.name} {row.email}")[:400]
        return Read(row, self.problems, self.warnings)

    def _address(self) -> tuple[str, str]:
        """Without the characters nobody sees (direction marks, zero-width spaces), which come along when pasting."""
        typed = "".join(char for char in self._typed(Column.EMAIL).strip() if unicodedata.category(char) != "Cf")
        if not typed:
            self.wrong(Column.EMAIL, RowTrouble.ADDRESS_MISSING)
            return "", ""
        letter = foreign_letter(typed.rpartition("@")[0])
        key = fold_address(typed)
        if letter:
            self.wrong(Column.EMAIL, RowTrouble.ADDRESS_LETTER, cell=typed[:SHOWN], letter=letter)
        elif not _valid(typed) or max(len(typed), len(key)) > LIMITS[Column.EMAIL]:
            self.wrong(Column.EMAIL, RowTrouble.ADDRESS_WRONG, cell=typed[:SHOWN])
        else:
            self._look_at(key)
        return typed, key

    def _look_at(self, key: str) -> None:
        domain = key.rpartition("@")[2]
        if "xn--" in domain and looks_like_another(domain):
            shown = {"domain": shown_domain(domain)[:SHOWN], "letter": foreign_letter(shown_domain(domain))}
            self.warnings.append(Remark(self.number, Column.EMAIL, RowWarning.MIXED_ALPHABETS, shown))

    def _language(self) -> str:
        cell = clean_line(self._typed(Column.LANGUAGE))
        language = language_in(cell) if cell else None
        if cell and language is None:
            self.wrong(Column.LANGUAGE, RowTrouble.LANGUAGE, cell=cell[:SHOWN])
        return str(language or "")


class _Organisation(_Reader):
    def read(self) -> Read:
        row = OrganisationRow(
            self.number,
            name=self.line(Column.NAME),
            domains=self._domains(),
            agreement=self.line(Column.AGREEMENT),
            contact_limit=self._limit(),
            visibility=self._visibility(),
            notes=self.text(Column.NOTES, NOTES_LIMIT),
        )
        row.key = name_key(row.name)
        if not row.name:
            self.wrong(Column.NAME, RowTrouble.NAME_MISSING)
        return Read(row, self.problems, self.warnings)

    def _domains(self) -> dict[str, bool] | None:
        """Domains between spaces or commas; "*." in front says that the sub-domains count as well."""
        typed = self._typed(Column.DOMAINS).replace(",", " ").replace(";", " ").split()
        if not typed:
            return None
        if len(typed) > DOMAINS_LIMIT:
            self.wrong(Column.DOMAINS, RowTrouble.TOO_LONG, limit=DOMAINS_LIMIT, length=len(typed))
            return None
        found: dict[str, bool] = {}
        for name in typed:
            domain = fold_domain(name.removeprefix("*."))
            if not domain:
                self.wrong(Column.DOMAINS, RowTrouble.DOMAIN_WRONG, cell=name[:SHOWN])
                continue
            found[domain] = found.get(domain, False) or name.startswith("*.")
            if "xn--" in domain and looks_like_another(domain):
                values = {"domain": shown_domain(domain)[:SHOWN], "letter": foreign_letter(shown_domain(domain))}
                self.warnings.append(Remark(self.number, Column.DOMAINS, RowWarning.MIXED_ALPHABETS, values))
        return found

    def _limit(self) -> int | None:
        cell = clean_line(self._typed(Column.CONTACT_LIMIT))
        if not cell:
            return None
        if cell.isascii() and cell.isdigit() and len(cell) < 10 and 1 <= int(cell) <= CONTACTS_LIMIT:
            return int(cell)
        self.wrong(Column.CONTACT_LIMIT, RowTrouble.NUMBER, cell=cell[:SHOWN], limit=CONTACTS_LIMIT)
        return None

    def _visibility(self) -> str:
        cell = clean_line(self._typed(Column.VISIBILITY))
        found = visibility_in(cell) if cell else None
        if cell and found is None:
            self.wrong(Column.VISIBILITY, RowTrouble.VISIBILITY, cell=cell[:SHOWN])
        return str(found or "")


def domains_as(domains: Iterable[tuple[str, bool]]) -> str:
    """The cell that `_domains` reads back."""
    return " ".join(f"*.{domain}" if with_subdomains else domain for domain, with_subdomains in sorted(domains))


def _valid(address: str) -> bool:
    try:
        _is_address(address)
    except ValidationError:
        return False
    return True
