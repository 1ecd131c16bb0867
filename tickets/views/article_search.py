"""Articles for a reply."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import override

from accounts.requests import PortalRequest
from accounts.rules import agents_only
from knowledge.searching import Kind, find
from tickets.searching import cleaned
from tickets.views.desk import fetch

SHOWN = 5


@agents_only
def desk_article_search(request: PortalRequest, number: int) -> HttpResponse:
    """A part of the ticket's page: articles about `?q=` that the requester may read, in their language first, with the
    addresses at which they read them."""
    ticket = fetch(request, number)
    words = cleaned(request.GET.get("q", ""))
    with override(ticket.requester.language or request.tenant.language):
        hits = find(words, ticket.requester, kinds=frozenset({Kind.ARTICLE}), limit=SHOWN).hits if words else ()
    found = [(hit, request.tenant.url(hit.url)) for hit in hits]
    return render(request, "components/article_links.html", {"words": words, "found": found})
