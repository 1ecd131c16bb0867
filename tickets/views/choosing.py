"""Where a customer begins: the start page, and choosing what a ticket is about."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.enums import AskingChannel
from accounts.queries.entitlement import obstacle_for
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest
from tickets.queries import open_topics, participating, with_unread
from tickets.views.entitling import not_entitled, sign_in_first


def home(request: PortalRequest) -> HttpResponse:
    context: dict[str, Any] = {"topics": open_topics()}
    reader = request.user if request.user.is_authenticated else None
    context["phone"] = phone_for(reader)
    if reader is not None:
        own = with_unread(participating(reader).exclude(status="closed"), reader, staff=False)
        context["own_open"] = own.order_by("-last_activity_at", "-pk")[:5]
    return render(request, "tickets/home.html", context)


def topics(request: PortalRequest) -> HttpResponse:
    if not request.user.is_authenticated and not request.tenant.guests_file:
        return sign_in_first(request)
    if request.user.is_authenticated and obstacle_for(request.user, AskingChannel.WEB):
        return not_entitled(request)
    return render(request, "tickets/topics.html", {"topics": open_topics()})
