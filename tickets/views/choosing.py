"""Choosing what a ticket is about, and topics that lead to no form."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.enums import AskingChannel
from accounts.queries.entitlement import obstacle_for
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest, reader_of
from knowledge.queries.guide import Guide
from knowledge.queries.help_settings import help_settings
from tickets.enums import LeadsTo
from tickets.models import HelpTopic
from tickets.queries import offered_topics
from tickets.topic_tree import choice_for
from tickets.views.contact import first_question
from tickets.views.entitling import not_entitled, sign_in_first
from tickets.views.filing import file_ticket


def topics(request: PortalRequest) -> HttpResponse:
    if not request.user.is_authenticated and not request.tenant.guests_file:
        return sign_in_first(request)
    if request.user.is_authenticated and obstacle_for(request.user, AskingChannel.WEB):
        return not_entitled(request)
    choice = choice_for(reader_of(request), request.GET.get("q", ""))
    context: dict[str, Any] = {"choice": choice}
    if choice.found is None and help_settings().guide_first:
        context |= first_question(Guide())
    return render(request, "tickets/topics.html", context)


def topic(request: PortalRequest, slug: str) -> HttpResponseBase:
    """What a topic leads to: its form, guidance, an address elsewhere; a heading, to the topics below it.

    Guidance may be read by whoever is offered the topic, also by those who may not ask.
    """
    found = offered_topics(reader_of(request)).filter(slug=slug).first() if request.method != "POST" else None
    if found is None:
        return file_ticket(request, slug)
    if found.children.filter(is_active=True).exists():
        return redirect(f"{reverse('topics')}#topic-{found.slug}")
    return file_ticket(request, slug) if found.leads_to == LeadsTo.FORM else _guidance(request, found)


def _guidance(request: PortalRequest, found: HelpTopic) -> HttpResponse:
    context = {"topic": found, "phone": phone_for(reader_of(request))}
    return render(request, "tickets/guidance.html", context)
