"""The history of an article: what it said when, what changed, and the way back."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.paging import Order, paginate
from accounts.passing import whole_number
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from accounts.serving import file_response
from knowledge.actions.articles import ChangedMeanwhile, mark_of, restore_version
from knowledge.comparing import changes_between
from knowledge.drafts import Words
from knowledge.models import Article, ArticleVersion
from knowledge.queries.articles import newest_version
from knowledge.views.articles import fetch_article

LATEST_FIRST = Order("number", descending=True, by_number=True)


@agents_only
def article_versions(request: PortalRequest, pk: int) -> HttpResponse:
    """The versions, the latest first, and with `?from=` and `?to=` (their numbers) what is different between two."""
    found = fetch_article(pk)
    newest = newest_version(found)
    one, other = (_version(found, request.GET.get(name, "")) for name in ("from", "to"))
    context = {
        "article": found,
        "page": paginate(found.versions.all(), LATEST_FIRST, request.GET, shown=_listed),
        "newest": newest,
        "mark": mark_of(newest),
        "before": one,
        "after": other,
        "changes": changes_between(Words.of(one), Words.of(other)) if one and other else [],
    }
    return render(request, "knowledge/desk/versions.html", context)


@post_only
@agents_only
def article_restoring(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Make what it said once the draft."""
    found = fetch_article(pk)
    version = get_object_or_404(ArticleVersion, article=found, number=number)
    try:
        restore_version(actor=request.user, article=found, version=version, seen=request.POST.get("seen", ""))
    except ChangedMeanwhile:
        messages.error(request, _("Somebody has changed the article meanwhile. Look at it, and then restore."))
        return redirect("desk_article_versions", pk)
    newest = newest_version(found)
    if newest.published_at is None:
        messages.success(request, _("Version %d is the draft now. Readers get it when you publish it.") % number)
    else:
        messages.success(request, _("The article says this already."))
    return redirect("desk_article", pk)


@agents_only
def article_file(request: PortalRequest, pk: int, row: int) -> HttpResponseBase:
    """A file of an article, as its writers see it: also while no published words show it."""
    file = get_object_or_404(fetch_article(pk).files, pk=row)
    return file_response(file.file, name=file.name, picture_type=file.content_type)


def _listed(rows: QuerySet[ArticleVersion]) -> QuerySet[ArticleVersion]:
    return rows.select_related("author", "published_by").defer("body_sv", "body_en")


def _version(found: Article, number: str) -> ArticleVersion | None:
    key = whole_number(number)
    return found.versions.filter(number=key).first() if key is not None else None
