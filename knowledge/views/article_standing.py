"""Where an article stands, who may read it, and what becomes of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from knowledge.actions.articles import (
    ChangedMeanwhile,
    bring_back,
    discard_draft,
    move_article,
    place_article,
    put_away,
    unpublish_article,
)
from knowledge.actions.placing import PlacedMeanwhile, PlaceRefused, SlugTaken
from knowledge.forms.articles import PlaceForm
from knowledge.models import Article
from knowledge.views.articles import changed_words, fetch_article, may_place


@agents_only
def article_place(request: PortalRequest, pk: int) -> HttpResponse:
    """Section, address, readers, related articles, and who answers for an article."""
    found = fetch_article(pk)
    form = PlaceForm(request.POST or None, article=found)
    if request.method == "POST" and may_place(request.user, found) and form.is_valid():
        try:
            place_article(actor=request.user, article=found, place=form.place(), seen=form.cleaned_data["seen"])
        except SlugTaken:
            form.add_error("slug", _("Another article has this word in its address. Write another one."))
        except PlacedMeanwhile:
            form.refuse_unseen(fetch_article(pk))
        except PlaceRefused:
            form.add_error(None, _("This could not be kept. Look through it once more."))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_article_place", pk)
    context = {"article": found, "form": form, "may_place": may_place(request.user, found)}
    return render(request, "knowledge/desk/place.html", context, status=422 if form.errors else 200)


@post_only
@agents_only
def article_state(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an article back, put it away or bring it back, throw its draft away, or let it change places."""
    found, do = fetch_article(pk), request.POST.get("do", "")
    try:
        done = _done(request.user, found, do, request.POST.get("seen"))
    except PermissionError:
        messages.error(request, _("Only those who publish articles can do this."))
        return redirect("desk_article", pk)
    except ChangedMeanwhile:
        messages.error(request, changed_words())
        return redirect("desk_article", pk)
    if do in ("up", "down"):
        return redirect(f"{reverse('desk_section', args=[found.section_id])}#article-{pk}")
    if done:
        messages.success(request, done)
    return redirect("desk_article", pk)


def _done(actor: User, found: Article, do: str, seen: str | None) -> str:
    """Do it, and say what has happened; nothing for what there is not."""
    match do:
        case "unpublish":
            unpublish_article(actor=actor, article=found)
            return _("Taken back. Readers no longer get it; the words are a draft now.")
        case "away":
            put_away(actor=actor, article=found)
            return _("Put away. Nobody reads it, and nothing is lost: you can bring it back.")
        case "back":
            bring_back(actor=actor, article=found)
            return _("Brought back. It is as it was before.")
        case "discard" if discard_draft(actor=actor, article=found, seen=seen):
            return _("The changes since it was published are thrown away.")
        case "up" | "down":
            move_article(actor=actor, article=found, before=do == "up")
    return ""
