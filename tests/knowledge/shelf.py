"""Articles for tests, in whatever tenant's scope is active."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from knowledge.models import Article, ArticleFile, ArticleOrganisation, ArticleVersion, Section


def shelf(slug: str = "guides", **values: Any) -> Section:
    found: Section = Section.objects.get_or_create(slug=slug, defaults={"name_en": slug.title(), **values})[0]
    return found


def write(slug: str, *, out: bool = True, organisation: Any = None, section: Any = None, **words: Any) -> Article:
    """An article; its words under their fields' names. For everybody, and published, unless told otherwise."""
    own = {name: words.pop(name) for name in ("audience", "archived_at", "position") if name in words}
    article: Article = Article.objects.create(slug=slug, section=section or shelf(), **own)
    if not {"title_sv", "title_en"} & set(words):
        words["title_en"] = slug.replace("-", " ").title()
    version = ArticleVersion.objects.create(
        article=article, number=1, published_at=timezone.now() if out else None, **words
    )
    if out:
        article.published = version
        article.save()
    if organisation is not None:
        ArticleOrganisation.objects.create(article=article, organisation=organisation)
    return article


def attach(article: Article, name: str = "plan.txt", content: bytes = b"the plan", kind: str = "") -> ArticleFile:
    """A file of the article, that its published words mention."""
    file: ArticleFile = ArticleFile.objects.create(
        article=article, name=name, content_type=kind, size=len(content), file=SimpleUploadedFile("x", content)
    )
    version = article.published
    assert version is not None
    version.body_en += f"\n\n{'!' if kind else ''}[{name}](file:{file.pk})"
    version.save()
    return file
