"""What was searched for, and what solved what somebody was about to write about."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from knowledge.models import Article, SearchedWords, ServiceMessage

PERIODS = (7, 30, 90)  # days; searches are kept no longer


def searched(days: int, *, in_vain: bool) -> QuerySet[Any]:
    """What customers searched for in the last days, each with how often (`total`), how often the help centre had
    nothing (`missed`) and when last (`last`): with `in_vain` only what was missed, and that most first; else what was
    searched most first."""
    rows = SearchedWords.objects.filter(day__gt=_before(days)).order_by().values("words")
    found = rows.annotate(total=Sum("times"), missed=Sum("in_vain"), last=Max("day"))
    if in_vain:
        return found.filter(missed__gt=0).order_by("-missed", "-total", "words")
    return found.order_by("-total", "words")


def solved_by(days: int) -> list[Article | ServiceMessage]:
    """The articles and service messages that spared somebody a ticket in the last days, each with how often
    (`times`), the most helpful first. Two queries."""
    since = timezone.make_aware(datetime.combine(_before(days) + timedelta(days=1), time.min))
    articles = Article.objects.filter(solved__created_at__gte=since).annotate(times=Count("solved"))
    messages = ServiceMessage.objects.filter(solved__created_at__gte=since).annotate(times=Count("solved"))
    titled = articles.select_related("published").defer("published__body_sv", "published__body_en")
    found = [*titled, *messages]
    return sorted(found, key=lambda one: -one.times)


def _before(days: int) -> date:
    """The last day that does not count."""
    return timezone.localdate() - timedelta(days=days)
