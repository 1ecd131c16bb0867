"""What somebody asks: the words that say something, and to each what else may stand for it in the texts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.models import KnownWord
from knowledge.searching.engines import words_with
from knowledge.searching.stop_words import STOP_WORDS
from knowledge.searching.words import LANGUAGES, composed, folded, term_of, words_of

LONGEST = 400  # characters of a question that are read
MOST_WORDS = 14
MOST_OTHERS = 24  # other words for one
SHORTEST_PART = 3


@dataclass
class Asked:
    """One word of a question. `terms`: what may stand for it, and how well, from nearly 0 to 1."""

    text: str
    start: int
    end: int
    folded: str
    terms: dict[str, float] = field(default_factory=dict)

    def add(self, term: str, strength: float) -> None:
        if term and strength > self.terms.get(term, 0):
            self.terms[term] = strength


def read_question(words: str) -> tuple[str, list[Asked]]:
    """The question as it is read, and those of its words that say something, each once."""
    text = composed(words[:LONGEST])
    asked: dict[str, Asked] = {}
    for word in words_of(text):
        plain = folded(word.text)
        if plain and plain not in STOP_WORDS and (len(plain) > 1 or plain.isdigit()) and len(asked) < MOST_WORDS:
            asked.setdefault(plain, Asked(word.text, word.start, word.end, plain))
    for one in asked.values():
        for language in LANGUAGES:
            one.add(term_of(one.text, language), 1.0)
    return text, list(asked.values())


def widen(text: str, asked: list[Asked]) -> None:
    """Add to each word what it is part of, what it is put together from, and what it makes with its neighbours, of the
    words that the portal's texts have. Two queries."""
    parts = {one.folded: list(_ways_apart(one.folded)) for one in asked}
    pairs = _pairs(text)
    wanted = {term for ways in parts.values() for way in ways for part in way for term in _terms(part)}
    wanted |= {term for pair in pairs.values() for word in pair for term in _terms(word)}
    known = set(KnownWord.objects.filter(term__in=wanted).values_list("term", flat=True)) if wanted else set()
    for one in asked:
        for head, tail in parts[one.folded]:
            _add_parts(one, head, tail, known)
        for word in pairs.get(one.folded, ()):
            for term in _terms(word) & known:
                one.add(term, 1.0)
    _add_wholes(asked)


def _add_wholes(asked: list[Asked]) -> None:
    """What a word is the beginning, the end or a part of: "larm" of "brandlarm"."""
    # Of the words as they were asked: what was added to them may be known from what the reader may not read.
    needles = {one.folded: {term for term in _terms(one.text) if len(term) >= SHORTEST_PART} for one in asked}
    rows = words_with({needle for terms in needles.values() for needle in terms})
    for one in asked:
        others: dict[str, float] = defaultdict(float)
        for plain, term in rows:
            for needle in needles[one.folded]:
                if strength := _strength(needle, plain):
                    others[term] = max(others[term], strength)
        best = sorted(others.items(), key=lambda other: (-other[1], len(other[0]), other[0]))[:MOST_OTHERS]
        for term, strength in best:
            one.add(term, strength)


def _strength(needle: str, word: str) -> float:
    """How well a longer word stands for one it holds: best where it begins or ends with it, as compounds do."""
    if word.startswith(needle) or word.endswith(needle) or word[:-2].endswith(needle):
        return {3: 0.3, 4: 0.5}.get(len(needle), 0.65)
    return 0.3 if len(needle) >= 5 and needle in word else 0.0


def _ways_apart(word: str) -> Iterable[tuple[str, str]]:
    """Every way to take a word apart in two, of which one at least is long enough to be a word by itself."""
    for at in range(2, len(word) - 1):
        head, tail = word[:at], word[at:]
        if max(len(head), len(tail)) > SHORTEST_PART:
            yield head, tail
            if head.endswith("s") and len(head) > SHORTEST_PART:
                yield head[:-1], tail


def _add_parts(one: Asked, head: str, tail: str, known: set[str]) -> None:
    """The parts for the whole. How well they stand for it must not depend on whether the other part is known: that
    would tell of texts that the reader may not read."""
    for part, strengths in ((head, (0.35, 0.4)), (tail, (0.5, 0.55))):
        if len(part) > SHORTEST_PART and part not in STOP_WORDS:
            for term in _terms(part) & known:
                one.add(term, strengths[len(part) > SHORTEST_PART + 1])


def _pairs(text: str) -> dict[str, list[str]]:
    """To each word what it makes with the one behind it, and with the one before: "brand larm", "log in"."""
    made: dict[str, list[str]] = defaultdict(list)
    plain = [folded(word.text) for word in words_of(text)]
    for first, second in pairwise(plain):
        for whole in (first + second, f"{first}s{second}"):
            made[first].append(whole)
            made[second].append(whole)
    return made


def _terms(word: str) -> set[str]:
    return {term_of(word, language) for language in LANGUAGES} - {""}
