"""What is known about what somebody is writing, before they send it."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.passing import whole_number
from accounts.requests import PortalRequest, reader_of
from accounts.rules import post_only
from knowledge.actions.noting_solved import note_solved
from knowledge.queries.readable import articles_for
from knowledge.searching import Hit
from tickets.forms.fields import KeyField
from tickets.forms.filing import FilingForm
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
    hits = suggestions(request.POST.get("subject", ""), request.POST.get("body", ""), reader_of(request))
    return render(request, "components/suggested.html", {"suggested": hits})


def suggested_again(request: PortalRequest, form: FilingForm) -> tuple[Hit, ...]:
    """What stands at a form that is shown again, as it was sent: for those without scripts."""
    said = form.data
    if not said or must_wait(request, "suggestions", SUGGESTIONS_AN_HOUR):
        return ()
    return suggestions(said.get("subject", ""), said.get("body", ""), reader_of(request))


def solved(request: PortalRequest) -> HttpResponse:
    """Something solved it (POST): counted, and nothing is filed. The page says so, and where to go on."""
    if request.method != "POST":
        return render(request, "tickets/solved.html")
    reader = reader_of(request)
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
