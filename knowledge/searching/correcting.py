"""Typing errors: what was meant by a word that no text has which this reader may read."""

from collections.abc import Iterable

from django.db.models import QuerySet
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.models import IndexedText, KnownWord
from knowledge.searching.engines import counts, words_like
from knowledge.searching.questions import Asked
from knowledge.searching.stop_words import STOP_WORDS
from knowledge.searching.words import LANGUAGES, folded, term_of, words_of

SHORTEST = 4  # letters; a shorter word is as near to too many
MOST_WORDS = 4  # of a question
MOST_LIKELY = 12
MOST_ERRORS = 2  # in a word


def mend(asked: list[Asked], rows: QuerySet[IndexedText]) -> list[Asked]:
    """Give words that nothing has the terms of the nearest ones that the rows have; the words that were mended. A few
    queries for each of them, and one."""
    likely = {
        one.folded: _nearest(one.folded)
        for one in [one for one in asked if len(one.folded) >= SHORTEST and not one.folded.isdigit()][:MOST_WORDS]
    }
    terms = sorted({term for found in likely.values() for _distance, term in found})
    if not terms:
        return []
    _total, having = counts(rows, [[term] for term in terms], most=50)
    there = dict(zip(terms, having, strict=True))
    mended = []
    for one in asked:
        found = [(distance, -there[term], term) for distance, term in likely.get(one.folded, ()) if there[term]]
        if found:
            nearest = min(found)[0]
            one.terms = {term: 1.0 if distance == nearest else 0.6 for distance, _times, term in found}
            mended.append(one)
    return mended


def as_written(one: Asked, texts: Iterable[str], language: str) -> str:
    """How the word that was meant stands in texts that the reader may read: nothing is shown that is not there."""
    spellings = {
        (DamerauLevenshtein.distance(one.folded, folded(word.text)), word.text.casefold())
        for text in texts
        for word in words_of(text)
        if term_of(word.text, language) in one.terms
    }
    return min(spellings)[1] if spellings else ""


def _nearest(plain: str) -> list[tuple[int, str]]:
    """How many errors away the nearest words are, and their terms, the nearest first. Never a word that says nothing,
    which no question is asked about."""
    stems = {term_of(plain, language) for language in LANGUAGES}
    found: dict[str, int] = {}
    for word, term in {*words_like(plain), *_one_slip_away(plain)}:
        if word in STOP_WORDS or len(word) < SHORTEST - 1:
            continue
        errors = [_errors(plain, word), *(_errors(stem, term) for stem in stems)]
        if some := [number for number in errors if number is not None]:
            found[term] = min(*some, found.get(term, MOST_ERRORS))
    return sorted((distance, term) for term, distance in found.items())[:MOST_LIKELY]


def _errors(written: str, meant: str) -> int | None:
    """How many errors lie between two words or two stems; None if more than one makes in what is so short."""
    allowed = 1 if len(written) <= 5 else MOST_ERRORS
    distance = DamerauLevenshtein.distance(written, meant, score_cutoff=allowed)
    return distance if distance <= allowed else None


def _one_slip_away(plain: str) -> list[tuple[str, str]]:
    """Known words with two letters the other way round, or one less: short ones share no three letters then."""
    turned = {plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :] for at in range(len(plain) - 1)}
    shorter = {plain[:at] + plain[at + 1 :] for at in range(len(plain))}
    return list(KnownWord.objects.filter(folded__in=turned | shorter).values_list("folded", "term").distinct())
