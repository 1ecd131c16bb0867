"""Where an article stands: what its doors share."""

from typing import Literal

from accounts.models import Tenant
from accounts.scoping import current_tenant
from knowledge.drafts import SLUG_LENGTH, Place, slug_of
from knowledge.enums import Audience
from knowledge.models import Article, ArticleAddress, ArticleOrganisation, RelatedArticle

RELATED_LIMIT = 20
Refusal = Literal["organisations", "owner", "related", "slug", "audience"]


class PlaceRefused(ValueError):
    """`why`: "organisations" (it is for certain ones, and none is named), "owner" (does not work here), "related" (to
    itself, or to too many), "slug" (no such word), "audience"."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class SlugTaken(ValueError):
    """Another article has this word in its address, or had it once."""


def put_at_place(article: Article, place: Place, title: str = "") -> None:
    """Write where an article stands, inside a door's transaction; `article` is locked, or new and then gets an address
    made from its title. Raises PlaceRefused, SlugTaken."""
    _judge(article, place)
    # Addresses are given out under the portal's lock: two articles never take one at once.
    Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
    before, slug = article.slug, place.slug or article.slug or _free_slug(slug_of(title))
    if slug != before and _is_taken(slug, article):
        raise SlugTaken
    article.slug, article.section, article.audience = slug, place.section, place.audience
    article.owner, article.review_at = place.owner, place.review_at
    article.save()
    if slug != before:
        ArticleAddress.objects.filter(slug=slug).delete()
        if before:
            ArticleAddress.objects.create(slug=before, article=article)
    _write_sides(article, place)


def _judge(article: Article, place: Place) -> None:
    _refuse_unless(place.audience in Audience.values, "audience")
    _refuse_unless(place.audience != Audience.ORGANISATIONS or bool(place.organisations), "organisations")
    kept = place.owner is not None and place.owner.pk == article.owner_id
    _refuse_unless(place.owner is None or kept or (place.owner.is_agent and place.owner.is_active), "owner")
    others = {other.pk for other in place.related}
    _refuse_unless(article.pk not in others and len(others) <= RELATED_LIMIT, "related")
    _refuse_unless(not place.slug or (len(place.slug) <= SLUG_LENGTH and slug_of(place.slug) == place.slug), "slug")


def _write_sides(article: Article, place: Place) -> None:
    chosen = place.organisations if place.audience == Audience.ORGANISATIONS else ()
    ArticleOrganisation.objects.filter(article=article).delete()
    ArticleOrganisation.objects.bulk_create(
        ArticleOrganisation(article=article, organisation=one) for one in dict.fromkeys(chosen)
    )
    RelatedArticle.objects.filter(article=article).delete()
    RelatedArticle.objects.bulk_create(
        RelatedArticle(article=article, other=other, position=position)
        for position, other in enumerate(dict.fromkeys(place.related))
    )


def _free_slug(wanted: str) -> str:
    """The word, with a number behind it where it is taken. "new", "sections" and the like are the desk's own."""
    number, slug = 1, wanted
    while _is_taken(slug, None):
        number += 1
        slug = f"{wanted[: SLUG_LENGTH - 8].rstrip('-')}-{number}"
    return slug


def _is_taken(slug: str, article: Article | None) -> bool:
    own = article.pk if article is not None else None
    elsewhere = ArticleAddress.objects.filter(slug=slug).exclude(article=own)
    return Article.objects.filter(slug=slug).exclude(pk=own).exists() or elsewhere.exists()


def _refuse_unless(good: bool, why: Refusal) -> None:
    if not good:
        raise PlaceRefused(why)
