"""Texts and questions as terms: words in small letters, without accents, without endings (Snowball's Swedish and
English). Texts are read in their own language, questions in both. Pure."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from accounts.folding import fold_text

LANGUAGES = ("sv", "en")
LONGEST = 40  # characters of a word; what is beyond is not read
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_OWNER = re.compile(r"['’]s?\Z")
_NO_LETTER = re.compile(r"[\W_]+")
_NAMES = {"sv": "swedish", "en": "english"}
_kept = threading.local()  # a stemmer holds the word it is at


class Word(NamedTuple):
    """A word where it stands in a text, as it is written there."""

    text: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """The words of a text that is in its composed form (NFC)."""
    for found in _WORD.finditer(text):
        yield Word(found[0], found.start(), found.end())


def composed(text: str) -> str:
    """The text without NUL, and with letters and their accents as one character each."""
    return unicodedata.normalize("NFC", text.replace("\x00", ""))


def small(word: str) -> str:
    """The word as it is kept: in small letters, not longer than the index reads."""
    return _NO_LETTER.sub("", word.casefold())[:LONGEST]


def folded(word: str) -> str:
    return _NO_LETTER.sub("", fold_text(word))[:LONGEST]


@lru_cache(maxsize=50_000)
def term_of(word: str, language: str) -> str:
    """The term that a word becomes in a language; empty if nothing is left of it."""
    plain = _OWNER.sub("", word.casefold())
    term = folded(_stemmer(language).stemWord(small(plain)))
    if language == "sv" and term.endswith("ning") and len(term) > 6:
        return term.removesuffix("ning")  # "inloggning" and "logga in" are about the same; Snowball leaves it
    return term


def terms_of(text: str, language: str) -> Iterator[str]:
    """The terms of a text in their order; what a hyphen holds together is read as one word as well ("e-post")."""
    end = -1
    before = ""
    for word in words_of(text):
        if before and word.start == end + 1 and text[end] == "-":
            yield term_of(before + word.text, language)
        before, end = word.text, word.end
        if term := term_of(word.text, language):
            yield term


def kept_terms(text: str, language: str, most: int = 3) -> str:
    """The terms of a text as the index keeps them: each no more than `most` times, for the rest tell nothing."""
    times: dict[str, int] = {}
    return " ".join(term for term in terms_of(text, language) if _once_more(times, term) <= most)


def vocabulary(texts: Iterable[str], language: str) -> dict[str, tuple[str, str]]:
    """The words of texts in small letters; to each how it is folded and the term it becomes."""
    known: dict[str, tuple[str, str]] = {}
    for text in texts:
        for word in words_of(text):
            plain = small(word.text)
            if plain not in known and len(plain) > 1 and (term := term_of(word.text, language)):
                known[plain] = (folded(plain), term)
    return known


def _once_more(times: dict[str, int], term: str) -> int:
    times[term] = times.get(term, 0) + 1
    return times[term]


def _stemmer(language: str) -> "snowballstemmer.stemmer":
    stemmers = _kept.__dict__
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(_NAMES[language])
    return stemmers[language]
