"""Tables that say which department belongs to which value (T16). What is read is shown before it is saved."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.csv_cells import neutralise
from accounts.folding import fold_text
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from accounts.views.exports import csv_response
from routing.actions.tables import (
    TableInUse,
    TableNameTaken,
    TableRefused,
    add_table,
    remove_table,
    rename_table,
    replace_rows,
)
from routing.models import Department, RoutingTable, RoutingTableRow
from routing.table_reading import ReadTable
from tickets.forms.routing_tables import NewTableForm, RowsForm, TableNameForm, wrong_row_in_words

BY_VALUE = Order("value_key", by_text=True)
WRITTEN_UP_TO = 300  # rows that are offered for writing; longer tables are files
SHOWN = 100
REFUSED = gettext_lazy("The table could not be kept: a department was closed meanwhile, or these are too many tables.")


@administrators_only
def routing_tables(request: PortalRequest) -> HttpResponse:
    tables = RoutingTable.objects.annotate(number=Count("rows", distinct=True)).prefetch_related("rules")
    return render(request, "tickets/settings/routing_tables.html", {"tables": list(tables)})


@administrators_only
def routing_table_new(request: PortalRequest) -> HttpResponse:
    form = NewTableForm(request.POST or None, request.FILES or None, initial={"rows": "value;department\n"})
    read = form.read if request.method == "POST" and form.is_valid() else None
    if read is not None and "save" in request.POST and not read.wrong:
        try:
            made = add_table(actor=request.user, name=form.cleaned_data["name"], rows=read.rows)
        except TableNameTaken:
            form.add_error("name", _("There is a table with this name already."))
        except TableRefused:
            form.add_error(None, str(REFUSED))
        else:
            messages.success(request, _("“%s” is saved. Rules can look into it now.") % made.name)
            return redirect("routing_table", made.pk)
    return _rows_page(request, None, form, read if form.is_valid() else None)


@administrators_only
def routing_table(request: PortalRequest, pk: int) -> HttpResponse:
    return _table_page(request, _fetch(pk))


@administrators_only
def routing_table_rows(request: PortalRequest, pk: int) -> HttpResponse:
    """Replace the rows: write or upload, look at what would change, save."""
    found = _fetch(pk)
    form = RowsForm(request.POST or None, request.FILES or None, initial={"rows": _written(found)})
    read = form.read if request.method == "POST" and form.is_valid() else None
    if read is not None and "save" in request.POST and not read.wrong:
        try:
            replace_rows(actor=request.user, table=found, rows=read.rows)
        except TableRefused:
            form.add_error(None, str(REFUSED))
        else:
            messages.success(request, _("“%s” is saved and holds for tickets from now on.") % found.name)
            return redirect("routing_table", pk)
    return _rows_page(request, found, form, read if form.is_valid() else None)


@post_only
@administrators_only
def routing_table_name(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    form = TableNameForm(request.POST)
    if form.is_valid():
        try:
            rename_table(actor=request.user, table=found, name=form.cleaned_data["name"])
        except TableNameTaken:
            form.add_error("name", _("There is a table with this name already."))
        else:
            messages.success(request, _("Saved."))
            return redirect("routing_table", pk)
    return _table_page(request, found, form, status=422)


@post_only
@administrators_only
def routing_table_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    try:
        remove_table(actor=request.user, table=found)
    except TableInUse as trouble:
        told = _("“%(table)s” is still used by %(rules)s. Change these rules first.")
        messages.error(request, told % {"table": found.name, "rules": ", ".join(trouble.rules)})
        return redirect("routing_table", pk)
    messages.success(request, _("“%s” is removed.") % found.name)
    return redirect("routing_tables")


@administrators_only
def routing_table_export(request: PortalRequest, pk: int) -> StreamingHttpResponse:
    """The table as a file that can be changed and uploaded again."""
    found = _fetch(pk)
    return csv_response(found.name, _header(), _as_cells(found))


def _table_page(
    request: PortalRequest, found: RoutingTable, form: TableNameForm | None = None, status: int = 200
) -> HttpResponse:
    rows = RoutingTableRow.objects.filter(table=found)
    context = {
        "table": found,
        "page": paginate(rows, BY_VALUE, request.GET, shown=lambda some: some.select_related("department")),
        "rules": list(found.rules.all()),
        "form": form or TableNameForm(initial={"name": found.name}),
    }
    return render(request, "tickets/settings/routing_table.html", context, status=status)


def _rows_page(
    request: PortalRequest, found: RoutingTable | None, form: RowsForm, read: ReadTable | None
) -> HttpResponse:
    context: dict[str, Any] = {"table": found, "form": form}
    if read is not None:
        wrong = [{"number": row.number, "words": wrong_row_in_words(row)} for row in read.wrong[:SHOWN]]
        context |= {"read": read, "wrong": wrong, "rows_text": _text(read), **_changes(found, read)}
    status = 422 if form.errors or (read is not None and read.wrong) else 200
    return render(request, "tickets/settings/routing_table_rows.html", context, status=status)


def _changes(found: RoutingTable | None, read: ReadTable) -> dict[str, Any]:
    """What would become of the table's rows: how many of each, and the first of those that change."""
    departments = dict(Department.objects.values_list("pk", "name"))
    before = {
        key: (value, department)
        for key, value, department in RoutingTableRow.objects.filter(table=found).values_list(
            "value_key", "value", "department_id"
        )
    }
    after = {fold_text(value)[:400]: (value, department) for value, department in read.rows}
    new = [key for key in after if key not in before]
    other = [key for key in after if key in before and before[key][1] != after[key][1]]
    gone = [key for key in before if key not in after]
    named = [
        *({"value": after[key][0], "before": "", "after": departments.get(after[key][1])} for key in new),
        *(
            {
                "value": after[key][0],
                "before": departments.get(before[key][1]),
                "after": departments.get(after[key][1]),
            }
            for key in other
        ),
        *({"value": before[key][0], "before": departments.get(before[key][1]), "after": ""} for key in gone),
    ]
    return {
        "new": len(new),
        "other": len(other),
        "gone": len(gone),
        "same": len(after) - len(new) - len(other),
        "named": named[:SHOWN],
    }


def _text(read: ReadTable) -> str:
    """What was read, to be posted again with the word that it be saved."""
    departments = dict(Department.objects.values_list("pk", "name"))
    return _lines((value, departments[department]) for value, department in read.rows)


def _written(found: RoutingTable) -> str:
    """The rows as they are written by hand; nothing where they are too many for that."""
    if RoutingTableRow.objects.filter(table=found).count() > WRITTEN_UP_TO:
        return ""
    return _lines(_as_cells(found))


def _lines(rows: Iterable[tuple[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(_header())
    writer.writerows([neutralise(value), neutralise(department)] for value, department in rows)
    return out.getvalue()


def _as_cells(found: RoutingTable) -> Iterable[tuple[str, str]]:
    rows = RoutingTableRow.objects.filter(table=found).order_by("value_key")
    return rows.values_list("value", "department__name").iterator(chunk_size=500)


def _fetch(pk: int) -> RoutingTable:
    found: RoutingTable = get_object_or_404(RoutingTable.objects.all(), pk=pk)
    return found


def _header() -> tuple[str, str]:
    """The columns' names, as `routing.table_reading` knows them in both languages."""
    return pgettext("column", "value"), pgettext("column", "department")
