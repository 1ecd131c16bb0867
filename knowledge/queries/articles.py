"""Articles as the desk has them: all of them, drafts and what is put away too."""

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Subquery, Value, When

from accounts.folding import fold_text
from knowledge.models import Article, ArticleVersion


def desk_articles() -> QuerySet[Article]:
    """Every article, with how it stands (`state`: draft, published, changed, away) and its newest words' titles. For
    the staff."""
    newest = ArticleVersion.objects.filter(article=OuterRef("pk")).order_by("-number")
    rows: QuerySet[Article] = Article.objects.annotate(
        has_draft=Exists(ArticleVersion.objects.filter(article=OuterRef("pk"), published_at=None)),
        newest_sv=Subquery(newest.values("title_sv")[:1]),
        newest_en=Subquery(newest.values("title_en")[:1]),
        newest_key=Subquery(newest.values("search_key")[:1]),
        changed_at=Subquery(newest.values("changed_at")[:1]),
    ).annotate(
        state=Case(
            When(archived_at__isnull=False, then=Value("away")),
            When(published=None, then=Value("draft")),
            When(has_draft=True, then=Value("changed")),
            default=Value("published"),
            output_field=CharField(),
        )
    )
    return rows


def newest_version(article: Article) -> ArticleVersion:
    """What an article says or is to say: its draft, or its last version where there is none."""
    return article.versions.select_related("author").order_by("-number").first()  # type: ignore[return-value]


def other_articles(article: Article) -> QuerySet[Article]:
    """The articles that readers of this one can be shown as well."""
    found: QuerySet[Article] = Article.objects.exclude(pk=article.pk).filter(published__isnull=False, archived_at=None)
    return found


def titled(rows: QuerySet[Article], words: str) -> QuerySet[Article]:
    """Those of the published articles that have all these words in their titles, in either language."""
    for word in fold_text(words)[:100].split()[:8]:
        rows = rows.filter(published__search_key__contains=word)
    return rows.order_by("slug")
