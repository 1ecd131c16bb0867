"""Keeps what is searched in step with what is out. The doors of articles and service messages call it inside their
transactions."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from knowledge.markdown import plain, render
from knowledge.models import Article, ArticleVersion, IndexedText, KnownWord, ServiceMessage
from knowledge.searching.words import LANGUAGES, composed, kept_terms, vocabulary

CHUNK = 200  # articles or messages indexed in one transaction by `reindex`


def index_article(article: Article) -> None:
    """Make what is searched of an article what its published version says; nothing, if it is not out. To be called by
    whatever publishes it, takes it back, puts it away or brings it back. No event, no mail. (Issue 7, 4.)"""
    index_articles([article])


@transaction.atomic
def index_articles(articles: Sequence[Article]) -> None:
    """The same for many articles."""
    texts = [
        text
        for article in articles
        if article.published and not article.archived_at
        for language in LANGUAGES
        if (text := _article_text(article, article.published, language))
    ]
    _replace(IndexedText.objects.filter(article__in=articles), texts)


def index_service_message(message: ServiceMessage) -> None:
    """The same for a service message: its words and those of its updates, while it is published; also when it is over.
    To be called by whatever publishes, changes, updates or withdraws it."""
    index_service_messages([message])


@transaction.atomic
def index_service_messages(messages: Sequence[ServiceMessage]) -> None:
    """The same for many service messages."""
    texts = [
        text
        for message in messages
        if message.published_at
        for language in LANGUAGES
        if (text := _message_text(message, language))
    ]
    _replace(IndexedText.objects.filter(service_message__in=messages), texts)


def reindex() -> int:
    """Make everything that is searched in the active tenant anew, and forget the words that no text has any more; how
    many texts there are then. In transactions of `CHUNK` each; a search meanwhile finds the old or the new. For the
    operator's command: the doors keep the index by themselves."""
    before = set(KnownWord.objects.values_list("pk", flat=True))
    kinds: tuple[tuple[Any, str | None, Any], ...] = (
        (Article, "published", index_articles),
        (ServiceMessage, None, index_service_messages),
    )
    for model, with_it, index in kinds:
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(keys), CHUNK):
            with transaction.atomic():
                rows = model.objects.select_for_update(of=("self",)).filter(pk__in=keys[first : first + CHUNK])
                index(list(rows.select_related(with_it) if with_it else rows))
    _forget(before)
    return int(IndexedText.objects.count())


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


def _replace(rows: QuerySet[IndexedText], texts: list[IndexedText]) -> None:
    """Put what is said now in the place of what was kept, and note its words."""
    rows.delete()
    IndexedText.objects.bulk_create(texts, batch_size=100)
    for language in LANGUAGES:
        _learn([text for text in texts if text.language == language], language)


def _learn(texts: list[IndexedText], language: str) -> None:
    """Note the words of texts that are new. In their order, so that two who learn the same never wait in a ring."""
    words = vocabulary((part for text in texts for part in (text.title, text.text)), language)
    asked = sorted(words)
    known: set[str] = set()
    for first in range(0, len(asked), 500):
        some = KnownWord.objects.filter(language=language, word__in=asked[first : first + 500])
        known.update(some.values_list("word", flat=True))
    KnownWord.objects.bulk_create(
        [
            KnownWord(language=language, word=word, folded=words[word][0], term=words[word][1])
            for word in asked
            if word not in known
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def _forget(before: set[int]) -> None:
    """Forget those of the words that were known before and stand in no text now."""
    used: set[tuple[str, str]] = set()
    for text in IndexedText.objects.only("title", "text", "language").iterator():
        used.update((text.language, word) for word in vocabulary((text.title, text.text), text.language))
    for word in KnownWord.objects.iterator():
        if word.pk in before and (word.language, word.word) not in used:
            word.delete()
