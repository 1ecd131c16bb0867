"""Articles and service messages that are out and found, made inside whichever tenant's scope is active."""

from typing import Any

from django.utils import timezone

from knowledge.actions.indexing import index_article, index_service_message
from knowledge.models import Article, ArticleVersion, Section, ServiceMessage


def make_article(slug: str, *, audience: str = "everybody", **words: Any) -> Article:
    section, _ = Section.objects.get_or_create(slug="guides", defaults={"name_sv": "Guider", "name_en": "Guides"})
    article: Article = Article.objects.create(slug=slug, section=section, audience=audience)
    version = ArticleVersion.objects.create(article=article, number=1, published_at=timezone.now(), **words)
    article.published = version
    article.save(update_fields=["published"])
    index_article(article)
    return article


def make_service_message(title_en: str, **values: Any) -> ServiceMessage:
    now = timezone.now()
    message: ServiceMessage = ServiceMessage.objects.create(
        **{"title_en": title_en, "kind": "disturbance", "starts_at": now, "published_at": now, **values}
    )
    index_service_message(message)
    return message
