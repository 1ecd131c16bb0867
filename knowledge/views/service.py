"""What is going on, for whoever it is for: now, what is planned, and earlier; as pages and as a feed (I1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page

from accounts.models import User
from accounts.paging import Order, paginate
from accounts.passing import safe_next, whole_number
from accounts.requests import PortalRequest
from accounts.rules import post_only
from knowledge.feeds import feed_of
from knowledge.models import ServiceMessage
from knowledge.queries.service_messages import AT_ONCE, feed_messages, messages_for, with_services
from knowledge.views.dismissed import dismiss

LATEST_FIRST = Order("starts_at", descending=True)
IN_FEED = 30


def service_messages(request: PortalRequest) -> HttpResponse:
    now, readable = timezone.now(), messages_for(_reader(request))
    page = paginate(readable.over(now), LATEST_FIRST, request.GET, shown=with_services)
    context: dict[str, Any] = {"page": page}
    if "after" not in request.GET and "before" not in request.GET:
        context["lasting"] = list(with_services(readable.lasting(now)).order_by("-starts_at", "-pk")[:AT_ONCE])
        context["coming"] = list(with_services(readable.coming(now)).order_by("starts_at", "pk")[:AT_ONCE])
    return render(request, "knowledge/service/messages.html", context)


def service_message(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    context = {
        "message": found,
        "standing": found.stands(),
        "updates": list(found.updates.order_by("-pk")),
        "services": [row.service for row in found.affected.select_related("service")],
    }
    return render(request, "knowledge/service/message.html", context)


@post_only
def service_message_dismissal(request: PortalRequest, pk: int) -> HttpResponse:
    """Put a message away on one's pages until there is news of it, in this browser, as long as it is open."""
    found = _fetch(request, pk)
    response = HttpResponse(status=204)  # to a script, which stays on the page
    if "quietly" not in request.POST:
        response = redirect(safe_next(request, reverse("service_messages")))
        messages.success(request, _("Put away until there is news of it. You find it under Service messages."))
    dismiss(request, response, found, whole_number(request.POST.get("update", "")) or 0)
    return response


@conditional_page
def service_feed(request: PortalRequest) -> HttpResponse:
    """What everybody may read, and nothing else, whoever asks."""
    feed = feed_of(request.tenant, feed_messages(IN_FEED))
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _fetch(request: PortalRequest, pk: int) -> ServiceMessage:
    found: ServiceMessage = get_object_or_404(messages_for(_reader(request)), pk=pk)
    return found


def _reader(request: PortalRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
