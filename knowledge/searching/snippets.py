"""The part of a text that shows best why it was found, and where in it what was searched for stands. Pure."""

from collections.abc import Collection, Sequence

from knowledge.searching.found import Marks
from knowledge.searching.words import term_of, words_of

LENGTH = 180  # characters
READ = 20_000  # characters of a text that are looked at
MOST_MARKS = 20


def marks(text: str, terms: Collection[str], language: str) -> Marks:
    """Where one of the terms stands in the text."""
    found = ((word.start, word.end) for word in words_of(text) if term_of(word.text, language) in terms)
    return tuple(found)[:MOST_MARKS]


def snippet(text: str, terms: Collection[str], language: str) -> tuple[str, Marks]:
    """About `LENGTH` characters of the text in one line, where most different terms stand together; its beginning, if
    that has as many."""
    line = " ".join(text[:READ].split())
    found = [(word.start, term) for word in words_of(line) if (term := term_of(word.text, language)) in terms][:60]
    starts = [0, *(max(0, at - LENGTH // 4) for at, _term in found)]
    start = max(starts, key=lambda start: (_together(found, start), -start))
    shown = _cut(line, start)
    return shown, marks(shown, terms, language)


def _together(found: Sequence[tuple[int, str]], start: int) -> int:
    """How many different terms stand in the part that begins there."""
    return len({term for at, term in found if start <= at < start + LENGTH - 20})


def _cut(line: str, start: int) -> str:
    """The line from about `start` on, between words."""
    if start:
        start = line.find(" ", start) + 1
    end = start + LENGTH
    end = len(line) if end >= len(line) else max(line.rfind(" ", start, end), start + LENGTH // 2)
    return ("… " if start else "") + line[start:end].strip() + (" …" if end < len(line) else "")
