"""Bringing in people and organisations: the file, what was found in it, and the word that its rows be written."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts.actions.importing import NothingToImport, discard_import, order_import, upload_import
from accounts.csv_reading import ENCODING_NAMES, ROWS_LIMIT
from accounts.enums import ImportKind, ImportState
from accounts.forms.imports import OrderForm, UploadForm
from accounts.import_columns import COLUMNS, REQUIRED, Column, header_of
from accounts.models import Import
from accounts.paging import Order, paginate
from accounts.problems_in_words import column_in_words, file_trouble_in_words, remark_in_words
from accounts.queries.imports import imports_seen_by
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from accounts.views.exports import csv_response

NEWEST_FIRST = Order("created_at", descending=True)
REMARKS_A_PAGE = 100
SEPARATORS = {
    ";": gettext_lazy("semicolon"),
    ",": gettext_lazy("comma"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}
EXPLAINED = {
    (ImportKind.PEOPLE, Column.EMAIL): gettext_lazy("Who it is. Somebody known by this address is not entered twice."),
    (ImportKind.PEOPLE, Column.NAME): gettext_lazy("First and last name."),
    (ImportKind.PEOPLE, Column.PHONE): gettext_lazy("As it is dialled."),
    (ImportKind.PEOPLE, Column.LANGUAGE): gettext_lazy("sv or en: the language of mails to them."),
    (ImportKind.PEOPLE, Column.ORGANISATION): gettext_lazy("Its name, as it stands under Organisations."),
    (ImportKind.PEOPLE, Column.NAMED_CONTACT): gettext_lazy(
        "yes or no: whether they ask for the organisation. Takes one of its places."
    ),
    (ImportKind.PEOPLE, Column.CONTACT_PERSON): gettext_lazy(
        "yes or no: whether they keep the organisation's contacts and, where it says so, see its tickets."
    ),
    (ImportKind.ORGANISATIONS, Column.NAME): gettext_lazy("Which it is. A known name is not entered twice."),
    (ImportKind.ORGANISATIONS, Column.DOMAINS): gettext_lazy(
        "Its mail domains with spaces or commas between them, all of them; *. in front where sub-domains count as well."
    ),
    (ImportKind.ORGANISATIONS, Column.AGREEMENT): gettext_lazy("Its name, as it stands under Agreements."),
    (ImportKind.ORGANISATIONS, Column.CONTACT_LIMIT): gettext_lazy(
        "Its own number of named contacts, where that is not the agreement's."
    ),
    (ImportKind.ORGANISATIONS, Column.VISIBILITY): gettext_lazy(
        "own, contact person, chosen or everybody: who of its people sees its tickets besides their own."
    ),
    (ImportKind.ORGANISATIONS, Column.NOTES): gettext_lazy("What your staff should know; customers never see it."),
}
EXAMPLES: dict[ImportKind, dict[str, list[list[str]]]] = {
    ImportKind.PEOPLE: {
        "sv": [
            ["anna.holm@kommun.example", "Anna Holm", "070-123 45 67", "sv", "Åby kommun", "ja", "nej"],
            ["per.ek@kommun.example", "Per Ek", "", "sv", "Åby kommun", "nej", "nej"],
        ],
        "en": [
            ["anna.holm@kommun.example", "Anna Holm", "070-123 45 67", "sv", "Åby kommun", "yes", "no"],
            ["per.ek@kommun.example", "Per Ek", "", "en", "Åby kommun", "no", "no"],
        ],
    },
    ImportKind.ORGANISATIONS: {
        "sv": [
            ["Åby kommun", "aby.example *.skola.aby.example", "Standard", "4", "kontaktperson", "Ring växeln först"],
            ["Brf Tallen", "tallen.example", "", "", "egna", ""],
        ],
        "en": [
            ["Åby kommun", "aby.example *.skola.aby.example", "Standard", "4", "contact person", "Call the desk first"],
            ["Brf Tallen", "tallen.example", "", "", "own", ""],
        ],
    },
}


@administrators_only
def upload(request: PortalRequest, kind: ImportKind) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        found = upload_import(actor=request.user, kind=kind, file=form.cleaned_data["file"])
        return redirect("import_", found.pk)
    language = _language()
    columns = [
        {
            "header": header_of(column, language),
            "words": EXPLAINED[kind, column],
            "is_required": column == REQUIRED[kind],
        }
        for column in COLUMNS[kind]
    ]
    context = {
        "form": form,
        "kind": kind,
        "columns": columns,
        "rows_limit": ROWS_LIMIT,
        "latest": list(imports_seen_by(request.user).filter(kind=kind).order_by("-pk")[:3]),
        "back": reverse(kind),
        "example": reverse(f"{kind}_import_example"),
    }
    return render(request, "accounts/desk/import_upload.html", context, status=422 if form.errors else 200)


@administrators_only
def example(request: PortalRequest, kind: ImportKind) -> HttpResponseBase:
    language = _language()
    header = [header_of(column, language) for column in COLUMNS[kind]]
    return csv_response(_("example"), header, EXAMPLES[kind][language])


@administrators_only
def imports(request: PortalRequest) -> HttpResponse:
    page = paginate(imports_seen_by(request.user), NEWEST_FIRST, request.GET, shown=_with_people)
    return render(request, "accounts/desk/imports.html", {"page": page})


@administrators_only
@vary_on_headers("HX-Request")
def import_page(request: PortalRequest, pk: int) -> HttpResponse:
    """One import. While a worker is at it, the page asks again for how far it is; the answer then is that part."""
    found = _fetch(request, pk)
    if getattr(request, "htmx", False):
        if not found.is_at_work:
            return HttpResponseClientRefresh()
        return render(request, "components/import_progress.html", {"import_": found})
    return _page(request, found)


@post_only
@administrators_only
def order(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    form = OrderForm(request.POST, import_=found)
    if found.state == ImportState.CHECKED and not form.is_valid():
        return _page(request, found, form, status=422)
    form.full_clean()
    try:
        order_import(actor=request.user, import_=found, **form.cleaned_data)
    except NothingToImport:
        messages.info(request, _("There is nothing to import in this file."))
    return redirect("import_", pk)


@post_only
@administrators_only
def removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    if discard_import(actor=request.user, import_=found):
        messages.success(request, _("“%s” is discarded. Nothing was imported from it.") % found.name)
        return redirect(f"{found.kind}_import")
    messages.info(request, _("It is being imported, or over; nothing was changed."))
    return redirect("import_", pk)


@administrators_only
def problems(request: PortalRequest, pk: int) -> StreamingHttpResponse:
    """What is wrong with the file, as a file: to be worked through beside it."""
    found = _fetch(request, pk)
    header = [_("row"), _("column"), _("what to do")]
    return csv_response(_("problems"), header, _as_lines(found.problems))


def _fetch(request: PortalRequest, pk: int) -> Import:
    found: Import = get_object_or_404(imports_seen_by(request.user), pk=pk)
    return found


def _page(request: PortalRequest, found: Import, form: OrderForm | None = None, *, status: int = 200) -> HttpResponse:
    remarks = Paginator([*found.problems], REMARKS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "import_": found,
        "form": form or OrderForm(import_=found),
        "trouble": file_trouble_in_words(found.trouble, found.trouble_values) if found.trouble else "",
        "encoding": ENCODING_NAMES.get(found.encoding, ""),
        "is_guessed": found.encoding == "cp1252",
        "separator": SEPARATORS.get(found.separator, ""),
        "columns": [column_in_words(column) for column in found.columns],
        "remarks_pages": remarks,
        "problems": [_shown(remark) for remark in remarks],
        "warnings": [_shown(remark) for remark in found.warnings[:REMARKS_A_PAGE]],
        "button": _button(found),
        "back": reverse(f"{found.kind}_import"),
        "list": reverse(found.kind),
    }
    return render(request, "accounts/desk/import.html", context, status=status)


def _shown(remark: dict[str, Any]) -> dict[str, Any]:
    return {"row": remark["row"], "column": column_in_words(remark["column"]), "words": remark_in_words(remark)}


def _as_lines(remarks: list[dict[str, Any]]) -> Iterator[list[object]]:
    for remark in remarks:
        yield [remark["row"], column_in_words(remark["column"]), remark_in_words(remark)]


def _button(found: Import) -> str:
    return ngettext("Import %(number)d row", "Import %(number)d rows", found.rows_to_write) % {
        "number": found.rows_to_write
    }


def _with_people(rows: Any) -> Any:
    return rows.select_related("created_by", "ordered_by")


def _language() -> str:
    return "sv" if get_language() == "sv" else "en"
