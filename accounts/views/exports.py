"""Lists as files. Each holds what its list shows this reader, by the same questions in the address."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.csv_cells import csv_lines
from accounts.enums import ApplicationState
from accounts.facts import InvitationState
from accounts.queries import exporting
from accounts.queries.applications import matching_applications
from accounts.queries.customers import PeopleAsked, matching_organisations
from accounts.queries.invitations import in_state, matching_invitations
from accounts.requests import PortalRequest
from accounts.rules import agents_only
from accounts.scoping import current_tenant, tenant_scope

PIECE = 64 * 1024  # characters that leave at a time


@agents_only
def people(request: PortalRequest) -> StreamingHttpResponse:
    language = get_language() or "en"
    found = PeopleAsked(request.GET).in_state()
    return csv_response(_("people"), exporting.people_header(language), exporting.people_rows(found, language))


@agents_only
def organisations(request: PortalRequest) -> StreamingHttpResponse:
    language = get_language() or "en"
    found = matching_organisations(request.GET.get("q", "").strip())
    rows = exporting.organisations_rows(found, language)
    return csv_response(_("organisations"), exporting.organisations_header(language), rows)


@agents_only
def applications(request: PortalRequest) -> StreamingHttpResponse:
    found = matching_applications(request.GET.get("q", "").strip())
    asked = request.GET.get("state", "")
    state = asked if asked in (*ApplicationState.values, "all") else ApplicationState.WAITING
    chosen = found if state == "all" else found.filter(state=state)
    return csv_response(_("applications"), exporting.applications_header(), exporting.applications_rows(chosen))


@agents_only
def invitations(request: PortalRequest) -> StreamingHttpResponse:
    found = matching_invitations(request.GET.get("q", "").strip())
    asked = request.GET.get("state", "")
    state = asked if asked in (*InvitationState, "all") else InvitationState.OPEN
    chosen = found if state == "all" else found.filter(in_state(InvitationState(state)))
    rows = exporting.invitations_rows(chosen, get_language() or "en")
    return csv_response(_("invitations"), exporting.invitations_header(), rows)


def csv_response(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A file of rows that is sent while it is read. Semicolons for Swedish readers, whose spreadsheets expect them."""
    separator = ";" if get_language() == "sv" else ","
    lines = csv_lines([str(title) for title in header], rows, separator=separator)
    response = StreamingHttpResponse(
        _as_now(_in_pieces(lines), _surroundings()), content_type="text/csv; charset=utf-8"
    )
    file_name = f"{current_tenant().slug}-{slugify(name)}-{timezone.localdate():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _in_pieces(lines: Iterable[str]) -> Iterator[bytes]:
    piece: list[str] = []
    length = 0
    for line in lines:
        piece.append(line)
        length += len(line)
        if length > PIECE:
            yield "".join(piece).encode("utf-8", "replace")
            piece, length = [], 0
    yield "".join(piece).encode("utf-8", "replace")


def _as_now(pieces: Iterator[bytes], enter: Callable[[], ExitStack]) -> Iterator[bytes]:
    """The pieces, each made in the surroundings of the request: a streamed answer is read after the middleware has left
    them."""
    while True:
        with enter():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _surroundings() -> Callable[[], ExitStack]:
    """Enters the scope, language and zone of now."""
    tenant, language, zone = current_tenant(), get_language() or "en", timezone.get_current_timezone()

    def enter() -> ExitStack:
        stack = ExitStack()
        stack.enter_context(tenant_scope(tenant))
        stack.enter_context(translation.override(language))
        stack.enter_context(timezone.override(zone))
        return stack

    return enter
