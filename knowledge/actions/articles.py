"""Articles: their words from draft to published version, and where they stand (S9, S10)."""

from typing import Literal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from accounts.rules import require_staff
from knowledge.actions.indexing import index_article
from knowledge.actions.placing import put_at_place
from knowledge.drafts import Place, Words
from knowledge.markdown import GAP, files_named
from knowledge.models import Article, ArticleVersion
from knowledge.queries.articles import newest_version
from knowledge.queries.reviews import next_review
from knowledge.rules import require_publisher

LONGEST = {"title": 150, "summary": 300, "body": 100_000, "note": 200}
Refusal = Literal["title", "title_sv", "title_en", "body_sv", "body_en", "long", "gap", "file"]


class WordsRefused(ValueError):
    """The words cannot be kept (or published) like this. `why`: "title" (there is none), "title_sv" or "title_en" (a
    language has words but no title), "body_sv" or "body_en" (it has a title but no text, so it cannot be published),
    "long", "gap" (something was left out there, so it cannot be published), "file" (nor with a file named that the
    article does not have). `field`: where, for the last two."""

    def __init__(self, why: Refusal, field: str = "") -> None:
        super().__init__(why)
        self.why, self.field = why, field


class ChangedMeanwhile(ValueError):
    """Somebody else has changed the article since it was read; `version` is what it says now. Nothing is written."""

    def __init__(self, version: ArticleVersion) -> None:
        super().__init__(version.pk)
        self.version = version


def add_article(*, actor: User | None, place: Place, words: Words, note: str = "") -> Article:
    """Write a new article, at the end of its section. It is a draft: only staff read it until it is published.

    Raises WordsRefused, PlaceRefused, SlugTaken, PermissionError unless the actor works here.
    """
    require_staff(actor)
    words = _judged(words, note)
    with transaction.atomic():
        last = Article.objects.filter(section=place.section).aggregate(last=Max("position"))["last"]
        article = Article(section=place.section, position=0 if last is None else last + 1)
        put_at_place(article, place, title=words.title_sv or words.title_en)
        now = timezone.now()
        ArticleVersion.objects.create(
            article=article,
            number=1,
            author=actor,
            change_note=note,
            created_at=now,
            changed_at=now,
            **words.as_fields(),
        )
    return article


def save_draft(
    *, actor: User | None, article: Article, words: Words, seen: str | None = None, note: str = ""
) -> ArticleVersion:
    """Keep what an article is to say, as its draft; readers get what they got. `seen`: the mark (`mark_of`) of what the
    actor had read before they wrote; None does not ask.

    Returns the newest version; where the words are what it says already, nothing is written. Raises ChangedMeanwhile,
    WordsRefused, PermissionError unless the actor works here.
    """
    require_staff(actor)
    words = _judged(words, note)
    with transaction.atomic():
        locked = _lock(article)
        newest = newest_version(locked)
        if Words.of(newest) == words:
            return newest
        _refuse_unseen(newest, seen)
        return _write_draft(locked, newest, words, note, actor)


def publish_article(*, actor: User | None, article: Article, seen: str | None = None, note: str = "") -> Article:
    """Let readers get the draft, from now on and in place of what they got. Who answers for it is asked again after the
    portal's number of months. Nothing happens when there is no draft.

    Raises ChangedMeanwhile (see `save_draft`), WordsRefused where a language has no text, where a gap is left in the
    words or they name a file that the article does not have, PermissionError unless the actor may publish.
    """
    require_publisher(actor)
    with transaction.atomic():
        locked = _lock(article)
        newest = newest_version(locked)
        if newest.published_at is not None:
            return locked
        _refuse_unseen(newest, seen)
        words = Words.of(newest)
        _refuse_without_text(words)
        _refuse_what_is_missing(locked, words)
        now = timezone.now()
        newest.published_at, newest.published_by = now, actor
        newest.change_note = _note(note) or newest.change_note
        newest.save(update_fields=["published_at", "published_by", "change_note"])
        locked.published = newest
        if locked.review_at is None or locked.review_at <= timezone.localdate(now):
            locked.review_at = next_review()
        locked.save(update_fields=["published", "review_at"])
        index_article(locked)
    return locked


def unpublish_article(*, actor: User | None, article: Article) -> Article:
    """Take an article back: readers no longer get it, and what they got is its draft again, unless there is a newer
    one. Nothing happens when it is not out. Raises PermissionError unless the actor may publish."""
    require_publisher(actor)
    with transaction.atomic():
        locked = _lock(article)
        if locked.published is None:
            return locked
        newest = newest_version(locked)
        if newest.published_at is not None:
            _write_draft(locked, newest, Words.of(newest), "", actor)
        locked.published = None
        locked.save(update_fields=["published"])
        index_article(locked)
    return locked


def restore_version(
    *, actor: User | None, article: Article, version: ArticleVersion, seen: str | None = None
) -> ArticleVersion:
    """Make what an article said once its draft; readers get it when that is published. Returns the newest version, as
    `save_draft`, and raises as that does; ValueError for another article's version."""
    if version.article_id != article.pk:
        raise ValueError("Of another article")
    return save_draft(actor=actor, article=article, words=Words.of(version), seen=seen)


