"""The questions of a form, as the portal's administrators write them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.languages import in_quotes
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from tickets.actions.forms import (
    FieldNeeded,
    FieldRefused,
    add_field,
    move_field,
    remove_field,
    restore_field,
    update_field,
)
from tickets.enums import FieldAccess, FieldKind
from tickets.field_rules import discrete_values
from tickets.form_uses import answers_to, rules_asking
from tickets.forms.builder import FieldForm, SampleForm
from tickets.forms.builder_words import KIND_WORDS, fault_in_words
from tickets.models import FormField, TicketForm

LOOKS_AGAIN = (
    "again"  # the button that shows the page again without saving: tries a pattern, shows a question's answers
)


@administrators_only
def form_field_new(request: PortalRequest, pk: int) -> HttpResponse:
    """First the kind is chosen, then what that kind has."""
    found = get_object_or_404(TicketForm, pk=pk)
    kind = request.GET.get("kind", "")
    if kind not in FieldKind.values:
        return render(request, "tickets/settings/form_kinds.html", {"ticket_form": found, "kinds": _kinds()})
    form = FieldForm(request.POST or None, kind=kind, earlier=_asked(found), is_new=True)
    if request.method == "POST" and LOOKS_AGAIN not in request.POST and form.is_valid():
        try:
            made = add_field(actor=request.user, form=found, values=form.values())
        except FieldRefused as refused:
            form.add_faults(refused.faults)
        else:
            messages.success(request, _("“%s” is asked from now on, as the last question.") % made)
            return redirect("form_settings", pk)
    return _page(request, found, form)


@administrators_only
def form_field(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    """Change a question; as another kind with `?kind=`, while nobody has answered it."""
    field = _fetch(pk, row)
    kind = request.GET.get("kind", "")
    kind = kind if kind in FieldKind.values else field.kind
    earlier = [other for other in _asked(field.form) if (other.position, other.pk) < (field.position, field.pk)]
    form = FieldForm.of(field, kind=kind, earlier=earlier, data=request.POST or None)
    if request.method == "POST" and LOOKS_AGAIN not in request.POST and form.is_valid():
        try:
            saved = update_field(actor=request.user, field=field, values=form.values())
        except FieldRefused as refused:
            form.add_faults(refused.faults)
        else:
            messages.success(request, _("“%s” is saved. Tickets that are here keep it as it was asked.") % saved)
            if set(discrete_values(field)) - set(discrete_values(saved)):
                _warn_of_answers(request, saved)
            return redirect("form_settings", pk)
    return _page(request, field.form, form, field)


@post_only
@administrators_only
def form_field_place(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    field, up = _fetch(pk, row), request.POST.get("do") == "up"
    try:
        move_field(actor=request.user, field=field, up=up)
    except FieldNeeded as needed:
        told = _("“%s” has to stay behind the question it depends on.")
        messages.error(request, told % needed.fields[0])
    else:
        messages.success(request, (_("“%s” is asked earlier now.") if up else _("“%s” is asked later now.")) % field)
    return redirect(f"{resolve_url('form_settings', pk)}#field-{row}")


@post_only
@administrators_only
def form_field_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    field = _fetch(pk, row)
    try:
        remove_field(actor=request.user, field=field)
    except FieldNeeded as needed:
        others = ", ".join(in_quotes(other) for other in needed.fields)
        told = _("Not removed: %s is asked only with certain answers to this question. Change that first.")
        messages.error(request, told % others)
        return redirect("form_field", pk, row)
    messages.success(request, _("“%s” is asked no more. Answers stay, and you can ask it again below.") % field)
    _warn_of_rules(request, field)
    return redirect("form_settings", pk)


@post_only
@administrators_only
def form_field_return(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    field = _fetch(pk, row)
    try:
        restored = restore_field(actor=request.user, field=field)
    except FieldRefused as refused:
        messages.error(request, fault_in_words(refused.faults[0]))
        return redirect("form_settings", pk)
    if field.depends_on_id and not restored.depends_on_id:
        told = _("“%s” is asked again, and always: what it depended on is asked no more, or has other answers now.")
        messages.warning(request, told % restored)
    else:
        messages.success(request, _("“%s” is asked again.") % restored)
    return redirect("form_settings", pk)


def _fetch(pk: int, row: int) -> FormField:
    """A question through its form."""
    form = get_object_or_404(TicketForm, pk=pk)
    field: FormField = get_object_or_404(FormField.objects.select_related("depends_on"), form=form, pk=row)
    field.form = form
    return field


def _asked(form: TicketForm) -> list[FormField]:
    return list(FormField.objects.filter(form=form, is_active=True))


def _kinds() -> list[tuple[FieldKind, Any]]:
    return [(kind, KIND_WORDS[kind]) for kind in FieldKind]


def _samples(field: FormField) -> list[tuple[str, str, SampleForm]]:
    """The question as it is saved, in each language in which somebody could read it."""
    samples = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            samples.append((code, str(name), SampleForm(field, f"sample_{code}")))
    return samples


def _warn_of_rules(request: PortalRequest, field: FormField) -> None:
    rules = rules_asking(field.key)
    if rules:
        told = ngettext(
            "The routing rule %s looks at its answer and finds none on new tickets of this form.",
            "The routing rules %s look at its answer and find none on new tickets of this form.",
            len(rules),
        )
        messages.warning(request, told % ", ".join(rule.name for rule in rules))


def _warn_of_answers(request: PortalRequest, field: FormField) -> None:
    rules = rules_asking(field.key)
    if rules:
        told = _("Answers are taken away here that routing rules may name. These look at the question: %s.")
        messages.warning(request, told % ", ".join(rule.name for rule in rules))


def _page(request: PortalRequest, found: TicketForm, form: FieldForm, field: FormField | None = None) -> HttpResponse:
    trial = ""
    if LOOKS_AGAIN in request.POST:
        trial, form = form.pattern_trial(), form.unjudged()
    context: dict[str, Any] = {
        "ticket_form": found,
        "form": form,
        "kind_name": form.kind.label,
        "kind_words": KIND_WORDS[form.kind],
        "trial": trial,
        "field_row": field,
    }
    if field is not None:
        total = answers_to([field]).get(field.pk, 0)
        context |= {"total": total, "rules": rules_asking(field.key), "kinds": [] if total else _kinds()}
        context["samples"] = _samples(field) if field.access == FieldAccess.CUSTOMER else []
    return render(request, "tickets/settings/form_field.html", context, status=422 if form.errors else 200)
