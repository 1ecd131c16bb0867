"""Help topics, as the portal's administrators set them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.passing import whole_number
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.arranging import DepartmentClosed
from tickets.actions.arranging import (
    MisplacedTopic,
    SlugTaken,
    add_topic,
    move_topic,
    restore_topic,
    retire_topic,
    update_topic,
)
from tickets.enums import FieldAccess, FieldKind
from tickets.field_rules import TICKED
from tickets.forms.questions import PREFIX
from tickets.forms.topics import TopicForm
from tickets.models import FormField, HelpTopic
from tickets.queries import questions_of
from tickets.topic_tree import flat, tree_of

NOT_IN_ADDRESSES = (FieldKind.FILE, FieldKind.HEADING)
CHOICES_NAMED = 12  # of a question, where it is said what can be written
WRITTEN = {  # how an answer stands in an address, where that is not as people write it
    FieldKind.CHECKBOX: TICKED,
    FieldKind.DATE: "2026-12-31",
    FieldKind.DATE_TIME: "2026-12-31T14:30",
    FieldKind.NUMBER: "12.5",
}


@administrators_only
def topics_settings(request: PortalRequest) -> HttpResponse:
    rows = list(flat(tree_of(HelpTopic.objects.select_related("department", "form"))))
    return render(request, "tickets/settings/topics.html", {"rows": rows})


@administrators_only
def topic_new(request: PortalRequest) -> HttpResponse:
    parent = whole_number(request.GET.get("below", ""))
    form = TopicForm(request.POST or None, initial={"parent": parent})
    if request.method == "POST" and form.is_valid():
        made = _save(request, form, None)
        if made is not None:
            messages.success(request, _("%s is added. This is what customers read.") % made)
            return redirect("topic", made.pk)
    return _page(request, form, None)


@administrators_only
def topic(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_topic(pk)
    form = TopicForm(request.POST or None, topic=found, initial=TopicForm.of(found))
    if request.method == "POST" and form.is_valid() and _save(request, form, found) is not None:
        messages.success(request, _("Saved. It holds for tickets from now on; older ones stay where they are."))
        return redirect("topic", pk)
    return _page(request, form, found)


@post_only
@administrators_only
def topic_move(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_topic(pk)
    is_up = request.POST.get("do") == "up"
    if move_topic(actor=request.user, topic=found, up=is_up):
        messages.success(
            request, (_("%s is one place further up.") if is_up else _("%s is one place further down.")) % found
        )
    else:
        messages.info(request, _("%s stays where it is: there is none beside it on that side.") % found)
    return redirect(f"{reverse('topics_settings')}#topic-{found.pk}")


@post_only
@administrators_only
def topic_retirement(request: PortalRequest, pk: int) -> HttpResponse:
    found = retire_topic(actor=request.user, topic=fetch_topic(pk))
    below = found.children.filter(is_active=True).count()
    told = _("%s is offered to nobody any more. Its tickets keep it, and you can offer it again.") % found
    if below:
        also = ngettext(
            "The topic below it is not offered either.", "The %(number)d topics below it are not offered either.", below
        )
        told = f"{told} {also % {'number': below}}"
    messages.success(request, told)
    return redirect(f"{reverse('topics_settings')}#topic-{found.pk}")


@post_only
@administrators_only
def topic_return(request: PortalRequest, pk: int) -> HttpResponse:
    found = restore_topic(actor=request.user, topic=fetch_topic(pk))
    if found.parent is not None and not found.parent.is_active:
        told = _("%(topic)s is offered again as soon as %(parent)s is, below which it stands.")
        messages.warning(request, told % {"topic": found, "parent": found.parent})
    else:
        messages.success(request, _("%s is offered again.") % found)
    return redirect(f"{reverse('topics_settings')}#topic-{found.pk}")


def fetch_topic(pk: int) -> HelpTopic:
    """A topic of the portal, for its administrators. Else 404."""
    found: HelpTopic = get_object_or_404(HelpTopic.objects.select_related("parent", "department", "form"), pk=pk)
    return found


def _save(request: PortalRequest, form: TopicForm, found: HelpTopic | None) -> HelpTopic | None:
    """Through the door; what it refuses is told at the field, and nothing is saved."""
    audience = {name: form.cleaned_data[name] for name in ("organisations", "agreements")}
    try:
        if found is None:
            return add_topic(actor=request.user, **form.values_of_new(), **audience)
        return update_topic(actor=request.user, topic=found, values=form.values(), **audience)
    except SlugTaken:
        form.add_error("slug", _("Another topic has this word in its address already."))
    except MisplacedTopic:
        form.add_error("parent", _("There it would stand below itself, too deep, or below a topic nobody is offered."))
    except DepartmentClosed:
        form.add_error("department", _("This department has just been closed. Choose another one."))
    return None


def _page(request: PortalRequest, form: TopicForm, found: HelpTopic | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "topic": found}
    if found is not None:
        context |= {
            "address": request.build_absolute_uri(reverse("file_ticket", args=[found.slug])),
            "fillable": _fillable(found),
            "example": _example(request, found),
            "below": list(found.children.all()),
        }
    return render(request, "tickets/settings/topic.html", context, status=422 if form.errors else 200)


def _askable(found: HelpTopic) -> list[FormField]:
    """The questions that an address can answer beforehand."""
    return [
        question
        for question in questions_of(found)
        if question.access == FieldAccess.CUSTOMER and question.kind not in NOT_IN_ADDRESSES
    ]


def _fillable(found: HelpTopic) -> list[dict[str, Any]]:
    """What an address can fill in: each name, with what is written for it."""
    rows: list[dict[str, Any]] = [
        {"name": "subject", "label": _("What is it about?"), "words": _("One line")},
        {"name": "body", "label": _("Tell us more"), "words": _("Any text")},
    ]
    for question in _askable(found):
        row: dict[str, Any] = {"name": f"{PREFIX}{question.key}", "label": question.label}
        if question.choices:
            row["values"] = [choice["value"] for choice in question.choices[:CHOICES_NAMED]]
            row["is_cut"] = len(question.choices) > CHOICES_NAMED
            row["is_repeated"] = question.kind == FieldKind.CHOICES
        elif question.kind in WRITTEN:
            row["values"] = [WRITTEN[FieldKind(question.kind)]]
        else:
            row["words"] = question.get_kind_display()
        rows.append(row)
    return rows


def _example(request: PortalRequest, found: HelpTopic) -> str:
    """The topic's address with something filled in."""
    filled = {"subject": found.name}
    for question in _askable(found)[:1]:
        offered = question.choices[0]["value"] if question.choices else question.default
        value = offered or WRITTEN.get(FieldKind(question.kind), "…")
        filled[PREFIX + question.key] = value
    address = request.build_absolute_uri(reverse("file_ticket", args=[found.slug]))
    return f"{address}?{urlencode(filled)}"
