"""The help centre as its readers see it. What somebody may not read answers like what does not exist."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.languages import foreign_language
from accounts.models import User
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest, reader_of
from accounts.serving import file_response
from knowledge.enums import Audience
from knowledge.forms.voting import VoteForm
from knowledge.markdown import render as render_words
from knowledge.models import Article, ArticleFile, ArticleVersion
from knowledge.queries.help_settings import help_settings
from knowledge.queries.reading import (
    files_out,
    own_vote,
    readable_article,
    readable_section,
    related_for,
    shelves_for,
    titles_for,
)
from knowledge.voters import voter_of

IN_ORDER = Order("position", by_number=True)
HEADINGS_FOR_A_LIST = 3


def help_centre(request: PortalRequest) -> HttpResponse:
    """All sections with their first articles, or with `?section=` all articles of one."""
    reader = reader_of(request)
    slug = request.GET.get("section", "")
    if not slug:
        shelves = shelves_for(reader)
        total = sum(shelf.total for shelf in shelves)
        return render(request, "knowledge/help.html", {"shelves": shelves, "total": total})
    section = readable_section(reader, slug)
    if section is None:
        return missing(request)
    page = paginate(titles_for(reader).filter(section=section), IN_ORDER, request.GET, shown=_with_words)
    return render(request, "knowledge/section.html", {"section": section, "page": page})


def article(request: PortalRequest, slug: str) -> HttpResponse:
    """A published article; from an address it had before to the one it has."""
    found = readable_article(reader_of(request), slug)
    if found is None:
        return missing(request)
    if found.slug != slug:
        return redirect("help_article", found.slug)
    return article_page(request, found)


def article_page(
    request: PortalRequest, found: Article, *, form: VoteForm | None = None, status: int = 200
) -> HttpResponse:
    """A published article. `form`: what its reader said of it, if that could not be taken."""
    if found.published is None:
        return missing(request)
    context = _shown(request, reader_of(request), found, found.published)
    if help_settings().asks_if_helpful:
        own = own_vote(found, voter_of(request))
        begun = {"comment": own.comment, "helpful": "yes" if own.is_helpful else "no"} if own else {}
        context |= {"vote_form": form or VoteForm(initial=begun), "own_vote": own}
    return render(request, "knowledge/article.html", context, status=status)


def _shown(request: PortalRequest, reader: User | None, found: Article, words: ArticleVersion) -> dict[str, Any]:
    addresses = {file.pk: _address(found, file) for file in files_out(found)}
    shown = render_words(words.body, addresses)
    return {
        "article": found,
        "words": words,
        "shown": shown,
        "headings": shown.headings if len(shown.headings) >= HEADINGS_FOR_A_LIST else (),
        "foreign": foreign_language(words.body_sv, words.body_en) or foreign_language(words.title_sv, words.title_en),
        "related": related_for(reader, found),
        "canonical": request.build_absolute_uri(request.path),
        "may_be_indexed": request.tenant.guests_file and found.audience == Audience.EVERYBODY,
    }


def article_file(request: PortalRequest, slug: str, pk: int) -> HttpResponseBase:
    """A file of an article that the reader may read, if its published words mention it."""
    found = readable_article(reader_of(request), slug)
    files = files_out(found) if found is not None else []
    file = get_object_or_404(ArticleFile, pk__in=[one.pk for one in files if one.pk == pk])
    return file_response(file.file, name=file.name, picture_type=file.content_type)


def missing(request: PortalRequest) -> HttpResponse:
    """There is no such article or section, or none for this reader; nothing tells which."""
    return render(request, "knowledge/missing.html", status=404)


def _with_words(rows: Any) -> Any:
    return rows.select_related("published").defer("published__body_sv", "published__body_en")


def _address(found: Article, file: ArticleFile) -> str:
    return reverse("help_file", args=[found.slug, file.pk])
