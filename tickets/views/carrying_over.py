"""An article made from an answer: what is somebody's is shown marked, and stays away unless the writer lets it in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import agents_only
from knowledge.models import Section
from tickets.actions.carrying_over import NotAnAnswer, article_from_answer
from tickets.forms.carrying_over import CarryingOverForm
from tickets.models import Message, Ticket
from tickets.private_parts import Part, split, without
from tickets.queries import answers_to_carry_over, names_around
from tickets.views.desk import fetch


@agents_only
def desk_carry_over(request: PortalRequest, number: int, pk: int) -> HttpResponse:
    """Look through an answer, and make a draft of it."""
    ticket = fetch(request, number)
    answer: Message = get_object_or_404(answers_to_carry_over(ticket), pk=pk)
    names = names_around(ticket)
    parts = split(answer.body, names)
    form = CarryingOverForm(
        request.POST if request.method == "POST" else None,
        found=_distinct(parts),
        files=list(answer.attachments.all()),
        initial={"title": without(split(ticket.subject, names)), "language": ticket.requester.reading_language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = article_from_answer(actor=request.user, message=answer, **form.cleaned_data)
        except NotAnAnswer:
            return redirect("desk_ticket", number)
        messages.success(request, _("The draft is made. Read it once more before you publish it."))
        return redirect("desk_article", made.pk)
    return _page(request, ticket, answer, parts, form)


def _page(
    request: PortalRequest, ticket: Ticket, answer: Message, parts: list[Part], form: CarryingOverForm
) -> HttpResponse:
    context: dict[str, Any] = {
        "ticket": ticket,
        "answer": answer,
        "parts": parts,
        "form": form,
        "has_sections": Section.objects.exists(),
    }
    return render(request, "tickets/desk/carrying_over.html", context, status=422 if form.errors else 200)


def _distinct(parts: list[Part]) -> list[tuple[str, str]]:
    """Every different thing that was found, as it stands first in the text."""
    found: dict[str, str] = {}
    for part in parts:
        if part.kind and part.key:
            found.setdefault(part.key, part.text.strip())
    return list(found.items())
