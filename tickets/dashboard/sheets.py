"""Each chart's figures as rows: the table below it on the page, and the file. A cell's address opens the very tickets
it counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.dashboard.asking import TILES, Board
from tickets.dashboard.comparing import Earlier
from tickets.dashboard.figures import Answers, Figures
from tickets.dashboard.narrowing import DIMENSIONS, Days, Part, names_in

SHOWN = 12  # parts in a picture and its table; a file has all of them
BANDS_IN_WORDS = {
    "under1": gettext_lazy("less than 1 day"),
    "1to3": gettext_lazy("1 to 3 days"),
    "3to7": gettext_lazy("3 to 7 days"),
    "over7": gettext_lazy("over 7 days"),
}


@dataclass(frozen=True)
class Cell:
    """`value` is for files, `text` for readers where that is not the same."""

    value: Any
    url: str = ""
    text: str = ""

    def __str__(self) -> str:
        return self.text or str(self.value)


@dataclass(frozen=True)
class Sheet:
    """`left_out` is how many rows are only in the file."""

    title: str
    header: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    left_out: int = 0


def tiles_sheet(board: Board, figures: Figures, earlier: Earlier | None, _most: int | None) -> Sheet:
    header = [_("Tickets that are"), _("Number"), *([_("A week ago")] if earlier else [])]
    rows = [
        [
            Cell(str(tile.label)),
            Cell(figures.tiles[tile.key], board.tile_address(tile)),
            *([Cell(earlier.tiles[tile.key])] if earlier else []),
        ]
        for tile in TILES
    ]
    return Sheet(_("Tiles"), header, rows)


def waiting_sheet(board: Board, figures: Figures, _earlier: Earlier | None, most: int | None) -> Sheet:
    names = names_in(board.by, [row.pk for row in figures.waiting[:most]])
    header = [str(DIMENSIONS[board.by]), *(str(words) for words in BANDS_IN_WORDS.values()), _("All")]
    rows = []
    for row in figures.waiting[:most]:
        part = Part(board.by, row.pk)
        cells = [
            Cell(number, board.list_address(part, view="waiting", waited=key)) for key, number in row.bands.items()
        ]
        name = Cell(names.get(row.pk, "–"), board.address(of=_with(board, part)))
        rows.append([name, *cells, Cell(row.total, board.list_address(part, view="waiting"))])
    return Sheet(_("How long has it waited for us?"), header, rows, len(figures.waiting) - len(rows))


def flow_sheet(board: Board, figures: Figures, _earlier: Earlier | None, _most: int | None) -> Sheet:
    header = [_("Days"), _("Came in"), _("Closed"), _("Open at the end")]
    rows = [
        [
            Cell(str(step.days), text=step.days.words),
            Cell(step.created, flow_address(board, "created", step.days)),
            Cell(step.closed, flow_address(board, "closed", step.days)),
            Cell(step.open, open_address(board, step.days)),
        ]
        for step in figures.steps
    ]
    return Sheet(_("Came in and closed"), header, rows)


def answers_sheet(board: Board, figures: Figures, _earlier: Earlier | None, most: int | None) -> Sheet:
    names = names_in(board.by, [pk for pk, _answers in figures.answers[:most]])
    header = [str(DIMENSIONS[board.by]), _("First answers"), _("Half within (minutes)")]
    header += [_("Nine of ten within (minutes)"), _("Within the promised time (percent)")]
    rows = []
    for pk, answers in figures.answers[:most]:
        part = Part(board.by, pk)
        name = Cell(names.get(pk, "–"), board.address(of=_with(board, part)))
        rows.append([name, *_answer_cells(board, answers, part)])
    if figures.all_answers and len(figures.answers) != 1:
        rows.append([Cell(_("All")), *_answer_cells(board, figures.all_answers, None)])
    return Sheet(_("First answers"), header, rows, max(0, len(figures.answers) - (most or len(figures.answers))))


def _answer_cells(board: Board, answers: Answers, part: Part | None) -> list[Cell]:
    share = "" if answers.share is None else answers.share
    return [
        Cell(answers.number, board.list_address(part, view="all", answered=str(board.period.days))),
        Cell(answers.median, text=working_words(answers.median)),
        Cell(answers.ninety, text=working_words(answers.ninety)),
        Cell(share, text="–" if answers.share is None else _("%d %%") % answers.share),
    ]


def flow_address(board: Board, what: str, days: Days) -> str:
    """The tickets that came in (`created`) or were closed in some days."""
    return board.list_address(view="all", **{what: str(days)})


def open_address(board: Board, days: Days) -> str:
    """The tickets that were open when some days ended."""
    return board.list_address(view="all", open_on=str(days.last))


def working_words(minutes: int) -> str:
    """Working time: in hours, because its days are not those of the calendar."""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [_("%d h") % hours if hours else "", _("%d min") % rest if rest or not hours else ""]))


def _with(board: Board, part: Part) -> str:
    return ",".join(str(one) for one in (*board.of, part) if one == part or one.dimension != part.dimension)


SHEETS: dict[str, Callable[[Board, Figures, Earlier | None, int | None], Sheet]] = {
    "tiles": tiles_sheet,
    "waiting": waiting_sheet,
    "flow": flow_sheet,
    "answers": answers_sheet,
}
