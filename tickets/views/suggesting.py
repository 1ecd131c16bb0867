"""What is known about what somebody is writing, before they send it."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from accounts.passing import whole_number
from accounts.requests import PortalRequest
from accounts.rules import post_only
from knowledge.actions.noting_solved import note_solved
from knowledge.queries.readable import articles_for
from tickets.forms.fields import KeyField
from tickets.searching import messages_for, suggestions
from tickets.views.searching import must_wait

SUGGESTIONS_AN_HOUR = 1200  # for one network of guests, or one person
SOLVED_AN_HOUR = 30


@post_only
def suggest(request: PortalRequest) -> HttpResponseBase:
    """A part of the page: up to three hits. By POST, so that nothing somebody types stands in an address, which
    servers keep; nothing of it is kept here either."""
    if must_wait(request, "suggestions", SUGGESTIONS_AN_HOUR):
        return HttpResponse(status=429)
    hits = suggestions(request.POST.get("subject", ""), request.POST.get("body", ""), _reader(request))
    return render(request, "components/suggested.html", {"suggested": hits})


def solved(request: PortalRequest) -> HttpResponse:
    """Something solved it (POST): counted, and nothing is filed. The page says so, and where to go on."""
    if request.method != "POST":
        return render(request, "tickets/solved.html")
    reader = _reader(request)
    article = whole_number(request.POST.get("article", ""))
    message = whole_number(request.POST.get("service_message", ""))
    if (article is None) == (message is None):
        raise Http404
    read = get_object_or_404(articles_for(reader), pk=article) if article is not None else None
    told = get_object_or_404(messages_for(reader), pk=message) if message is not None else None
    if not must_wait(request, "solved", SOLVED_AN_HOUR):
        key = KeyField().clean(request.POST.get("key"))
        note_solved(actor=reader, key=key, article=read, service_message=told)
    return redirect("solved")


def _reader(request: PortalRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
