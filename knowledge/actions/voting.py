"""Whether an article helped, as its readers say."""

from django.db import transaction

from accounts.models import User
from knowledge.models import Article, ArticleVote


def vote(
    *, actor: User | None, article: Article, voter: str, is_helpful: bool, comment: str | None = None
) -> ArticleVote:
    """Count whether an article helped a reader, once for each (`voter`: a digest of who, `actor` None: a guest). Who
    says something else later changes their mind. `comment` None leaves what they wrote; a new one is unseen by staff.

    The article's counters follow in the same transaction. Raises Article.DoesNotExist when it is not out any more.
    """
    with transaction.atomic():
        locked = Article.objects.select_for_update().get(
            pk=article.pk, published__isnull=False, archived_at__isnull=True
        )
        found = ArticleVote.objects.filter(article=locked, voter=voter).first()
        wanted = found.comment if comment is None and found is not None else comment or ""
        if found is not None and (found.is_helpful, found.comment) == (is_helpful, wanted):
            return found
        if found is None:
            found = ArticleVote(article=locked, voter=voter)
        else:
            _count(locked, found.is_helpful, -1)
            found.read_at = found.read_at if found.comment == wanted else None
        found.version_id, found.is_helpful, found.comment = locked.published_id, is_helpful, wanted
        found.save()
        _count(locked, is_helpful, 1)
        locked.save(update_fields=["helpful", "unhelpful"])
    return found


def _count(article: Article, is_helpful: bool, by: int) -> None:
    if is_helpful:
        article.helpful = max(0, article.helpful + by)
    else:
        article.unhelpful = max(0, article.unhelpful + by)
