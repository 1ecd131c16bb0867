"""Which articles are due to be looked through, and whom that is asked of."""

from calendar import monthrange
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article
from knowledge.queries.help_settings import help_settings


def next_review(today: date | None = None) -> date:
    """The day on which an article looked through today is asked about again."""
    day = today or timezone.localdate()
    year, month = divmod(day.year * 12 + day.month - 1 + help_settings().review_months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_articles(today: date | None = None) -> QuerySet[Article]:
    """The articles that are out and whose day to be looked through has come, the oldest first."""
    out = Article.objects.filter(published__isnull=False, archived_at__isnull=True)
    return out.filter(review_at__lte=today or timezone.localdate()).order_by("review_at", "pk")


def not_asked_yet(rows: QuerySet[Article]) -> QuerySet[Article]:
    """Those of the due articles that nobody was asked about since their day was set."""
    return rows.filter(Q(asked_for=None) | ~Q(asked_for=F("review_at")))


def answers_for(article: Article) -> User | None:
    """Who is asked about an article: its owner, else whoever published it last; None where neither works here."""
    published = article.published
    people = (article.owner, published.published_by if published else None, published.author if published else None)
    return next((one for one in people if one is not None and one.is_active and one.is_agent), None)
