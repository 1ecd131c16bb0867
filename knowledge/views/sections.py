"""The sections articles stand in: their names and their order."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import agents_only
from knowledge.actions.sections import (
    SectionInUse,
    SectionRefused,
    add_section,
    move_section,
    remove_section,
    update_section,
)
from knowledge.forms.articles import SectionForm
from knowledge.models import Section
from knowledge.queries.articles import desk_articles
from knowledge.rules import may_publish


@agents_only
def sections(request: PortalRequest) -> HttpResponse:
    """All of them, in order; whoever may publish adds one."""
    publishes, form = may_publish(request.user), SectionForm(request.POST or None)
    if request.method == "POST" and publishes and form.is_valid():
        try:
            add_section(actor=request.user, names=form.names(), descriptions=form.descriptions())
        except SectionRefused:
            form.add_error(None, _("There are as many sections as there can be."))
        else:
            messages.success(request, _("The section is added."))
            return redirect("desk_sections")
    rows = list(Section.objects.annotate(number=Count("articles")))
    context = {"rows": rows, "form": form, "publishes": publishes}
    return render(request, "knowledge/desk/sections.html", context, status=422 if form.errors else 200)


@agents_only
def section(request: PortalRequest, pk: int) -> HttpResponse:
    """One section: its names, and its articles in their order. The buttons also move it, or remove it."""
    found: Section = get_object_or_404(Section, pk=pk)
    publishes = may_publish(request.user)
    initial = {name: getattr(found, name) for name in SectionForm.base_fields}
    form = SectionForm(initial=initial)
    if request.method == "POST" and publishes:
        if request.POST.get("do") in ("up", "down"):
            move_section(actor=request.user, section=found, before=request.POST["do"] == "up")
            return redirect("desk_sections")
        if request.POST.get("do") == "remove":
            return _removed(request, found)
        form = SectionForm(request.POST, initial=initial)
        if form.is_valid():
            update_section(actor=request.user, section=found, names=form.names(), descriptions=form.descriptions())
            messages.success(request, _("Saved."))
            return redirect("desk_section", pk)
    rows = desk_articles().filter(section=found).order_by("position", "pk")
    context = {"section": found, "form": form, "articles": list(rows), "publishes": publishes}
    return render(request, "knowledge/desk/section.html", context, status=422 if form.errors else 200)


def _removed(request: PortalRequest, found: Section) -> HttpResponse:
    try:
        remove_section(actor=request.user, section=found)
    except SectionInUse:
        messages.error(request, _("Articles stand in “%s”. Move them to another section first.") % found.name)
        return redirect("desk_section", found.pk)
    messages.success(request, _("“%s” is removed.") % found.name)
    return redirect("desk_sections")
