"""The dashboard of those who answer for departments: figures, and the lists behind them."""

from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.requests import PortalRequest
from accounts.rules import agents_only
from accounts.views.exports import csv_response
from routing.queries import sight_of
from tickets.dashboard.asking import TILES, Board
from tickets.dashboard.comparing import Earlier, a_week_ago
from tickets.dashboard.figures import Figures, figures_of
from tickets.dashboard.narrowing import DIMENSIONS
from tickets.dashboard.periods import LENGTHS
from tickets.dashboard.pictures import answers_picture, flow_picture, open_picture, waiting_picture
from tickets.dashboard.reasons import reasons
from tickets.dashboard.sheets import BANDS_IN_WORDS, SHEETS, SHOWN, working_words
from tickets.models import Ticket
from tickets.queries import WITH_NAMES, add_columns, add_last_messages, desk_tickets, with_unread
from tickets.queue import add_ages
from tickets.queue_views import VIEWS

OLDEST = 8


@agents_only
def dashboard(request: PortalRequest) -> HttpResponse:
    """The whole page; what is refreshed alone, where the page itself asks; with `wall`, for a screen on a wall."""
    board = _board(request)
    figures, earlier = figures_of(board), a_week_ago(board)
    context = {
        "board": board,
        "figures": figures,
        "earlier": earlier,
        "tiles": _tiles(board, figures, earlier),
        "bands": BANDS_IN_WORDS,
        "sheets": {key: make(board, figures, earlier, SHOWN) for key, make in SHEETS.items()},
        "exports": {key: board.export_address(key) for key in SHEETS},
        "waiting": waiting_picture(board, figures),
        "flow": flow_picture(board, figures),
        "open": open_picture(board, figures),
        "answers": answers_picture(board, figures),
        "summary": _summary(figures),
        **_choices(board),
        "oldest": [] if board.is_wall else _oldest(request, board),
        "oldest_url": board.list_address(view="waiting"),
    }
    if getattr(request, "htmx", False):
        return render(request, "tickets/dashboard/_board.html", context)
    template = "tickets/dashboard/wall.html" if board.is_wall else "tickets/dashboard/page.html"
    return render(request, template, context)


@agents_only
def dashboard_export(request: PortalRequest) -> StreamingHttpResponse:
    """One chart's figures as a file, with all its rows."""
    board = _board(request)
    make = SHEETS.get(request.GET.get("chart", "tiles"))
    if make is None:
        raise Http404
    sheet = make(board, figures_of(board), a_week_ago(board), None)
    return csv_response(sheet.title, sheet.header, ([cell.value for cell in row] for row in sheet.rows))


def _board(request: PortalRequest) -> Board:
    if not sight_of(request.user).leads:
        raise Http404
    return Board(request.user, request.GET, timezone.now())


def _oldest(request: PortalRequest, board: Board) -> list[Ticket]:
    """The tickets that have waited for us longest, as the queue shows them, with the reasons."""
    which = VIEWS["waiting"].which(request.user, board.now)
    found = board.tickets().filter(which).order_by("waiting_since", "pk").values_list("pk", flat=True)[:OLDEST]
    rows = desk_tickets(request.user).filter(pk__in=list(found)).select_related(*WITH_NAMES)
    tickets = list(with_unread(rows, request.user, staff=True).order_by("waiting_since", "pk"))
    add_last_messages(tickets)
    add_columns(tickets)
    add_ages(tickets)
    for ticket in tickets:
        ticket.reasons = reasons(ticket, board.now)
    return tickets


def _tiles(board: Board, figures: Figures, earlier: Earlier | None) -> list[dict[str, Any]]:
    tiles = []
    for tile in TILES:
        number = figures.tiles[tile.key]
        change = number - earlier.tiles[tile.key] if earlier else None
        row = {"tile": tile, "number": number, "url": board.tile_address(tile), "change": change}
        tiles.append(row | ({"fewer": -change} if change else {}))
    return tiles


def _choices(board: Board) -> dict[str, Any]:
    """What can be asked besides, each with its address."""
    rest = [",".join(str(other) for other in board.of if other != part) for part in board.of]
    return {
        "parts": [
            {"name": part.name(board.agent), "of": DIMENSIONS[part.dimension], "url": board.address(of=others)}
            for part, others in zip(board.of, rest, strict=True)
        ],
        "periods": [
            {"label": words, "url": board.address(period=key), "current": key == board.period.key}
            for key, (_length, _step, words) in LENGTHS.items()
        ],
        "dimensions": [
            {"label": words, "url": board.address(by=key), "current": key == board.by}
            for key, words in DIMENSIONS.items()
        ],
        "wall_url": board.address(wall="" if board.is_wall else "1"),
        "own_url": board.address(),
    }


def _summary(figures: Figures) -> dict[str, Any]:
    """How long first answers took, and in the days before, in words."""
    now, before = figures.all_answers, figures.answers_before
    return {
        "median": working_words(now.median) if now else "",
        "ninety": working_words(now.ninety) if now else "",
        "target": working_words(now.target) if now and now.target is not None else "",
        "share": now.share if now else None,
        "median_before": working_words(before.median) if before else "",
        "ninety_before": working_words(before.ninety) if before else "",
    }
