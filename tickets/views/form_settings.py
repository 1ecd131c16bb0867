"""Forms, as the portal's administrators build them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.organising import NameTaken
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from tickets.actions.forms import FormInUse, add_form, copy_form, remove_form, rename_form
from tickets.form_uses import answers_to, topics_using
from tickets.forms.builder import FormNameForm, NewTicketFormForm
from tickets.forms.builder_words import condition_in_words
from tickets.models import FormField, HelpTopic, TicketForm

BY_NAME = Order("name", by_text=True)


@administrators_only
def forms_settings(request: PortalRequest) -> HttpResponse:
    page = paginate(TicketForm.objects.all(), BY_NAME, request.GET, shown=_with_uses)
    return render(request, "tickets/settings/forms.html", {"page": page})


@administrators_only
def form_new(request: PortalRequest) -> HttpResponse:
    form = NewTicketFormForm(request.POST or None, initial={"ready": ""})
    if request.method == "POST" and form.is_valid():
        name, ready = form.cleaned_data["name"], form.cleaned_data["ready"]
        try:
            made = add_form(actor=request.user, name=name, ready=ready)
        except NameTaken:
            form.add_error("name", _taken(name))
        else:
            told = _("%s is there. Look through its questions; they are yours to change.")
            messages.success(request, (told if ready else _("%s is there. Add its first question.")) % made)
            return redirect("form_settings", made.pk)
    return render(request, "tickets/settings/form_new.html", {"form": form}, status=422 if form.errors else 200)


@administrators_only
def form_settings(request: PortalRequest, pk: int) -> HttpResponse:
    return form_page(request, get_object_or_404(TicketForm, pk=pk))


@post_only
@administrators_only
def form_name(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(TicketForm, pk=pk)
    form = FormNameForm(request.POST, auto_id="name_%s")
    if form.is_valid():
        try:
            rename_form(actor=request.user, form=found, name=form.cleaned_data["name"])
        except NameTaken:
            form.add_error("name", _taken(form.cleaned_data["name"]))
        else:
            messages.success(request, _("Saved."))
            return redirect("form_settings", pk)
    return form_page(request, found, status=422, name_form=form)


@post_only
@administrators_only
def form_copy(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(TicketForm, pk=pk)
    form = FormNameForm(request.POST, auto_id="copy_%s")
    if form.is_valid():
        try:
            copy = copy_form(actor=request.user, form=found, name=form.cleaned_data["name"])
        except NameTaken:
            form.add_error("name", _taken(form.cleaned_data["name"]))
        else:
            told = _("%(copy)s asks what %(form)s asks. What you change here changes nothing there.")
            messages.success(request, told % {"copy": copy, "form": found})
            return redirect("form_settings", copy.pk)
    return form_page(request, found, status=422, copy_form=form)


@post_only
@administrators_only
def form_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(TicketForm, pk=pk)
    try:
        remove_form(actor=request.user, form=found)
    except FormInUse:
        messages.error(request, _("Help topics use %s. Give them another form first.") % found)
        return redirect("form_settings", pk)
    messages.success(request, _("%s is removed. Answers on tickets stay.") % found)
    return redirect("forms_settings")


def form_page(request: PortalRequest, found: TicketForm, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one form: what it asks, who uses it, what can be done with it."""
    fields = list(FormField.objects.filter(form=found).select_related("depends_on"))
    answers = answers_to(fields)
    for field in fields:
        field.total, field.condition = answers.get(field.pk, 0), condition_in_words(field)
    asked = [field for field in fields if field.is_active]
    context = {
        "ticket_form": found,
        "asked": asked,
        "removed": [field for field in fields if not field.is_active],
        "answered": sum(answers.values()),
        "topics": topics_using(found),
        "name_form": FormNameForm(initial={"name": found.name}, auto_id="name_%s"),
        "copy_form": FormNameForm(initial={"name": _("Copy of %s") % found}, auto_id="copy_%s"),
        **forms,
    }
    return render(request, "tickets/settings/form.html", context, status=status)


def _with_uses(forms: QuerySet[TicketForm]) -> QuerySet[TicketForm]:
    """Forms with how many questions they ask, and the topics that use them."""
    counted = forms.annotate(asked=Count("fields", filter=Q(fields__is_active=True)))
    return counted.prefetch_related(Prefetch("topics", queryset=HelpTopic.objects.all()))


def _taken(name: str) -> str:
    return _("There is a form called %s already.") % name
