"""Whether an article helped, as its readers say."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, ArticleVote

KEPT_AFTER_READING = timedelta(days=90)  # as what is searched for
KEPT_FOR = timedelta(days=365)  # what nobody has seen to


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
            found = ArticleVote(article=locked, voter=voter, created_at=timezone.now())
        else:
            _count(locked, found.is_helpful, -1)
            if found.comment != wanted:
                found.read_at, found.created_at = None, timezone.now()
        found.version_id, found.is_helpful, found.comment = locked.published_id, is_helpful, wanted
        found.save()
        _count(locked, is_helpful, 1)
        locked.save(update_fields=["helpful", "unhelpful"])
    return found


def forget_comments() -> int:
    """Delete what readers wrote beside their votes, who may have named somebody: KEPT_AFTER_READING after staff have
    seen to it, and after KEPT_FOR in any case. What they voted still counts. Run by the worker in each tenant's scope.
    Returns how many."""
    now = timezone.now()
    old = Q(read_at__lt=now - KEPT_AFTER_READING) | Q(created_at__lt=now - KEPT_FOR)
    return ArticleVote.objects.exclude(comment="").filter(old).update(comment="")


def _count(article: Article, is_helpful: bool, by: int) -> None:
    if is_helpful:
        article.helpful = max(0, article.helpful + by)
    else:
        article.unhelpful = max(0, article.unhelpful + by)
