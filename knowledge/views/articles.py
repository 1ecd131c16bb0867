"""The desk's articles: the list, the editor, and where an article stands."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.kept_text import begin_with_kept, keeps_text
from accounts.models import User
from accounts.paging import paginate
from accounts.passing import whole_number
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from knowledge.actions.article_files import FileInUse, TooManyFiles, add_files, remove_file
from knowledge.actions.articles import (
    ChangedMeanwhile,
    WordsRefused,
    add_article,
    bring_back,
    discard_draft,
    mark_of,
    move_article,
    place_article,
    publish_article,
    put_away,
    save_draft,
    unpublish_article,
)
from knowledge.actions.placing import PlaceRefused, SlugTaken
from knowledge.comparing import changes_between
from knowledge.drafts import Place, Words
from knowledge.forms.articles import ArticleForm, NewPlaceForm, PlaceForm, initial_of
from knowledge.markdown import render as render_words
from knowledge.models import Article, ArticleVersion, Section
from knowledge.queries.articles import desk_articles, newest_version
from knowledge.queries.asked import NEWEST_FIRST, ArticlesAsked
from knowledge.queries.reviews import due_articles
from knowledge.rules import may_publish


@agents_only
def articles(request: PortalRequest) -> HttpResponse:
    asked = ArticlesAsked(request.GET, request.user)
    context = {
        "asked": asked,
        "page": paginate(asked.articles(), NEWEST_FIRST, request.GET, shown=_listed),
        "tabs": asked.tabs(),
        "sections": Section.objects.all(),
        "due_total": due_articles().count(),
        "publishes": may_publish(request.user),
        "anywhere": asked.address(section=""),
    }
    return render(request, "knowledge/desk/articles.html", context)


@keeps_text()
@agents_only
def article_new(request: PortalRequest) -> HttpResponse:
    """Write a new article. `?title=` is a first proposal, such as what somebody searched for."""
    if request.method != "POST":
        name = "title_sv" if (get_language() or "").startswith("sv") else "title_en"
        form = ArticleForm(tenant=request.tenant, initial={name: request.GET.get("title", "")[:150]})
        fresh = NewPlaceForm()
        begin_with_kept(request, form, fresh)
        return _new_page(request, form, fresh)
    form, place = _posted(request), NewPlaceForm(request.POST)
    if "preview" in request.POST:
        return _new_page(request, form, place, shows=True)
    if form.is_valid() and place.is_valid():
        try:
            made = add_article(
                actor=request.user,
                place=Place(place.cleaned_data["section"], owner=request.user),
                words=form.words(),
                note=form.cleaned_data["note"],
            )
        except WordsRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The draft is saved. Readers get it when you publish it."))
            return redirect("desk_article", made.pk)
    return _new_page(request, form, place, status=422)


@keeps_text()
@agents_only
def article(request: PortalRequest, pk: int) -> HttpResponse:
    """One article's words. The buttons show what readers will get, keep or drop files, save, or publish; whatever is
    pressed, what was typed stays."""
    found = fetch_article(pk)
    newest = newest_version(found)
    if request.method != "POST":
        form = ArticleForm(tenant=request.tenant, initial=initial_of(newest, mark_of(newest)))
        begin_with_kept(request, form)
        return _page(request, found, form)
    form = _posted(request)
    valid = form.is_valid()
    if "preview" in request.POST:
        return _page(request, found, form, shows=True)
    if "upload" in request.POST or "remove" in request.POST:
        return _with_files(request, found, form)
    if not valid:
        add_files(actor=request.user, article=found, files=form.fields["files"].right)  # type: ignore[attr-defined]
        return _page(request, found, form, status=422)
    return _save(request, found, form)


def _save(request: PortalRequest, found: Article, form: ArticleForm) -> HttpResponse:
    seen, note, publishes = form.cleaned_data["seen"], form.cleaned_data["note"], "publish" in request.POST
    if publishes and not may_publish(request.user):
        return _page(request, found, form, status=422)
    try:
        add_files(actor=request.user, article=found, files=form.cleaned_data["files"])
        with transaction.atomic():  # what is not published is typed on, not somebody's later draft
            saved = save_draft(actor=request.user, article=found, words=form.words(), seen=seen, note=note)
            if publishes:
                publish_article(actor=request.user, article=found, seen=mark_of(saved), note=note)
    except ChangedMeanwhile as changed:
        return _page(request, found, form, status=422, meanwhile=changed.version)
    except TooManyFiles:
        form.add_error("files", _("The article has as many files as one can have. Remove some first."))
    except WordsRefused as refused:
        form.refuse(refused)
    if form.errors:
        return _page(request, found, form, status=422)
    done = _("Published. Readers get it from now on.") if publishes else _("The draft is saved.")
    messages.success(request, done)
    return redirect("desk_article", found.pk)


def _with_files(request: PortalRequest, found: Article, form: ArticleForm) -> HttpResponse:
    """The editor as it is typed, with other files beside it."""
    trouble = [str(told) for told in form.errors.get("files", [])]
    try:
        if "remove" in request.POST:
            remove_file(actor=request.user, file=get_object_or_404(found.files, pk=_key(request.POST["remove"])))
        else:
            add_files(actor=request.user, article=found, files=form.fields["files"].right)  # type: ignore[attr-defined]
    except FileInUse:
        trouble.append(_("The words show this file. Take it out of them, publish, and remove it then."))
    except TooManyFiles:
        trouble.append(_("The article has as many files as one can have. Remove some first."))
    return _page(request, found, form, status=422 if trouble else 200, file_troubles=trouble)


@agents_only
def article_place(request: PortalRequest, pk: int) -> HttpResponse:
    """Section, address, readers, related articles, and who answers for an article. Searching for related articles saves
    nothing, and what was typed stays."""
    found = fetch_article(pk)
    form = PlaceForm(request.POST or None, article=found)
    searches = "find_now" in request.POST or bool(request.POST.get("find") and "save" not in request.POST)
    if request.method == "POST" and not searches and _may_place(request.user, found) and form.is_valid():
        try:
            place_article(actor=request.user, article=found, place=form.place())
        except SlugTaken:
            form.add_error("slug", _("Another article has this word in its address. Write another one."))
        except PlaceRefused:
            form.add_error(None, _("This could not be kept. Look through it once more."))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_article_place", pk)
    context = {"article": found, "form": form, "may_place": _may_place(request.user, found)}
    return render(request, "knowledge/desk/place.html", context, status=422 if form.errors and not searches else 200)


@post_only
@agents_only
def article_state(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an article back, put it away or bring it back, throw its draft away, or let it change places."""
    found, do = fetch_article(pk), request.POST.get("do", "")
    try:
        done = _done(request.user, found, do)
    except PermissionError:
        messages.error(request, _("Only those who publish articles can do this."))
        return redirect("desk_article", pk)
    if do in ("up", "down"):
        return redirect(f"{reverse('desk_section', args=[found.section_id])}#article-{pk}")
    if done:
        messages.success(request, done)
    return redirect("desk_article", pk)


