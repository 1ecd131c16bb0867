"""Articles that are due to be looked through, and what readers said of one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from knowledge.actions.reviewing import see_comment, still_holds
from knowledge.queries.reviews import due_articles
from knowledge.views.articles import fetch_article

NEWEST_FIRST = Order("created_at", descending=True)
SHOWN = 100


@agents_only
def reviews(request: PortalRequest) -> HttpResponse:
    """The articles whose day has come, one's own first."""
    rows = due_articles().select_related("published__published_by", "published__author", "owner", "section")
    found = sorted(rows[:SHOWN], key=lambda row: row.owner_id != request.user.pk)
    context = {"rows": found, "total": due_articles().count(), "today": timezone.localdate()}
    return render(request, "knowledge/desk/reviews.html", context)


@post_only
@agents_only
def article_holding(request: PortalRequest, pk: int) -> HttpResponse:
    """Say that an article still holds."""
    found = fetch_article(pk)
    still_holds(actor=request.user, article=found)
    messages.success(request, _("Noted: “%s” still holds.") % found.published if found.published else _("Noted."))
    return redirect("desk_reviews")


@agents_only
def article_comments(request: PortalRequest, pk: int) -> HttpResponse:
    """What readers wrote when they were asked whether an article helped. Seen ones stay, below the others."""
    found = fetch_article(pk)
    rows = found.votes.exclude(comment="")
    page = paginate(rows, NEWEST_FIRST, request.GET, shown=lambda some: some.select_related("version"))
    context = {"article": found, "page": page, "unseen": rows.filter(read_at=None).count()}
    return render(request, "knowledge/desk/comments.html", context)


@post_only
@agents_only
def article_comment(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    """Mark a comment as seen, or as not seen."""
    found = fetch_article(pk)
    vote = get_object_or_404(found.votes.exclude(comment=""), pk=row)
    is_seen = request.POST.get("seen") != "no"
    see_comment(actor=request.user, vote=vote, is_seen=is_seen)
    messages.success(request, _("Marked as seen.") if is_seen else _("Marked as not seen."))
    return redirect("desk_article_comments", pk)
