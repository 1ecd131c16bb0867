"""What an imported or exported file's columns are called, and how their cells are read. In Swedish and in English."""

import re
from enum import StrEnum

from accounts.enums import ImportKind, Language, Visibility


class Column(StrEnum):
    EMAIL = "email"
    NAME = "name"
    PHONE = "phone"
    LANGUAGE = "language"
    ORGANISATION = "organisation"
    NAMED_CONTACT = "named_contact"
    CONTACT_PERSON = "contact_person"
    DOMAINS = "domains"
    AGREEMENT = "agreement"
    CONTACT_LIMIT = "contact_limit"
    VISIBILITY = "visibility"
    NOTES = "notes"


COLUMNS = {
    ImportKind.PEOPLE: (
        Column.EMAIL,
        Column.NAME,
        Column.PHONE,
        Column.LANGUAGE,
        Column.ORGANISATION,
        Column.NAMED_CONTACT,
        Column.CONTACT_PERSON,
    ),
    ImportKind.ORGANISATIONS: (
        Column.NAME,
        Column.DOMAINS,
        Column.AGREEMENT,
        Column.CONTACT_LIMIT,
        Column.VISIBILITY,
        Column.NOTES,
    ),
}
REQUIRED = {ImportKind.PEOPLE: Column.EMAIL, ImportKind.ORGANISATIONS: Column.NAME}
_SWEDISH = {
    Column.EMAIL: "e-post",
    Column.NAME: "namn",
    Column.PHONE: "telefon",
    Column.LANGUAGE: "språk",
    Column.ORGANISATION: "organisation",
    Column.NAMED_CONTACT: "namngiven kontakt",
    Column.CONTACT_PERSON: "kontaktperson",
    Column.DOMAINS: "domäner",
    Column.AGREEMENT: "avtal",
    Column.CONTACT_LIMIT: "antal kontakter",
    Column.VISIBILITY: "synlighet",
    Column.NOTES: "anteckningar",
}
_ALSO = {
    "mail mejl epost emailaddress mailaddress epostadress mejladress": Column.EMAIL,
    "fullname fulltnamn": Column.NAME,
    "telephone mobile telefonnummer mobil": Column.PHONE,
    "company företag customer kund": Column.ORGANISATION,
    "domain domän maildomains epostdomäner mejldomäner": Column.DOMAINS,
    "contract": Column.AGREEMENT,
    "contacts kontakter": Column.CONTACT_LIMIT,
    "note anteckning": Column.NOTES,
}
_LANGUAGES = {
    "sv": Language.SWEDISH,
    "svenska": Language.SWEDISH,
    "swedish": Language.SWEDISH,
    "en": Language.ENGLISH,
    "engelska": Language.ENGLISH,
    "english": Language.ENGLISH,
}
_YES = frozenset(("yes", "ja", "y", "j", "true", "sant", "1", "x"))
_NO = frozenset(("no", "nej", "n", "false", "falskt", "0"))
_VISIBILITY = {
    Visibility.OWN: ("own", "egna"),
    Visibility.CONTACT_PERSON: ("contact person", "kontaktperson"),
    Visibility.CHOSEN: ("chosen", "utvalda"),
    Visibility.EVERYBODY: ("everybody", "alla"),
}


def _plain(header: str) -> str:
    return re.sub(r"[\W_]", "", header.casefold())


_NAMES = (
    {_plain(column): column for column in Column}
    | {_plain(name): column for column, name in _SWEDISH.items()}
    | {word: column for words, column in _ALSO.items() for word in words.split()}
)
_VISIBILITY_NAMES = {_plain(name): key for key, names in _VISIBILITY.items() for name in (key, *names)}


def column_of(header: str, kind: ImportKind) -> Column | None:
    """The column a header names, however it is spelled; None when it is none of this kind of file."""
    column = _NAMES.get(_plain(header))
    return column if column in COLUMNS[kind] else None


def header_of(column: Column, language: str) -> str:
    """What the column is called in exported files and on the page that explains it."""
    return _SWEDISH[column] if language == Language.SWEDISH else column.replace("_", " ")


def language_in(cell: str) -> Language | None:
    return _LANGUAGES.get(cell.casefold())


def yes_or_no(cell: str) -> bool | None:
    word = cell.casefold()
    return True if word in _YES else False if word in _NO else None


def yes_or_no_as(value: bool, language: str) -> str:
    return {True: "ja", False: "nej"}[value] if language == Language.SWEDISH else {True: "yes", False: "no"}[value]


def visibility_in(cell: str) -> Visibility | None:
    return _VISIBILITY_NAMES.get(_plain(cell))


def visibility_as(value: str, language: str) -> str:
    return _VISIBILITY[Visibility(value)][language == Language.SWEDISH]
