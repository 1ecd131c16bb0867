"""Was this helpful? Answered once by each reader, also without signing in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions.limiting import network_of, spend_allowance
from accounts.passing import client_address
from accounts.requests import PortalRequest, reader_of
from accounts.rules import post_only
from knowledge.actions.voting import vote
from knowledge.forms.voting import VoteForm
from knowledge.models import Article
from knowledge.queries.help_settings import help_settings
from knowledge.queries.reading import readable_article
from knowledge.views.reading import article_page, missing
from knowledge.voters import new_browser, remember_browser, voter_of

VOTES_PER_NETWORK = 60  # an hour


@post_only
def article_vote(request: PortalRequest, slug: str) -> HttpResponse:
    """Take a reader's word, and lead back to the article, which then shows it."""
    found = readable_article(reader_of(request), slug)
    if found is None or not help_settings().asks_if_helpful:
        return missing(request)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return article_page(request, found, form=form, status=422)
    if spend_allowance(kind="help-vote", key=network_of(client_address(request)), limit=VOTES_PER_NETWORK):
        form.add_error(None, _("Many have answered from your network just now. Try again in an hour."))
        return article_page(request, found, form=form, status=429)
    browser, voter = "", voter_of(request)
    if not voter:
        browser, voter = new_browser()
    try:
        vote(actor=reader_of(request), article=found, voter=voter, is_helpful=form.is_helpful, comment=form.words)
    except Article.DoesNotExist:  # since a moment ago
        return missing(request)
    messages.success(request, _("Thank you. What you say helps us write better."))
    response = redirect(f"{reverse('help_article', args=[found.slug])}#helpful")
    if browser:
        remember_browser(response, browser)
    return response
