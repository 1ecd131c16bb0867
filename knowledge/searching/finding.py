"""Finds what a reader may read about some words."""

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from accounts.folding import fold_text
from accounts.models import User
from knowledge.models import IndexedText, ServiceMessage
from knowledge.queries.readable import articles_for, readable_by
from knowledge.searching.found import ALL, Found, Hit, Kind
from knowledge.searching.words import composed, term_of, words_of


def readable_texts(reader: User | None, kinds: frozenset[Kind]) -> QuerySet[IndexedText]:
    """The texts that are out and that this reader may read."""
    allowed = Q(pk__in=())
    if Kind.ARTICLE in kinds:
        allowed |= Q(article__in=articles_for(reader).select_related(None).values("pk"))
    if Kind.SERVICE_MESSAGE in kinds:
        messages = readable_by(ServiceMessage.objects.published(), reader)
        allowed |= Q(service_message__in=messages.order_by().values("pk"))
    return IndexedText.objects.filter(allowed)


def find(words: str, reader: User | None, *, kinds: frozenset[Kind] = ALL, limit: int = 20, offset: int = 0) -> Found:
    """What this reader (None: who is not signed in) may read about the words, the best first; the reader's language
    before the other one. `limit` and `offset` choose a page of it. Takes any text, also hostile."""
    rows = readable_texts(reader, kinds)
    asked = [word.text for word in words_of(composed(words[:400]))][:12]
    if not asked:
        return Found()
    for word in asked:
        said = Q()
        for term in {term_of(word, "sv"), term_of(word, "en")} - {""}:
            for part in ("title", "summary", "heading", "body"):
                said |= Q(**{f"{part}_terms__contains": term})
        rows = rows.filter(said)
    hits: dict[tuple[Kind, int], Hit] = {}
    mine = "sv" if (get_language() or "").startswith("sv") else "en"
    for row in sorted(rows, key=lambda row: (row.language != mine, row.pk)):
        hit = _hit(row, asked)
        hits.setdefault((hit.kind, hit.pk), hit)
    ranked = sorted(hits.values(), key=lambda hit: -hit.score)
    return Found(tuple(ranked[offset : offset + limit]), len(ranked))


def _hit(row: IndexedText, asked: list[str]) -> Hit:
    kind = Kind.ARTICLE if row.article_id else Kind.SERVICE_MESSAGE
    return Hit(
        kind=kind,
        pk=row.article_id or row.service_message_id or 0,
        url=f"/help/{row.article.slug}/" if row.article else f"/service-messages/{row.service_message_id}/",
        title=row.title,
        snippet=row.text[:160],
        title_marks=_marks(row.title, asked, row.language),
        snippet_marks=_marks(row.text[:160], asked, row.language),
        language=row.language,
        score=float(len(_marks(row.title, asked, row.language))),
    )


def _marks(text: str, asked: list[str], language: str) -> tuple[tuple[int, int], ...]:
    terms = {term_of(word, language) for word in asked} - {""}
    found = (word for word in words_of(text) if any(term in fold_text(word.text) for term in terms))
    return tuple((word.start, word.end) for word in found)