def _done(actor: User, found: Article, do: str) -> str:
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
        case "discard" if discard_draft(actor=actor, article=found):
            return _("The changes since it was published are thrown away.")
        case "up" | "down":
            move_article(actor=actor, article=found, before=do == "up")
    return ""


def fetch_article(pk: int) -> Article:
    """An article of the portal, as the desk has it: every agent may read them all. Else 404."""
    rows = desk_articles().select_related("section", "published__published_by", "owner")
    found: Article = get_object_or_404(rows, pk=pk)
    return found


def _may_place(person: User, found: Article) -> bool:
    return found.published_id is None or may_publish(person)


def _posted(request: PortalRequest) -> ArticleForm:
    overflow = getattr(request, "uploads_over_limit", False)
    form = ArticleForm(request.POST, request.FILES, tenant=request.tenant, overflow=overflow)
    form.is_valid()
    return form


def _new_page(
    request: PortalRequest, form: ArticleForm, place: NewPlaceForm, *, shows: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "place": place,
        "has_sections": Section.objects.exists(),
        "publishes": may_publish(request.user),
        "previews": _previews(form.words(), {}) if shows else [],
    }
    return render(request, "knowledge/desk/article_new.html", context, status=status)


def _page(
    request: PortalRequest,
    found: Article,
    form: ArticleForm,
    *,
    status: int = 200,
    shows: bool = False,
    meanwhile: ArticleVersion | None = None,
    file_troubles: list[str] | None = None,
) -> HttpResponse:
    files = list(found.files.all())
    addresses = {file.pk: reverse("desk_article_file", args=[found.pk, file.pk]) for file in files}
    context: dict[str, Any] = {
        "article": found,
        "form": form,
        "newest": newest_version(found),
        "files": [(file, addresses[file.pk]) for file in files],
        "file_troubles": file_troubles or [],
        "previews": _previews(form.words(), addresses) if shows else [],
        "publishes": may_publish(request.user),
        "may_place": _may_place(request.user, found),
        "comments_total": found.votes.exclude(comment="").filter(read_at=None).count(),
    }
    if meanwhile is not None:
        # Whoever saves now has been shown what the other one wrote, and means it.
        form.data = {**form.data.dict(), "seen": mark_of(meanwhile)}  # type: ignore[attr-defined]
        context |= {"meanwhile": meanwhile, "changes": changes_between(Words.of(meanwhile), form.words())}
    return render(request, "knowledge/desk/article.html", context, status=status)


def _previews(words: Words, addresses: dict[int, str]) -> list[dict[str, Any]]:
    """What readers would get, in each language that has words."""
    values = words.as_fields()
    return [
        {
            "code": code,
            "title": values[f"title_{code}"],
            "summary": values[f"summary_{code}"],
            "shown": render_words(values[f"body_{code}"], addresses),
        }
        for code in ("sv", "en")
        if values[f"title_{code}"] or values[f"body_{code}"]
    ]


def _listed(rows: QuerySet[Article]) -> QuerySet[Article]:
    keys = rows.values("pk")
    return desk_articles().filter(pk__in=keys).select_related("section", "owner")


def _key(text: str) -> int:
    return whole_number(text) or 0
