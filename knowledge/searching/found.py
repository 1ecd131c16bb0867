"""What a search answers with. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ARTICLE = "article"
    SERVICE_MESSAGE = "service_message"


ALL = frozenset(Kind)
Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hit:
    """One thing that was found, in the language it was found in. `title` and `snippet` are plain text; their marks say
    from which character to before which one something searched for stands."""

    kind: Kind
    pk: int
    url: str
    title: str
    snippet: str
    title_marks: Marks
    snippet_marks: Marks
    language: str
    score: float


@dataclass(frozen=True)
class Found:
    """`total`: how many there are in all, of which `hits` is one page. `corrected`: what the words were read as, if
    typing errors were mended; else empty."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    corrected: str = ""
