"""The guide "Where to turn", as the portal's administrators set it: as a tree, with what is amiss, and as a customer
sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.forms.choosing import offered_organisations
from accounts.languages import in_quotes
from accounts.models import Organisation, User
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from knowledge.actions.guide import (
    AnswerRefused,
    GuideLoops,
    StillReached,
    begin_with,
    move_answer,
    remove_answer,
    remove_question,
    save_question,
)
from knowledge.enums import GuideEnd
from knowledge.models import GuideAnswer, GuideQuestion
from knowledge.queries.guide import Guide
from tickets.actions.guide import save_guide_answer
from tickets.actions.usual_guide import add_usual_guide, usual_topics
from tickets.forms.guide import AnswerForm, PreviewForm, QuestionForm
from tickets.guide_check import remarks_on
from tickets.models import GuideTopic
from tickets.turning import Turning
from tickets.views.contact import lines_of

SOMEBODY = "somebody@preview.invalid"


@dataclass(frozen=True)
class Row:
    """A line of the tree: a question, or an answer below it. `again`: its question stands further up already."""

    depth: int
    question: GuideQuestion | None = None
    answer: GuideAnswer | None = None
    topic: str = ""
    again: bool = False
    is_first: bool = False
    is_last: bool = False


@administrators_only
def guide_settings(request: PortalRequest) -> HttpResponse:
    guide = Guide(with_examples=True)
    topics = {row.answer_id: str(row.topic) for row in GuideTopic.objects.select_related("topic")}
    context = {
        "rows": list(_tree(guide, topics)),
        "beyond": [question for pk, question in guide.questions.items() if pk not in guide.reached],
        "remarks": remarks_on(guide),
        "forms_for_everybody": len(usual_topics()) if guide.first is None else 0,
    }
    return render(request, "tickets/settings/guide.html", context)


@post_only
@administrators_only
def guide_beginning(request: PortalRequest) -> HttpResponse:
    if add_usual_guide(actor=request.user):
        messages.success(request, _("The guide is there, and customers see it. Change what is different with you."))
    else:
        messages.info(request, _("Nothing was added: there is a guide already, or not one form for everything."))
    return redirect("guide_settings")


@administrators_only
def guide_question_new(request: PortalRequest) -> HttpResponse:
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = save_question(actor=request.user, question=None, **form.values())
        messages.success(request, _("The question is added. Now add its answers."))
        return redirect("guide_question", made.pk)
    return _question_page(request, form, None)


@administrators_only
def guide_question(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(GuideQuestion, pk=pk)
    form = QuestionForm(request.POST or None, initial=QuestionForm.of(found))
    if request.method == "POST" and form.is_valid():
        save_question(actor=request.user, question=found, **form.values())
        messages.success(request, _("Saved. Customers read it from now on."))
        return redirect("guide_settings")
    return _question_page(request, form, found)


@post_only
@administrators_only
def guide_question_start(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(GuideQuestion, pk=pk)
    begin_with(actor=request.user, question=found)
    messages.success(request, _("The guide begins with %s now.") % in_quotes(found))
    return redirect("guide_settings")


@post_only
@administrators_only
def guide_question_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(GuideQuestion, pk=pk)
    try:
        remove_question(actor=request.user, question=found)
    except StillReached:
        told = _("%s stays: answers lead to it, or the guide begins with it. Change that first.")
        messages.error(request, told % in_quotes(found))
        return redirect("guide_question", pk)
    messages.success(request, _("%s is removed, with its answers.") % in_quotes(found))
    return redirect("guide_settings")


@administrators_only
def guide_answer_new(request: PortalRequest, pk: int) -> HttpResponse:
    return _answer_page(request, get_object_or_404(GuideQuestion, pk=pk), None)


@administrators_only
def guide_answer(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch_answer(pk)
    return _answer_page(request, found.question, found)


@post_only
@administrators_only
def guide_answer_move(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch_answer(pk)
    is_up = request.POST.get("do") == "up"
    if move_answer(actor=request.user, answer=found, up=is_up):
        words = _("%s is one place further up.") if is_up else _("%s is one place further down.")
        messages.success(request, words % in_quotes(found))
    else:
        messages.info(request, _("%s stays where it is: there is none beside it on that side.") % in_quotes(found))
    return redirect(f"{reverse('guide_settings')}#answer-{found.pk}")


@post_only
@administrators_only
def guide_answer_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch_answer(pk)
    remove_answer(actor=request.user, answer=found)
    messages.success(request, _("%s is removed.") % in_quotes(found))
    return redirect("guide_settings")


@administrators_only
def guide_preview(request: PortalRequest) -> HttpResponse:
    """The table as a customer of a chosen organisation reads it, or a guest."""
    form, guide = PreviewForm(request.GET or None), Guide(with_examples=True)
    chosen = form.cleaned_data.get("organisation") if form.is_valid() else None
    reader = _somebody_at(chosen, form.cleaned_data["is_named_contact"]) if chosen else None
    context = {
        "form": form,
        "organisations": offered_organisations(),
        "chosen": chosen,
        "lines": lines_of(guide, Turning(reader, guide.answers.values())),
    }
    return render(request, "tickets/settings/guide_preview.html", context, status=422 if form.errors else 200)


def _somebody_at(organisation: Organisation, is_named_contact: bool) -> User:
    """A customer who does not exist, to read the guide as they would."""
    return User(
        email=SOMEBODY, email_key=SOMEBODY, organisation=organisation, is_named_contact=is_named_contact, is_active=True
    )


def _fetch_answer(pk: int) -> GuideAnswer:
    rows = GuideAnswer.objects.select_related("question", "guide_topic").prefetch_related("examples")
    found: GuideAnswer = get_object_or_404(rows, pk=pk)
    return found


def _question_page(request: PortalRequest, form: QuestionForm, found: GuideQuestion | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "question": found}
    if found is not None:
        context["answers"] = list(found.answers.select_related("leads_to"))
    return render(request, "tickets/settings/guide_question.html", context, status=422 if form.errors else 200)


def _answer_page(request: PortalRequest, question: GuideQuestion, found: GuideAnswer | None) -> HttpResponse:
    form = AnswerForm(request.POST or None, initial=AnswerForm.of(found) if found else {"goes": GuideEnd.FORM})
    if request.method == "POST" and form.is_valid():
        try:
            made = save_guide_answer(
                actor=request.user,
                question=question,
                answer=found,
                words=form.words(),
                topic=form.cleaned_data["topic"],
            )
        except AnswerRefused as refusal:
            form.refuse(refusal.why)
        except GuideLoops:
            form.add_error("leads_to", _("That leads back to where this answer stands, round in circles."))
        else:
            messages.success(request, _("Saved. Customers read it from now on."))
            return redirect(f"{reverse('guide_settings')}#answer-{made.pk}")
    context = {"form": form, "question": question, "answer": found}
    return render(request, "tickets/settings/guide_answer.html", context, status=422 if form.errors else 200)


def _tree(guide: Guide, topics: dict[int, str]) -> Iterator[Row]:
    seen: set[int] = set()

    def grow(question: GuideQuestion, depth: int) -> Iterator[Row]:
        seen.add(question.pk)
        yield Row(depth, question=question)
        answers = guide.answers_of(question)
        for answer in answers:
            goal = answer.leads_to
            yield Row(
                depth + 1,
                answer=answer,
                topic=topics.get(answer.pk, ""),
                again=goal is not None and goal.pk in seen,
                is_first=answer == answers[0],
                is_last=answer == answers[-1],
            )
            if goal is not None and goal.pk not in seen:
                yield from grow(goal, depth + 2)

    if guide.first is not None:
        yield from grow(guide.first, 0)
