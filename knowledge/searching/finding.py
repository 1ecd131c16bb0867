"""Finds what a reader may read about some words.

Who may read a text is part of every question to the index, also of how many texts have a word, so that nothing that is
found, counted, cut out or mended says anything about a text that this reader may not read.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from knowledge.models import IndexedText, ServiceMessage
from knowledge.queries.readable import articles_for, readable_by
from knowledge.searching.correcting import as_written, mend
from knowledge.searching.engines import best_of, counts
from knowledge.searching.found import ALL, Found, Hit, Kind
from knowledge.searching.questions import Asked, read_question, widen
from knowledge.searching.scoring import FIELDS, Candidate, ranked, rarity_of
from knowledge.searching.snippets import marks, snippet

MOST = 200  # texts that are weighed for a question; what comes after them is not found
COMMON = 400  # a word that so many texts have chooses none, as long as another one does
ENOUGH = 600  # texts that are ranked for a question, about


def readable_texts(reader: User | None, kinds: frozenset[Kind] = ALL, *, past: bool = True) -> QuerySet[IndexedText]:
    """The texts that are out and that this reader may read; without `past`, none of service messages that are over."""
    allowed = Q(pk__in=())
    if Kind.ARTICLE in kinds:
        allowed |= Q(Exists(articles_for(reader).select_related(None).filter(pk=OuterRef("article"))))
    if Kind.SERVICE_MESSAGE in kinds:
        messages = readable_by(ServiceMessage.objects.published(), reader)
        messages = messages if past else messages.not_over(timezone.now())
        allowed |= Q(Exists(messages.filter(pk=OuterRef("service_message"))))
    return IndexedText.objects.filter(allowed)


def find(
    words: str,
    reader: User | None,
    *,
    kinds: frozenset[Kind] = ALL,
    past: bool = True,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """What this reader (None: who is not signed in) may read about the words, the best first; each thing once, in the
    language that answers better, the reader's if both do. `past`: also service messages that are over. `limit` and
    `offset` choose a page of it; `total` counts to `MOST` at most. Takes any text: nothing in it is read as a command.
    Writes nothing. (M1, S9; issue 7, 4.)"""
    text, asked = read_question(words)
    if not asked:
        return Found()
    rows = readable_texts(reader, kinds, past=past)
    widen(text, asked)
    total, having = counts(rows, [one.terms for one in asked], COMMON)
    missing = [one for one, times in zip(asked, having, strict=True) if not times]
    mended = mend(missing, rows) if missing and total else []
    if mended:
        total, having = counts(rows, [one.terms for one in asked], COMMON)
    told = [(one, times) for one, times in zip(asked, having, strict=True) if times]
    if not told:
        return Found()
    asked = [one for one, _times in told]
    found = ranked(_candidates(rows, told), asked, [rarity_of(total, times) for _one, times in told], _language())
    return Found(
        hits=tuple(_hits(rows, found[offset : offset + limit], asked)),
        total=len(found),
        corrected=_corrected(rows, text, mended, found) if mended else "",
    )


def _language() -> str:
    return "sv" if (get_language() or "").startswith("sv") else "en"


def _candidates(rows: QuerySet[IndexedText], told: list[tuple[Asked, int]]) -> Iterable[Candidate]:
    """The texts that the database thinks best, of those that the words choose."""
    now = timezone.now()
    for chosen, every in _ways(told):
        best = list(
            best_of(rows, chosen, every=every).values_list(
                "pk",
                "article_id",
                "service_message_id",
                "language",
                *FIELDS,
                "service_message__over_at",
                "service_message__ends_at",
            )[:MOST]
        )
        if best:
            break
    for pk, article, message, language, *terms, over, ends in best:
        thing = (Kind.ARTICLE, article) if article else (Kind.SERVICE_MESSAGE, message)
        is_over = over is not None or (ends is not None and ends <= now)
        yield Candidate(pk, thing, language, tuple(terms), is_over)


def _ways(told: list[tuple[Asked, int]]) -> Iterable[tuple[list[dict[str, float]], bool]]:
    """Which words choose the texts, and whether a text must have every one: the rarest, as many as choose a number of
    texts that is quickly ranked; where all are common, texts that have all of them, else of any."""
    rare: list[dict[str, float]] = []
    reached = 0
    for one, times in sorted(told, key=lambda word: word[1]):
        if times < COMMON and (not rare or reached + times <= ENOUGH):
            rare.append(one.terms)
            reached += times
    if rare:
        yield rare, False
        return
    every = [one.terms for one, _times in told]
    yield every, True
    yield every, False


def _hits(rows: QuerySet[IndexedText], found: list[tuple[float, Candidate]], asked: list[Asked]) -> Iterable[Hit]:
    texts = rows.select_related("article").in_bulk([one.pk for _score, one in found])
    terms = {term for one in asked for term in one.terms}
    for score, one in found:
        row = texts.get(one.pk)
        if row is None:  # indexed anew, or no longer for this reader, since a moment ago
            continue
        shown, shown_marks = snippet(row.text, terms, row.language)
        kind, pk = one.thing
        yield Hit(
            kind=Kind(kind),
            pk=pk,
            url=_address(row),
            title=row.title,
            snippet=shown,
            title_marks=marks(row.title, terms, row.language),
            snippet_marks=shown_marks,
            language=row.language,
            score=score,
        )


def _address(row: IndexedText) -> str:
    if row.article:
        return reverse("help_article", args=[row.article.slug])
    return reverse("service_message", args=[row.service_message_id])


def _corrected(
    rows: QuerySet[IndexedText], text: str, mended: list[Asked], found: list[tuple[float, Candidate]]
) -> str:
    """The question as it was read, with the words as they stand in the best of what was found."""
    texts = rows.in_bulk([one.pk for _score, one in found[:5]])
    best = [texts[one.pk] for _score, one in found[:5] if one.pk in texts]
    for one in sorted(mended, key=lambda one: -one.start):
        for row in best:
            if written := as_written(one, (row.title, row.text), row.language):
                text = text[: one.start] + written + text[one.end :]
                break
    return " ".join(text.split())
