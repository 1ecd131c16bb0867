"""Articles for benchmarks and trials of the search: the search set (texts of our own, with questions about them), and
as many more made from its sentences as are wanted."""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils import timezone

from knowledge.actions.indexing import index_articles
from knowledge.models import Article, ArticleVersion, Section
from knowledge.searching import Kind, find

SET = Path(__file__).parent / "search_set"
FIRST = 3  # the right article is to be among so many
CHUNK = 250
PARTS = ("title", "summary", "body")


@dataclass(frozen=True)
class Question:
    language: str
    words: str
    slug: str


@cache
def texts() -> dict[str, dict[str, str]]:
    """To each article's address what its version says."""
    found = {}
    for block in (SET / "articles.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        slug, *lines = block.splitlines()
        found[slug] = {
            f"{part}_{language}": words.strip()
            for language, line in zip(("sv", "en"), lines, strict=True)
            for part, words in zip(PARTS, line.split("|"), strict=True)
        }
    return found


def questions() -> list[Question]:
    lines = (SET / "questions.txt").read_text(encoding="utf-8").splitlines()
    return [Question(*(part.strip() for part in line.split("|"))) for line in lines if not line.startswith("#")]


def load_search_set() -> None:
    """The articles of the search set, published, for everybody, in the active tenant."""
    write(texts())


def load_more(number: int) -> None:
    """So many further articles, each of a title and some sentences of the search set: the same ones every time."""
    chance = random.Random(20261122)  # noqa: S311
    known = list(texts().values())
    begin = Article.objects.filter(slug__startswith="load-").count()
    for first in range(begin, begin + number, CHUNK):
        write({f"load-{n}": _mixed(chance, known, n) for n in range(first, min(first + CHUNK, begin + number))})


def write(wanted: dict[str, dict[str, str]]) -> None:
    section, _ = Section.objects.get_or_create(slug="search-set", defaults={"name_sv": "Prov", "name_en": "Trials"})
    articles = Article.objects.bulk_create([Article(slug=slug, section=section) for slug in wanted])
    now = timezone.now()
    versions = ArticleVersion.objects.bulk_create(
        [ArticleVersion(article=article, number=1, published_at=now, **wanted[article.slug]) for article in articles]
    )
    for version in versions:
        version.article.published = version
    Article.objects.bulk_update(articles, ["published"])
    index_articles(articles)


def missed() -> list[tuple[Question, list[str]]]:
    """The questions of the search set whose article is not among the first found, and what was found instead."""
    found = []
    for question in questions():
        hits = find(question.words, None, kinds=frozenset({Kind.ARTICLE}), limit=FIRST).hits
        slugs = [hit.url.strip("/").split("/")[-1] for hit in hits]
        if question.slug not in slugs:
            found.append((question, slugs))
    return found


def _mixed(chance: random.Random, known: list[dict[str, str]], number: int) -> dict[str, str]:
    parts = chance.sample(known, 8)
    said = {}
    for language in ("sv", "en"):
        said[f"title_{language}"] = f"{parts[0][f'title_{language}']} {number}"
        said[f"summary_{language}"] = parts[1][f"summary_{language}"]
        said[f"body_{language}"] = "\n\n".join(
            f"## {part[f'title_{language}']}\n\n{part[f'body_{language}']}" for part in parts[2:]
        )
    return said
