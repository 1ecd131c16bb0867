"""Where the lines and bars of a chart lie. Lengths are parts of the picture's size in percent, written as SVG has them
whatever the reader's language: so a picture is as wide as its place, and its words keep their size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Mark:
    """A piece of a bar, or a point of a line, with the list behind it, how many are on it, and what it says."""

    x: str
    y: str
    width: str
    url: str
    label: str
    number: int
    kind: str = ""


@dataclass(frozen=True)
class Stroke:
    """From one point of a line to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Grid:
    """A line across, at a round number."""

    y: str
    label: int


def percent(part: float, whole: float) -> str:
    """A part of a whole, as SVG writes it."""
    return f"{100 * part / whole if whole else 0:.3f}%"


def bar(pieces: Sequence[tuple[str, int, str, str]], whole: int) -> list[Mark]:
    """Pieces one after the other (kind, number, address, label), of a bar that is full at `whole`; none of no width."""
    marks, begin = [], 0
    for kind, number, url, label in pieces:
        if number:
            marks.append(Mark(percent(begin, whole), "0", percent(number, whole), url, label, number, kind))
        begin += number
    return marks


def top_of(values: Sequence[int]) -> int:
    """A round number that none of the values exceeds, at least four, in four even steps."""
    most, size = max([*values, 1]), 1
    while True:
        for step in (1, 2, 5):
            if 4 * step * size >= most:
                return 4 * step * size
        size *= 10


def grid(top: int) -> list[Grid]:
    """Five lines, from nothing to the top."""
    return [Grid(percent(4 - number, 4), top * number // 4) for number in range(5)]


def points(values: Sequence[int], top: int, urls: Sequence[str], labels: Sequence[str]) -> list[Mark]:
    """The points of a line from left to right."""
    last = max(len(values) - 1, 1)
    return [
        Mark(percent(number, last), percent(top - value, top), "", urls[number], labels[number], value)
        for number, value in enumerate(values)
    ]


def strokes(marks: Sequence[Mark]) -> list[Stroke]:
    """What joins the points."""
    return [Stroke(one.x, one.y, other.x, other.y) for one, other in pairwise(marks)]
