"""What stands in the way of an imported file or one of its rows, in the reader's language, and what to do about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.csv_reading import FileTrouble
from accounts.import_columns import Column, header_of
from accounts.import_rows import RowTrouble, RowWarning

_FILE = {
    FileTrouble.EMPTY: _("The file is empty. Choose the file again."),
    FileTrouble.NO_ROWS: _("The file has a header and no rows below it. Add the rows and upload it again."),
    FileTrouble.WORKBOOK: _(
        "This is a spreadsheet's own file. Open it, choose “Save as”, then “CSV UTF-8”, and upload that file."
    ),
    FileTrouble.NOT_TEXT: _("This is no text file. Save the list as “CSV UTF-8” and upload that file."),
    FileTrouble.UNMARKED: _(
        "The file seems to be UTF-16 without the mark that says so. Save it as “CSV UTF-8” and upload it again."
    ),
    FileTrouble.ENCODING: _(
        "Some characters of the file cannot be read. Save it as “CSV UTF-8” from the program it comes from."
    ),
    FileTrouble.MIXED: _(
        "The file mixes two encodings, first in line %(row)s, so some letters would come out wrong. Save it as “CSV "
        "UTF-8” and upload it again."
    ),
    FileTrouble.OPEN_QUOTE: _(
        "A quotation mark in row %(row)s is not closed as it should be, so nothing below it can be read. Close it, or "
        "take it away, and upload the file again."
    ),
    FileTrouble.ROW_TOO_LONG: _(
        "Row %(row)s has more than %(limit)s characters. Shorten it and upload the file again."
    ),
    FileTrouble.TOO_MANY_ROWS: _("The file has more than %(limit)s rows. Split it and upload the parts one by one."),
    FileTrouble.MISSING_COLUMN: _(
        "There is no column “%(column)s”. Write the columns' names in the first row, as in the example file."
    ),
    FileTrouble.DOUBLE_COLUMN: _("There are two columns “%(column)s”. Take one away and upload the file again."),
    FileTrouble.INTERRUPTED: _(
        "The work on this file was interrupted again and again, and has been given up. Nothing was imported. Split the "
        "file, or tell whoever runs the installation."
    ),
    FileTrouble.GONE: _("The file is no longer kept here. Upload it again."),
}
_ROW = {
    RowTrouble.CELLS: _(
        "The row has %(found)s cells, the header has %(expected)s. Perhaps a separator is missing, or a text with a "
        "separator in it lacks its quotation marks."
    ),
    RowTrouble.CHARACTER: _("The cell holds a character that cannot be stored (NUL). Write the text again."),
    RowTrouble.TOO_LONG: _("The text is too long: %(length)s, and at most %(limit)s fit. Shorten it."),
    RowTrouble.ADDRESS_MISSING: _("The mail address is missing. Add it, or take the row away."),
    RowTrouble.ADDRESS_WRONG: _("“%(cell)s” is no mail address. Write one such as name@example.com."),
    RowTrouble.ADDRESS_LETTER: _(
        "“%(cell)s” holds the letter “%(letter)s”, which is not a Latin one, although it may look so. Write the "
        "address anew."
    ),
    RowTrouble.TWICE: _("“%(cell)s” stands in row %(row)s already. Keep one of the two rows."),
    RowTrouble.STAFF: _("%(cell)s belongs to one of your staff. Take the row away."),
    RowTrouble.CLOSED: _(
        "The account of %(cell)s is closed. Open it again on the person's page, or take the row away."
    ),
    RowTrouble.LANGUAGE: _("“%(cell)s” is no language of the portal. Write sv or en, or leave the cell empty."),
    RowTrouble.YES_OR_NO: _("“%(cell)s” is neither yes nor no. Write yes or no, or leave the cell empty."),
    RowTrouble.UNKNOWN_ORGANISATION: _(
        "There is no organisation “%(cell)s”. Enter it first, or write the name as it stands under Organisations."
    ),
    RowTrouble.NO_ORGANISATION: _("A contact belongs to an organisation. Write which, or write no here."),
    RowTrouble.NO_PLACE: _(
        "%(organisation)s has all its %(limit)s named contacts. Write no here, raise the number in its agreement, or "
        "put a row further up that frees a place."
    ),
    RowTrouble.NAME_MISSING: _("The name is missing. Add it, or take the row away."),
    RowTrouble.DOMAIN_WRONG: _("“%(cell)s” is no mail domain. Write one such as example.com."),
    RowTrouble.DOMAIN_PRIVATE: _(
        "%(domain)s can be no organisation's, because anybody may have an address at %(private)s. Take it away."
    ),
    RowTrouble.DOMAIN_TAKEN: _("%(domain)s is %(organisation)s's domain. A domain belongs to one organisation only."),
    RowTrouble.UNKNOWN_AGREEMENT: _(
        "There is no agreement “%(cell)s” that is given to anybody new. Enter it first, or write its name as it stands "
        "under Agreements."
    ),
    RowTrouble.NUMBER: _("“%(cell)s” is no whole number from 1 to %(limit)s. Change it, or leave the cell empty."),
    RowTrouble.VISIBILITY: _(
        "“%(cell)s” says nothing known. Write own, contact person, chosen or everybody, or leave the cell empty."
    ),
    RowWarning.UNKNOWN_COLUMN: _("The column “%(header)s” is not known and is left out."),
    RowWarning.MIXED_ALPHABETS: _(
        "%(domain)s holds the letter “%(letter)s”, which only looks like a Latin one. Make sure that this is really "
        "whom you mean."
    ),
    RowWarning.NOT_LET_IN: _(
        "%(cell)s is known but not let in. Their details are changed; let them in under Applications or Invitations."
    ),
    RowWarning.RESEMBLES: _("“%(name)s” is entered anew, and there is “%(other)s” already. Make sure they are two."),
}
NEAREST = _(
    "There is no organisation “%(cell)s”. Perhaps you mean “%(nearest)s”; otherwise enter the organisation first."
)


def file_trouble_in_words(code: str, values: Mapping[str, Any]) -> str:
    """Why a file could not be taken, and what to do."""
    return _FILE[FileTrouble(code)] % _with_header(values)


def remark_in_words(remark: Mapping[str, Any]) -> str:
    """What is to be said about one row: a problem or a warning."""
    code, values = remark["code"], remark["values"]
    if code == RowTrouble.UNKNOWN_ORGANISATION and values.get("nearest"):
        return str(NEAREST % values)
    return str(_ROW[code] % values)


def column_in_words(column: str) -> str:
    """A column by the name it has in the reader's language."""
    return header_of(Column(column), get_language() or "en") if column else ""


def _with_header(values: Mapping[str, Any]) -> dict[str, Any]:
    column = values.get("column", "")
    return {**values, "column": column_in_words(column)}
