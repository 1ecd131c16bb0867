"""How well a text answers a question: words that few texts have count more, titles count more than what stands below
them, and texts that have more of the question count more than those that repeat one word of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from knowledge.searching.questions import Asked

FIELDS = ("title_terms", "summary_terms", "heading_terms", "body_terms")
WEIGHTS = (2.2, 1.5, 0.4, 0.9)  # a heading is read with the rest as well, and counts as both
OTHER_LANGUAGE = 0.9
OVER = 0.6  # of what a service message that is over counts as
LEAST = 0.25  # of how much of the question the best one has: what has less is no answer


@dataclass(frozen=True)
class Candidate:
    """A text as it is scored: its terms as they stand in the title, the summary, the headings and the rest."""

    pk: int
    thing: tuple[str, int]
    language: str
    terms: tuple[str, str, str, str]
    is_over: bool = False


def ranked(
    candidates: Iterable[Candidate], asked: Sequence[Asked], rarity: Sequence[float], language: str
) -> list[tuple[float, Candidate]]:
    """The candidates by how well they answer, each thing once, in the language that answers better."""
    best: dict[tuple[str, int], tuple[float, float, Candidate]] = {}
    for one in candidates:
        score, share = _score(one, asked, rarity)
        score *= (1 if one.language == language else OTHER_LANGUAGE) * (OVER if one.is_over else 1)
        if score > best.get(one.thing, (0.0, 0.0, one))[0]:
            best[one.thing] = (score, share, one)
    order = sorted(best.values(), key=lambda found: (-found[0], found[2].pk))
    least = LEAST * max((share for _score, share, _one in order), default=0.0)
    return [(score, one) for score, share, one in order if share >= least]


def rarity_of(total: int, having: int) -> float:
    """How much a word says that so many of all texts have (as in BM25)."""
    return log(1 + (total - min(having, total) + 0.5) / (having + 0.5))


def _score(one: Candidate, asked: Sequence[Asked], rarity: Sequence[float]) -> tuple[float, float]:
    """How well a text answers, and how much of the question it has, from 0 to 1."""
    wanted = {term for word in asked for term in word.terms}
    title_terms = one.terms[0].split()
    terms = [[term for term in field.split() if term in wanted] for field in one.terms]
    reached = possible = score = 0.0
    for word, rare in zip(asked, rarity, strict=True):
        worth, strength = _worth(word, terms)
        score += rare * worth
        reached += rare * strength
        possible += rare
    if not score:
        return 0.0, 0.0
    title = len(set(terms[0])) / len(set(title_terms)) if title_terms else 0.0
    share = reached / possible
    return score * (0.35 + 0.65 * share) * (1 + 0.25 * title), share


def _worth(word: Asked, terms: Sequence[Sequence[str]]) -> tuple[float, float]:
    """What a word of the question finds in a text, and how well the best of what it finds stands for it."""
    worth = best = 0.0
    for field, weight in zip(terms, WEIGHTS, strict=True):
        strengths = [word.terms[term] for term in field if term in word.terms]
        if strengths:
            top = max(strengths)
            often = len(strengths) / (len(strengths) + 1) * 2 if weight == WEIGHTS[-1] else 1.0
            worth += weight * top * often
            best = max(best, top)
    return worth, best
