"""A routing table as it comes from a spreadsheet, or is written by hand."""

from io import BytesIO
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.csv_reading import FileTrouble, Unreadable
from accounts.folding import clean_text, fold_text
from accounts.forms.fields import LineField
from accounts.forms.imports import MB
from accounts.problems_in_words import file_trouble_in_words
from routing.models import Department
from routing.table_reading import ROWS_LIMIT, VALUE_LENGTH, ReadTable, WrongRow, read_table

FILE_LIMIT = 2 * MB
TEXT_LIMIT = 2_000_000  # characters: as many rows as a table can have


class TableNameForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the table a name.")},
    )


class RowsForm(forms.Form):
    """The rows of a table: a file, or what is written. `cleaned_data["read"]` is what stands in them."""

    file = forms.FileField(
        label=gettext_lazy("The file, as CSV"),
        help_text=gettext_lazy("Its first row names the columns: value and department. At most 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        required=False,
        allow_empty_file=True,
    )
    rows = forms.CharField(
        label=gettext_lazy("Or write the rows here"),
        help_text=gettext_lazy(
            "The same: on each line a value, a semicolon and a department. A file counts before it."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=TEXT_LIMIT,
        required=False,
    )

    def clean_rows(self) -> str:
        return clean_text(self.cleaned_data["rows"])

    def clean(self) -> None:
        file = self.cleaned_data.get("file")
        name = "file" if file else "rows"
        if file is not None and (file.size or 0) > FILE_LIMIT:
            self.add_error("file", _("The file is larger than %d MB.") % (FILE_LIMIT // MB))
            return
        written = self.cleaned_data.get("rows", "")
        if not file and not written.strip():
            self.add_error("file", _("Choose a file, or write the rows."))
            return
        try:
            source: Any = file if file else BytesIO(written.encode())
            self.cleaned_data["read"] = read_table(source, departments_by_name())
        except Unreadable as trouble:
            self.add_error(name, _unreadable_in_words(trouble))

    @property
    def read(self) -> ReadTable | None:
        return self.cleaned_data.get("read") if hasattr(self, "cleaned_data") else None


class NewTableForm(TableNameForm, RowsForm):
    """A table that is not there yet."""


def departments_by_name() -> dict[str, int]:
    """The open departments, by their folded names."""
    rows = Department.objects.filter(is_active=True).values_list("name", "pk")
    return {fold_text(name): pk for name, pk in rows}


def wrong_row_in_words(wrong: WrongRow) -> str:
    """What is wrong with a row of a table, and what to do."""
    said = {
        "no_value": _("The value is empty."),
        "no_department": _("“%(said)s” has no department."),
        "too_long": _("“%(said)s…” is longer than %(limit)d characters."),
        "unknown": _("There is no open department called “%(said)s”."),
        "double": _("“%(said)s” stands further up already."),
    }[wrong.trouble]
    return said % {"said": wrong.said, "limit": VALUE_LENGTH}


def _unreadable_in_words(trouble: Unreadable) -> str:
    if trouble.trouble == FileTrouble.MISSING_COLUMN:
        return _("The first row has to name the columns: value and department.")
    if trouble.trouble == FileTrouble.DOUBLE_COLUMN:
        return _("There are two columns for the department. Take one away.")
    if trouble.trouble == FileTrouble.TOO_MANY_ROWS:
        return _("There are more than %d rows.") % ROWS_LIMIT
    return file_trouble_in_words(trouble.trouble, trouble.values)
