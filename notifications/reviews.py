"""What the mail about articles that are due to be looked through says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import AccountEvent
from accounts.scoping import current_tenant
from knowledge.queries.reviews import due_articles
from notifications.addresses import header_line
from notifications.enums import Trouble
from notifications.facts import Refused

ARTICLES_A_MAIL = 50  # the others are on the page the mail leads to, and counted in it


@dataclass(frozen=True)
class Due:
    """One article in the mail: what it is called, where it is changed, since when it is due."""

    title: str
    link: str
    since: date


def about_reviews(event: AccountEvent) -> dict[str, Any]:
    """The values for the mail: the articles it asks about that are still due, the longest first; how many; where they
    are looked through. Raises Refused when none is due any more."""
    tenant = current_tenant()
    asked = due_articles().filter(pk__in=event.data["articles"]).select_related("published")
    found = [
        Due(header_line(words.title), tenant.url(reverse("desk_article", args=[article.pk])), article.review_at)
        for article in asked
        if (words := article.published) and article.review_at
    ]
    if not found:
        raise Refused(Trouble.SETTLED)
    return {
        "articles": found[:ARTICLES_A_MAIL],
        "number": len(found),
        "left_out": max(0, len(found) - ARTICLES_A_MAIL),
        "reviews_url": tenant.url(reverse("desk_reviews")),
    }
