"""The charts as their templates draw them: bars and lines with the lists behind them."""

from typing import Any

from django.utils.translation import gettext as _

from tickets.dashboard.asking import Board
from tickets.dashboard.drawing import bar, grid, percent, points, strokes, top_of
from tickets.dashboard.figures import Figures
from tickets.dashboard.narrowing import Part, names_in
from tickets.dashboard.sheets import BANDS_IN_WORDS, SHOWN, flow_address, open_address, working_words


def waiting_picture(board: Board, figures: Figures) -> list[dict[str, Any]]:
    """A bar for each part, of one piece a band, the oldest at its end."""
    shown = figures.waiting[:SHOWN]
    names = names_in(board.by, [row.pk for row in shown])
    longest = max((row.total for row in shown), default=0)
    bars = []
    for row in shown:
        part, name = Part(board.by, row.pk), names.get(row.pk, "–")
        pieces = []
        for key, number in row.bands.items():
            label = f"{name}, {BANDS_IN_WORDS[key]}: {number}"
            pieces.append((key, number, board.list_address(part, view="waiting", waited=key), label))
        url = board.list_address(part, view="waiting")
        bars.append({"pk": row.pk, "name": name, "url": url, "total": row.total, "marks": bar(pieces, longest)})
    return bars


def flow_picture(board: Board, figures: Figures) -> dict[str, Any]:
    """What came in and what was closed, as two lines."""
    steps = figures.steps
    top = top_of([number for step in steps for number in (step.created, step.closed)])
    lines = []
    for kind, numbers, words in (
        ("created", [step.created for step in steps], _("%(days)s: %(number)d came in")),
        ("closed", [step.closed for step in steps], _("%(days)s: %(number)d closed")),
    ):
        urls = [flow_address(board, kind, step.days) for step in steps]
        lines.append(_line(kind, numbers, top, urls, _labels(figures, numbers, words)))
    return {"grid": grid(top), "lines": lines, "days": _ends(figures)}


def open_picture(board: Board, figures: Figures) -> dict[str, Any]:
    """What was open when each day, or week, ended."""
    numbers = [step.open for step in figures.steps]
    top = top_of(numbers)
    urls = [open_address(board, step.days) for step in figures.steps]
    labels = _labels(figures, numbers, _("%(days)s: %(number)d open at the end"))
    return {"grid": grid(top), "lines": [_line("open", numbers, top, urls, labels)], "days": _ends(figures)}


def answers_picture(board: Board, figures: Figures) -> list[dict[str, Any]]:
    """For each part a bar up to the median, a thin line up to the ninth of ten, and a mark at the target."""
    shown = figures.answers[:SHOWN]
    names = names_in(board.by, [pk for pk, _answers in shown])
    longest = max((max(answers.ninety, answers.target or 0) for _pk, answers in shown), default=0) * 21 // 20 or 1
    return [
        {
            "pk": pk,
            "name": names.get(pk, "–"),
            "number": answers.number,
            "url": board.list_address(Part(board.by, pk), view="all", answered=str(board.period.days)),
            "median": percent(answers.median, longest),
            "ninety": percent(answers.ninety, longest),
            "target": None if answers.target is None else percent(answers.target, longest),
            "median_words": working_words(answers.median),
            "ninety_words": working_words(answers.ninety),
            "share": answers.share,
        }
        for pk, answers in shown
    ]


def _line(kind: str, numbers: list[int], top: int, urls: list[str], labels: list[str]) -> dict[str, Any]:
    marks = points(numbers, top, urls, labels)
    return {"kind": kind, "marks": marks, "strokes": strokes(marks)}


def _labels(figures: Figures, numbers: list[int], words: str) -> list[str]:
    return [
        words % {"days": step.days.words, "number": number} for step, number in zip(figures.steps, numbers, strict=True)
    ]


def _ends(figures: Figures) -> list[Any]:
    """The days written below: first, middle, last."""
    steps = figures.steps
    return [steps[0].days.first, steps[len(steps) // 2].days.first, steps[-1].days.last]
