"""Articles whose day to be looked through has come."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from knowledge.actions.articles import add_article, publish_article
from knowledge.actions.sections import add_section
from knowledge.drafts import Place, Words
from knowledge.models import Article, Section


def have_articles_due(owner: User | None, title: str = "Passwords", number: int = 1) -> list[Article]:
    """Published articles that somebody answers for, due since yesterday."""
    section = Section.objects.first() or add_section(actor=None, names=("Konto", "Account"))
    made = []
    for _ in range(number):
        article = add_article(
            actor=None, place=Place(section, owner=owner), words=Words(title_en=title, body_en="Like this.")
        )
        made.append(publish_article(actor=owner, article=article))
    yesterday = timezone.localdate() - timedelta(days=1)
    Article.objects.filter(pk__in=[one.pk for one in made]).update(review_at=yesterday)
    return made
