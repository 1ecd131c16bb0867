"""What of a department's settings decides about working hours: its calendar, and below which other one it stands."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.arranging import DepartmentClosed
from routing.actions.calendars import set_department_calendar
from routing.actions.departments import BelowItself, move_department
from routing.forms import DepartmentCalendarForm, PlaceForm
from routing.views.departments import department_page, fetch_department
from tickets.enums import TimesChange
from tickets.views.weighing import ask_first, save_weighed, with_moves


@post_only
@administrators_only
def department_calendar(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a department work by a calendar of its own, or by that of the one above."""
    found = fetch_department(pk)
    form = DepartmentCalendarForm(request.POST, department=found)
    if not form.is_valid():
        return department_page(request, found, status=422, calendar_form=form)
    chosen = form.cleaned_data["calendar"]
    saved, weighed = save_weighed(
        request,
        TimesChange.CALENDAR,
        lambda: set_department_calendar(actor=request.user, department=found, calendar=chosen),
    )
    if saved is None:
        return ask_first(request, weighed, found.name, reverse("department", args=[pk]))
    messages.success(request, with_moves(_("Saved. %s works by these hours now.") % found, weighed))
    return redirect("department", pk)


@post_only
@administrators_only
def department_place(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a department belong to another one, whose hours it works by if it has none of its own."""
    found = fetch_department(pk)
    form = PlaceForm(request.POST, department=found, auto_id="place_%s")
    if not form.is_valid():
        return department_page(request, found, status=422, place_form=form)
    parent = form.cleaned_data["parent"]
    try:
        moved, weighed = save_weighed(
            request,
            TimesChange.CALENDAR,
            lambda: move_department(actor=request.user, department=found, parent=parent),
        )
    except (BelowItself, DepartmentClosed):
        form.add_error("parent", _("It cannot belong to this department now. Choose another one."))
        return department_page(request, found, status=422, place_form=form)
    if moved is None:
        return ask_first(request, weighed, found.name, reverse("department", args=[pk]))
    done = (
        _("%(department)s belongs to %(parent)s now.")
        if moved.parent
        else _("%(department)s belongs to no other department now.")
    )
    messages.success(request, with_moves(done % {"department": moved, "parent": moved.parent}, weighed))
    return redirect("department", pk)
