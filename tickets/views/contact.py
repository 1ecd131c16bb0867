"""Where to turn (M1, S8): a few questions with answers to choose, one page each, and the same as one table."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.passing import whole_number
from accounts.queries.telephones import phone_for
from accounts.requests import PortalRequest, reader_of
from knowledge.models import GuideAnswer, GuideQuestion
from knowledge.queries.guide import Guide, Way
from tickets.turning import Turn, Turning

LONGEST_WAY = 20  # answers named in an address


@dataclass(frozen=True)
class Step:
    """An answer to choose, or one that was chosen, with its address."""

    answer: GuideAnswer
    url: str


@dataclass(frozen=True)
class Line:
    """A line of the table: what is asked, in the words of the way there and as people ask it, and where to turn."""

    way: Way
    answer: GuideAnswer
    turn: Turn


def contact(request: PortalRequest) -> HttpResponse:
    guide = Guide(with_examples=True)
    lines = lines_of(guide, Turning(reader_of(request), guide.answers.values()))
    return _page(request, first_question(guide) | {"lines": lines})


def contact_answer(request: PortalRequest, pk: int) -> HttpResponse:
    """What follows an answer: the next question, or where to turn. 404 for an answer that nobody comes to."""
    guide = Guide()
    answer = guide.answers.get(pk)
    way = guide.way_to(answer, _before(request)) if answer is not None else ()
    if answer is None or not way:
        raise Http404
    context: dict[str, Any] = {"steps": steps_of(guide, way)}
    if answer.leads_to is not None:
        context |= question_of(guide, answer.leads_to, way)
    else:
        context |= {"answer": answer, "turn": Turning(reader_of(request), [answer]).of(answer)}
    return _page(request, context)


def first_question(guide: Guide) -> dict[str, Any]:
    """What the guide begins with, as pages show it; nothing where there is no guide."""
    return question_of(guide, guide.first, ()) if guide.first is not None else {}


def question_of(guide: Guide, question: GuideQuestion, way: Way) -> dict[str, Any]:
    """A question as pages show it (`components/guide_choices.html`), after `way`."""
    choices = [Step(answer, _address(guide, (*way, answer))) for answer in guide.answers_of(question)]
    return {"question": question, "choices": choices}


def steps_of(guide: Guide, way: Way) -> list[Step]:
    """What was chosen on the way, each with its address."""
    return [Step(answer, _address(guide, way[: place + 1])) for place, answer in enumerate(way)]


def lines_of(guide: Guide, turning: Turning) -> list[Line]:
    """The whole guide, taken with its examples, as a table."""
    return [Line(way, answer, turning.of(answer)) for way, answer in guide.ends()]


def _address(guide: Guide, way: Way) -> str:
    """The address of the last of these answers; it names those before it only where another way is shorter."""
    *before, last = way
    plain = reverse("contact_answer", args=[last.pk])
    is_shortest = guide.ways.get(last.pk) == way
    return plain if is_shortest else f"{plain}?via={'.'.join(str(answer.pk) for answer in before)}"


def _before(request: PortalRequest) -> list[int]:
    numbers = [whole_number(part) for part in request.GET.get("via", "").split(".", LONGEST_WAY)]
    return [number for number in numbers[:LONGEST_WAY] if number is not None]


def _page(request: PortalRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "tickets/contact.html", context | {"phone": phone_for(reader_of(request))})
