"""The front page: where a customer begins."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest, reader_of
from knowledge.models import GuideQuestion
from knowledge.queries.guide import Guide
from knowledge.queries.help_settings import help_settings
from knowledge.queries.reading import shelves_for
from tickets.as_known import AsKnown
from tickets.queries import own_with_unread
from tickets.topic_tree import choice_for
from tickets.views.contact import first_question

SHELVES, ARTICLES = 4, 3  # how many sections, and of each how many articles
OWN = 5


def home(request: PortalRequest) -> HttpResponse:
    """Search, what is open, what can be asked, what is known, when and how we are reached. A portal that leads people
    through "Where to turn" begins with its first question (M1)."""
    reader, settings = reader_of(request), help_settings()
    context: dict[str, Any] = {
        "settings": settings,
        "shelves": shelves_for(reader, few=ARTICLES, most=SHELVES),
        "phone": phone_for(reader),
    }
    if settings.guide_first:
        context |= first_question(Guide())
    else:
        context["choice"] = choice_for(reader)
        context["has_guide"] = GuideQuestion.objects.filter(is_first=True).exists()
    if reader is not None:
        context |= _own(reader)
    return render(request, "tickets/home.html", context)


def _own(reader: User) -> dict[str, Any]:
    """The open tickets a reader takes part in, the latest first, and how many of all of these have unread answers: one
    query for both, and the header need not ask again."""
    known = AsKnown()
    tickets = own_with_unread(reader).annotate(is_done=known.is_closed())
    in_order = tickets.select_related(None).select_related("requester").order_by("is_done", "-last_activity_at", "-pk")
    rows: list[Any] = list(in_order[:OWN])
    own_open = [row for row in rows if not row.is_done]
    known.stand(own_open)
    return {"own_open": own_open, "unread_total": rows[0].unread_total if rows else 0}
