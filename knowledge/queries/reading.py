"""What readers get of the articles: the shelves they stand on, one of them, what belongs to it."""

from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import DenseRank, RowNumber

from accounts.folding import clean_line
from accounts.models import User
from knowledge.markdown import files_named
from knowledge.models import Article, ArticleFile, ArticleVote, Section
from knowledge.queries.readable import articles_for

FEW = 6  # articles of a section on the help centre's first page
RELATED = 6
LONG = ("published__body_sv", "published__body_en")  # texts that no list shows


@dataclass(frozen=True)
class Shelf:
    """A section with the first of its articles, and how many this reader may read there."""

    section: Section
    articles: list[Article]
    total: int


def titles_for(reader: User | None) -> QuerySet[Article]:
    """The articles this reader may read, without their long texts: for lists."""
    return articles_for(reader).defer(*LONG)


def shelves_for(reader: User | None, *, few: int = FEW, most: int | None = None) -> list[Shelf]:
    """Every section that has something for this reader, in order, or the first `most` of them, with the first `few` of
    its articles. Two queries, of which the first looks at all articles, but not at their words."""
    in_order = Window(RowNumber(), partition_by="section_id", order_by=("position", "pk"))
    counted = Window(Count("pk"), partition_by="section_id")
    rows = articles_for(reader).select_related(None).annotate(place=in_order, of=counted).filter(place__lte=few)
    if most is not None:
        shelf_number = Window(DenseRank(), order_by=("section__position", "section_id"))
        rows = rows.annotate(shelf_number=shelf_number).filter(shelf_number__lte=most)
    totals = dict(rows.order_by().values_list("pk", "of"))
    shelves: dict[int, Shelf] = {}
    shown = Article.objects.filter(pk__in=totals).select_related("published", "section").defer(*LONG)
    for article in shown.order_by("section__position", "section_id", "position", "pk"):
        shelf = shelves.setdefault(article.section_id, Shelf(article.section, [], totals[article.pk]))
        shelf.articles.append(article)
    return list(shelves.values())


def readable_section(reader: User | None, slug: str) -> Section | None:
    """The section of this name, if there is anything in it for this reader."""
    readable = articles_for(reader).order_by().values("section")
    return Section.objects.filter(slug=clean_line(slug), pk__in=readable).first()


def readable_article(reader: User | None, slug: str) -> Article | None:
    """The article that has this address, or had it before (it then has another `slug`), if this reader may read it."""
    readable = articles_for(reader)
    return readable.filter(slug=slug).first() or readable.filter(addresses__slug=slug).first()


def files_out(article: Article) -> list[ArticleFile]:
    """The files that readers of a published article get: those its words mention, in either language."""
    if article.published is None:
        return []
    mentioned = files_named(article.published.body_sv) | files_named(article.published.body_en)
    return list(article.files.filter(pk__in=mentioned)) if mentioned else []


def own_vote(article: Article, voter: str) -> ArticleVote | None:
    """What this reader has said of an article; `voter` is empty for who has said nothing anywhere."""
    return ArticleVote.objects.filter(article=article, voter=voter).first() if voter else None


def related_for(reader: User | None, article: Article) -> list[Article]:
    """The other articles readers of this one are shown as well, as far as this reader may read them."""
    related = titles_for(reader).filter(related_from__article=article).annotate(place=F("related_from__position"))
    return list(related.order_by("place", "related_from__pk")[:RELATED])
