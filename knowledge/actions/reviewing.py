"""Whether articles still hold: answered by whoever has looked."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import require_staff
from knowledge.models import Article, ArticleVote
from knowledge.queries.reviews import next_review


def still_holds(*, actor: User | None, article: Article, until: date | None = None) -> Article:
    """Say that an article holds as it is. Who answers for it is asked again on the day `until`, or after the portal's
    number of months. Nothing happens while it is put away. Raises PermissionError unless the actor works here."""
    require_staff(actor)
    with transaction.atomic():
        locked: Article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if locked.archived_at is None:
            locked.review_at = until or next_review()
            locked.save(update_fields=["review_at"])
    return locked


def see_comment(*, actor: User | None, vote: ArticleVote, is_seen: bool = True) -> None:
    """Mark what a reader wrote about an article as seen to, or take that back. Raises PermissionError unless the actor
    works here."""
    require_staff(actor)
    with transaction.atomic():
        locked: ArticleVote = ArticleVote.objects.select_for_update().get(pk=vote.pk)
        if (locked.read_at is not None) != is_seen:
            locked.read_at = timezone.now() if is_seen else None
            locked.save(update_fields=["read_at"])
