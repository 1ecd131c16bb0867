"""Cells that leave in a CSV file, so that no spreadsheet runs them, and the way back."""

import csv
import re
from collections.abc import Iterable, Iterator

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), full-width forms included. Apostrophes
# before it count, too: what begins with them gets one more, so that taking one away gives back exactly what was there.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NEUTRALISED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
BOM = "\ufeff"


def neutralise(value: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def restore(cell: str) -> str:
    """What `neutralise` was given. Leaves every other cell alone, also one that begins like a formula."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]], *, separator: str) -> Iterator[str]:
    """A CSV file piece by piece: with the mark that tells Excel UTF-8, no cell a formula, no character NUL."""
    line = _Line()
    writer = csv.writer(line, delimiter=separator, lineterminator="\r\n")
    writer.writerow(list(header))
    yield BOM + line.take()
    for row in rows:
        writer.writerow([neutralise(str(value).replace("\x00", "")) for value in row])
        yield line.take()


class _Line:
    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> None:
        self.written.append(text)

    def take(self) -> str:
        text = "".join(self.written)
        self.written.clear()
        return text
