"""Cells that leave in a CSV file, so that no spreadsheet runs them, and the way back."""

import csv
import re
from collections.abc import Iterable, Iterator

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), full-width forms included. Apostrophes
# before it count, too: what begins with them gets one more, so that taking one away gives back exactly what was there.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NEUTRALISED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
# A spreadsheet set to another separator than the file's cuts a cell in two, quotation marks or not: what stands behind
# any separator is treated as a cell's beginning.
_INNER_FORMULA = re.compile(r"""(?<=[;,\t|])(?=["']*[=+\-@＝＋－＠])""")
_INNER_NEUTRALISED = re.compile(r"""(?<=[;,\t|])'(?=["']*[=+\-@＝＋－＠])""")
BOM = "\ufeff"


def neutralise(value: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would take it, or a part of it, for a formula."""
    inner = _INNER_FORMULA.sub("'", value)
    return f"'{inner}" if _FORMULA.match(value) else inner


def restore(cell: str) -> str:
    """What `neutralise` was given. Leaves every other cell alone, also one that begins like a formula."""
    value = cell[1:] if _NEUTRALISED.match(cell) else cell
    return _INNER_NEUTRALISED.sub("", value)


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
