"""The search page: everything the reader may open, by kind."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.actions.limiting import network_of, spend_allowance
from accounts.folding import clean_line
from accounts.models import User
from accounts.paging import Page, paginate
from accounts.passing import client_address, whole_number
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest
from knowledge.actions.noting_searches import note_search
from knowledge.searching import Found, Kind
from tickets.as_known import AsKnown
from tickets.models import Ticket
from tickets.queries import with_unread
from tickets.searching import FARTHEST, LONGEST, ORDER, PAGE_SIZE, Results, cleaned, marks_in, search

SEARCHES_AN_HOUR = 600  # from one network by guests, or by one person
KINDS: dict[str, Any] = {
    "": gettext_lazy("All"),
    "articles": gettext_lazy("Articles"),
    "messages": gettext_lazy("Service messages"),
    "topics": gettext_lazy("Topics"),
    "tickets": pgettext_lazy("search", "Tickets"),
}
KNOWN = {"articles": Kind.ARTICLE, "messages": Kind.SERVICE_MESSAGE}
FEW_TOPICS, FEW_TICKETS = 5, 5


def search_page(request: PortalRequest) -> HttpResponse:
    asked = request.GET.get("q", "")
    words = cleaned(asked)
    reader = request.user if request.user.is_authenticated else None
    signs = "" if words else clean_line(asked)[:LONGEST]
    context: dict[str, Any] = {"words": words, "signs": signs, "phone": phone_for(reader), "total": 0}
    if not words:
        return render(request, "tickets/search.html", context)
    wait = must_wait(request, "search", SEARCHES_AN_HOUR)
    if wait:
        response = render(request, "tickets/search.html", {**context, "wait_minutes": wait}, status=429)
        response.headers["Retry-After"] = str(wait * 60)
        return response
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    number = max(whole_number(request.GET.get("page", "")) or 1, 1)
    results = search(words, reader, only=KNOWN.get(kind), page=number)
    if not kind:
        note_search(actor=reader, words=words, found=results.known_total > 0)
    context |= {
        "results": results,
        "total": results.total,
        "kind": kind,
        "kinds": _tabs(results, kind),
        **_groups(results, kind),
    }
    if kind in KNOWN:
        context["page"] = _page(words, kind, results.articles if kind == "articles" else results.messages, number)
    if reader is not None and kind in ("", "tickets"):
        context |= _tickets(request, results, reader, whole=kind == "tickets")
    return render(request, "tickets/search.html", context)


def must_wait(request: PortalRequest, what: str, an_hour: int) -> int:
    """Count one use. The minutes until somebody may do it again, by themselves or, as a guest, by their network; 0 for
    at once."""
    who = f"user {request.user.pk}" if request.user.is_authenticated else network_of(client_address(request))
    return spend_allowance(kind=what, key=who, limit=an_hour)


def _tabs(results: Results, current: str) -> list[dict[str, Any]]:
    counts = {
        "": results.total,
        "articles": results.articles.total,
        "messages": results.messages.total,
        "topics": len(results.topics),
        "tickets": results.tickets_total,
    }
    return [
        {"label": label, "url": _address(results.words, key), "count": counts[key], "current": key == current}
        for key, label in KINDS.items()
        if counts[key] or key in ("", current)
    ]


def _groups(results: Results, kind: str) -> dict[str, Any]:
    """The hits that a page about this kind, or about all, shows; and where there are more, the way there."""
    shown: dict[str, Any] = {}
    if kind in ("", "messages"):
        shown["messages_found"] = results.messages.hits
    if kind in ("", "articles"):
        shown["articles"] = results.articles.hits
    if kind in ("", "topics"):
        for branch in results.topics:
            branch.marks = marks_in(branch.topic.name, results.words)
        shown["topics"] = results.topics if kind else results.topics[:FEW_TOPICS]
    if kind:
        return shown
    if results.messages.total > len(results.messages.hits):
        shown["more_messages"] = _address(results.words, "messages")
    if results.articles.total > len(results.articles.hits):
        shown["more_articles"] = _address(results.words, "articles")
    if len(results.topics) > len(shown["topics"]):
        shown["more_topics"] = _address(results.words, "topics")
    return shown


def _tickets(request: PortalRequest, results: Results, reader: User, *, whole: bool) -> dict[str, Any]:
    def shown(rows: Any) -> Any:
        return with_unread(rows, reader, staff=reader.is_agent).select_related(
            "requester", "organisation", "department"
        )

    if whole:
        page = paginate(results.tickets, ORDER, request.GET, shown=shown)
        tickets: list[Ticket] = page.items
    else:
        first = ORDER.apply(results.tickets.select_related(None)).values_list("pk", flat=True)[:FEW_TICKETS]
        page, tickets = None, list(ORDER.apply(shown(Ticket.objects.filter(pk__in=list(first)))))
    if not reader.is_agent:
        AsKnown().stand(tickets)
    found = [{"ticket": ticket, "marks": marks_in(ticket.subject, results.words)} for ticket in tickets]
    context: dict[str, Any] = {"tickets": found}
    if page is not None:
        context["page"] = page
    elif results.tickets_total > len(tickets):
        context["more_tickets"] = _address(results.words, "tickets")
    return context


def _page(words: str, kind: str, found: Found, number: int) -> Page:
    more = number < FARTHEST and found.total > number * PAGE_SIZE
    return Page(
        items=list(found.hits),
        total=found.total,
        next_url=_address(words, kind, number + 1) if more else "",
        previous_url=_address(words, kind, number - 1) if number > 1 else "",
    )


def _address(words: str, kind: str, number: int = 1) -> str:
    query = {"q": words, **({"kind": kind} if kind else {}), **({"page": number} if number > 1 else {})}
    return f"{reverse('search')}?{urlencode(query)}"
