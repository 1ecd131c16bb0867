"""What of a ticket's words is about somebody: names, addresses, phones, numbers, links. No database here.

It finds too much rather than too little: what is found is left out of an article unless its writer says, part by part,
that it may stand.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from accounts.folding import fold_text
from knowledge.markdown import GAP

Kind = Literal["", "name", "address", "number", "link"]
SHORTEST_NAME = 2
_FOUND: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("link", re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("address", re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")),
    # Three digits or more, also with what people put between them: phones, personal and account numbers, tickets'.
    ("number", re.compile(r"[+#]?(?:\(\d+\)|\w*\d)(?:[ \u00a0()./:+–—\-]{0,3}\w*\d\w*){2,}|\w*\d{3,}\w*")),
)
_WORD = re.compile(r"\w[\w'’\-]*")


@dataclass(frozen=True)
class Part:
    """A stretch of the text; `kind` is empty for what is nobody's."""

    kind: Kind
    text: str

    @property
    def key(self) -> str:
        """What one decision counts for: the same words wherever they stand."""
        return fold_text(self.text).strip(" .,:;!?")


def split(text: str, names: Iterable[str]) -> list[Part]:
    """The text in its parts, in order; together they are the text. `names`: of people and organisations, of whose every
    word is looked for, whatever its case, accents or genitive; and addresses, of whose every word too."""
    known = _words_of(names)
    kinds: list[Kind] = [""] * len(text)
    for word in _WORD.finditer(text):
        if _is_known(word[0], known):
            kinds[word.start() : word.end()] = ["name"] * (word.end() - word.start())
    for kind, pattern in _FOUND:
        for found in pattern.finditer(text):
            if not any(kinds[found.start() : found.end()]) or kind != "number":
                kinds[found.start() : found.end()] = [kind] * (found.end() - found.start())
    return _runs(text, kinds)


def without(parts: Iterable[Part], carried: Collection[str] = ()) -> str:
    """The text with what is somebody's left out, but for the parts whose `key` is among `carried`."""
    kept = (part.text if not part.kind or part.key in carried else GAP for part in parts)
    return "".join(kept)


def _runs(text: str, kinds: list[Kind]) -> list[Part]:
    parts: list[Part] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or kinds[place] != kinds[start]:
            parts.append(Part(kinds[start], text[start:place]))
            start = place
    return parts


def _words_of(names: Iterable[str]) -> frozenset[str]:
    words = (word for name in names for word in re.findall(r"[^\W_]+", fold_text(name)))
    return frozenset(word for word in words if len(word) >= SHORTEST_NAME)


def _is_known(word: str, known: frozenset[str]) -> bool:
    """Whether any part of a word ("Anna-Lisas", "annas.holm") is one of the names, in the genitive too."""
    plain = fold_text(unicodedata.normalize("NFC", word))
    pieces = {plain, *re.findall(r"[^\W_]+", plain)}
    return any(piece in known or piece.removesuffix("s") in known for piece in pieces)
