from uuid import UUID

from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, ServiceMessage, Solved


def note_solved(
    *, actor: User | None, key: UUID, article: Article | None = None, service_message: ServiceMessage | None = None
) -> None:
    """Count that this article, or this service message, solved what somebody was about to write about. Once for each
    form (`key`); what is said again, or of another one, changes nothing. Who said it is not kept.

    Raises ValueError unless exactly one of the two is given. What the actor may read is asked where it is fetched.
    """
    if (article is None) == (service_message is None):
        raise ValueError("One thing solved it")
    row = Solved(article=article, service_message=service_message, key=key, created_at=timezone.now())
    Solved.objects.bulk_create([row], ignore_conflicts=True)
