"""Keeps what is searched in step with what is out. The doors of articles and service messages call it inside their
transactions."""

from collections.abc import Iterable

from django.db import transaction

from knowledge.markdown import plain, render
from knowledge.models import Article, ArticleVersion, IndexedText, KnownWord, ServiceMessage
from knowledge.searching.words import LANGUAGES, composed, kept_terms, vocabulary


@transaction.atomic
def index_article(article: Article) -> None:
    """Make what is searched of an article what its published version says; nothing, if it is not out. To be called by
    whatever publishes it, takes it back, puts it away or brings it back. No event, no mail. (Issue 7, 4.)"""
    version = None if article.archived_at else article.published
    texts = [_article_text(article, version, language) for language in LANGUAGES] if version else []
    _replace(IndexedText.objects.filter(article=article), texts)


@transaction.atomic
def index_service_message(message: ServiceMessage) -> None:
    """The same for a service message: its words and those of its updates, while it is published; also when it is over.
    To be called by whatever publishes, changes, updates or withdraws it."""
    texts = [_message_text(message, language) for language in LANGUAGES] if message.published_at else []
    _replace(IndexedText.objects.filter(service_message=message), texts)


def _article_text(article: Article, version: ArticleVersion, language: str) -> IndexedText | None:
    title, summary, body = (composed(getattr(version, f"{part}_{language}")) for part in ("title", "summary", "body"))
    if not title and not body:
        return None
    headings = " ".join(heading.words for heading in render(body).headings)
    words = plain(body)
    return IndexedText(
        article=article,
        language=language,
        title=(title or composed(version.title))[:150],
        text="\n".join(part for part in (summary, words) if part),
        title_terms=kept_terms(title, language),
        summary_terms=kept_terms(summary, language),
        heading_terms=kept_terms(headings, language),
        body_terms=kept_terms(words, language),
    )


def _message_text(message: ServiceMessage, language: str) -> IndexedText | None:
    title, body = (composed(getattr(message, f"{part}_{language}")) for part in ("title", "body"))
    if not title and not body:
        return None
    updates = [composed(getattr(update, f"text_{language}")) for update in message.updates.all()]
    return IndexedText(
        service_message=message,
        language=language,
        title=(title or composed(message.title))[:150],
        text="\n".join(part for part in (body, *updates) if part),
        title_terms=kept_terms(title, language),
        body_terms=kept_terms(" ".join((body, *updates)), language),
    )


def _replace(rows: Iterable[IndexedText], texts: list[IndexedText | None]) -> None:
    """Write what is said now over what was kept, language by language."""
    kept = {row.language: row for row in rows}
    for text in (text for text in texts if text):
        before = kept.pop(text.language, None)
        text.pk = before.pk if before else None
        text.save()
        _learn(text)
    for row in kept.values():
        row.delete()


def _learn(text: IndexedText) -> None:
    """Note the words of a text that are new. In their order, so that two who learn the same never wait in a ring."""
    words = vocabulary((text.title, text.text), text.language)
    known = set(KnownWord.objects.filter(language=text.language, word__in=list(words)).values_list("word", flat=True))
    new = sorted((word, *words[word]) for word in words if word not in known)
    KnownWord.objects.bulk_create(
        [KnownWord(language=text.language, word=word, folded=plain, term=term) for word, plain, term in new],
        ignore_conflicts=True,
        batch_size=500,
    )