def discard_draft(*, actor: User | None, article: Article, seen: str | None = None) -> bool:
    """Throw away what was changed since the article was published. Returns False where there is no such draft, or no
    version that was ever published. Raises ChangedMeanwhile, PermissionError unless the actor works here."""
    require_staff(actor)
    with transaction.atomic():
        locked = _lock(article)
        newest = newest_version(locked)
        if newest.published_at is not None or locked.published_id is None:
            return False
        _refuse_unseen(newest, seen)
        newest.delete()
    return True


def put_away(*, actor: User | None, article: Article) -> Article:
    """Let nobody read an article any more; nothing of it is lost, and `bring_back` makes it as it was. Raises
    PermissionError unless the actor may publish, or it is not out and the actor works here."""
    return _set_archived(actor, article, away=True)


def bring_back(*, actor: User | None, article: Article) -> Article:
    """Undo `put_away`: whoever could read the article can do so again. Raises as that does."""
    return _set_archived(actor, article, away=False)


def place_article(*, actor: User | None, article: Article, place: Place) -> Article:
    """Say where an article stands: section, address, who may read it, related articles, who answers for it until when.
    An address it had leads on.

    Raises PlaceRefused, SlugTaken, PermissionError unless the actor works here, and may publish where it is out.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = _lock(article)
        if locked.published_id is not None:
            require_publisher(actor)
        put_at_place(locked, place)
    return locked


def move_article(*, actor: User | None, article: Article, before: bool) -> bool:
    """Let an article change places with the one before it in its section, or after it. Returns False where there is
    none. Raises PermissionError unless the actor may publish."""
    require_publisher(actor)
    with transaction.atomic():
        rows = list(Article.objects.select_for_update(of=("self",)).filter(section=article.section_id).order_by("pk"))
        rows.sort(key=lambda row: (row.position, row.pk))
        here = [row.pk for row in rows].index(article.pk)
        there = here - 1 if before else here + 1
        if not 0 <= there < len(rows):
            return False
        rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows):
            row.position = position
        Article.objects.bulk_update(rows, ["position"])
    return True


def mark_of(version: ArticleVersion) -> str:
    """What changes whenever the newest words of an article do."""
    return f"{version.pk}.{int(version.changed_at.timestamp() * 1_000_000)}"


def _set_archived(actor: User | None, article: Article, *, away: bool) -> Article:
    require_staff(actor)
    with transaction.atomic():
        locked = _lock(article)
        if locked.published_id is not None:
            require_publisher(actor)
        if (locked.archived_at is not None) == away:
            return locked
        locked.archived_at = timezone.now() if away else None
        locked.save(update_fields=["archived_at"])
        index_article(locked)
    return locked


def _lock(article: Article) -> Article:
    locked: Article = (
        Article.objects.select_for_update(of=("self",)).select_related("published", "section").get(pk=article.pk)
    )
    return locked


def _refuse_unseen(newest: ArticleVersion, seen: str | None) -> None:
    if seen is not None and seen != mark_of(newest):
        raise ChangedMeanwhile(newest)


def _write_draft(
    article: Article, newest: ArticleVersion, words: Words, note: str, actor: User | None
) -> ArticleVersion:
    now = timezone.now()
    if newest.published_at is not None:
        newest = ArticleVersion(article=article, number=newest.number + 1, created_at=now)
    for name, value in words.as_fields().items():
        setattr(newest, name, value)
    newest.author, newest.change_note, newest.changed_at = actor, _note(note) or newest.change_note, now
    newest.save()
    return newest


def _note(note: str) -> str:
    return " ".join(note.replace("\x00", "").split())


def _judged(words: Words, note: str) -> Words:
    cleaned = words.cleaned()
    values = {**cleaned.as_fields(), "note": _note(note)}
    if any(len(value) > LONGEST[name.partition("_")[0]] for name, value in values.items()):
        raise WordsRefused("long")
    if not (cleaned.title_sv or cleaned.title_en):
        raise WordsRefused("title")
    if not cleaned.title_sv and (cleaned.summary_sv or cleaned.body_sv):
        raise WordsRefused("title_sv")
    if not cleaned.title_en and (cleaned.summary_en or cleaned.body_en):
        raise WordsRefused("title_en")
    return cleaned


def _refuse_what_is_missing(article: Article, words: Words) -> None:
    for name, value in words.as_fields().items():
        if GAP in value:
            raise WordsRefused("gap", name)
    for name in ("body_sv", "body_en"):
        named = files_named(words.as_fields()[name])
        if named and article.files.filter(pk__in=named).count() < len(named):
            raise WordsRefused("file", name)


def _refuse_without_text(words: Words) -> None:
    if words.title_sv and not words.body_sv:
        raise WordsRefused("body_sv")
    if words.title_en and not words.body_en:
        raise WordsRefused("body_en")
