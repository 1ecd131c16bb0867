"""What two versions of a text have in common, word by word. No database here."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from knowledge.drafts import Words

_WORD = re.compile(r"\S+\s*|\s+")
AROUND = 160  # characters of what is the same, kept before and after a change
LONGEST_LINE = 4_000  # characters compared word by word; beyond it the whole line is another one

Kind = Literal["same", "added", "removed", "left_out"]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """A stretch of text: in both, only in the later one, only in the earlier one; or in both, but not shown."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """What is different in one of an article's texts: `field` is its name in `Words`."""

    field: str
    parts: tuple[Part, ...]


def changes_between(before: Words, after: Words) -> list[Change]:
    """The texts that are not the same, in the order they are written in, each with its parts."""
    earlier, later = before.as_fields(), after.as_fields()
    return [Change(name, difference(earlier[name], later[name])) for name in earlier if earlier[name] != later[name]]


def difference(before: str, after: str) -> tuple[Part, ...]:
    """Line by line, and within the lines that changed word by word; long stretches of the same are left out."""
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        removed, added = "".join(one[a:b]), "".join(other[c:d])
        if kind == "equal":
            parts.append(Part("same", removed))
        elif removed and added and max(len(removed), len(added)) <= LONGEST_LINE:
            parts += _by_words(removed, added)
        else:
            parts += _replaced(removed, added)
    return tuple(_shortened(_joined(parts)))


def _by_words(before: str, after: str) -> list[Part]:
    one, other = _WORD.findall(before), _WORD.findall(after)
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        removed, added = "".join(one[a:b]), "".join(other[c:d])
        if kind == "equal":
            parts.append(Part("same", removed))
            continue
        word = _same_word(removed, added)
        parts += [Part("same", word)] if word else []
        parts += _replaced(removed[len(word) :], added[len(word) :])
    return parts


def _same_word(before: str, after: str) -> str:
    """The word that both begin with, if only the space after it is another: such as the last one of a text that goes
    on now."""
    first, other = _WORD.match(before), _WORD.match(after)
    words = {found[0].rstrip() for found in (first, other) if found}
    return words.pop() if first and other and len(words) == 1 else ""


def _replaced(removed: str, added: str) -> list[Part]:
    pairs: tuple[tuple[Kind, str], ...] = (("removed", removed), ("added", added))
    return [Part(kind, text) for kind, text in pairs if text]


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbours of one kind as one."""
    found: list[Part] = []
    for part in parts:
        before = found.pop().text if found and found[-1].kind == part.kind else ""
        found.append(Part(part.kind, before + part.text))
    return found


def _shortened(parts: list[Part]) -> list[Part]:
    found: list[Part] = []
    for number, part in enumerate(parts):
        if part.kind != "same" or len(part.text) <= 2 * AROUND + 20:
            found.append(part)
            continue
        head = part.text[:AROUND] if number else ""
        tail = part.text[-AROUND:] if number + 1 < len(parts) else ""
        found += [Part("same", head)] if head else []
        found.append(Part("left_out", part.text[len(head) : len(part.text) - len(tail)]))
        found += [Part("same", tail)] if tail else []
    return found
