"""Whether articles still hold: answered by whoever has looked."""

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rules import require_staff
from knowledge.models import Article
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
