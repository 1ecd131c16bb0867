"""Which department answers an organisation, and for which topics another one does (T12)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from accounts.views.organisations import fetch_organisation
from routing.actions.arranging import DepartmentClosed, set_responsible_department
from routing.forms import ResponsibleDepartmentForm
from routing.queries import responsible_department
from tickets.actions.exceptions import remove_exception, set_exception
from tickets.forms.organisation_routing import ExceptionForm
from tickets.models import OrganisationException


@administrators_only
def organisation_department(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = ResponsibleDepartmentForm(request.POST or None, initial={"department": responsible_department(found)})
    if request.method == "POST" and form.is_valid():
        department = form.cleaned_data["department"]
        try:
            set_responsible_department(actor=request.user, organisation=found, department=department)
        except DepartmentClosed:
            form.add_error("department", _("This department has just been closed. Choose another one."))
        else:
            if department is None:
                messages.success(request, _("New tickets of %s go where their topic says.") % found)
            else:
                names = {"organisation": found, "department": department}
                messages.success(request, _("New tickets of %(organisation)s go to %(department)s.") % names)
            return redirect("organisation_department", pk)
    return _page(request, found, status=422 if form.errors else 200, form=form)


@post_only
@administrators_only
def organisation_exceptions(request: PortalRequest, pk: int) -> HttpResponse:
    """Add an exception for a topic, or change it."""
    found = fetch_organisation(pk)
    form = ExceptionForm(request.POST, auto_id="exception_%s")
    if form.is_valid():
        topic, department = form.cleaned_data["topic"], form.cleaned_data["department"]
        try:
            set_exception(actor=request.user, organisation=found, topic=topic, department=department)
        except DepartmentClosed:
            form.add_error("department", _("This department has just been closed. Choose another one."))
        else:
            told = (
                _("Their tickets about “%(topic)s” go to %(department)s.")
                if department
                else _("Their tickets about “%(topic)s” go where everybody's go.")
            )
            messages.success(request, told % {"topic": topic, "department": department})
            return redirect("organisation_department", pk)
    return _page(request, found, status=422, exception_form=form)


@post_only
@administrators_only
def organisation_exception_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    found = fetch_organisation(pk)
    exceptions = OrganisationException.objects.select_related("topic").filter(organisation=found)
    exception = get_object_or_404(exceptions, pk=row)
    remove_exception(actor=request.user, organisation=found, topic=exception.topic)
    messages.success(request, _("The exception for “%s” is removed.") % exception.topic)
    return redirect("organisation_department", pk)


def _page(request: PortalRequest, found: Organisation, *, status: int, **forms: Any) -> HttpResponse:
    exceptions = OrganisationException.objects.filter(organisation=found).select_related("topic", "department")
    responsible = responsible_department(found)
    context = {
        "organisation": found,
        "responsible": responsible,
        "exceptions": list(exceptions.order_by("topic__position", "topic__pk")),
        "form": ResponsibleDepartmentForm(initial={"department": responsible}),
        "exception_form": ExceptionForm(auto_id="exception_%s"),
        **forms,
    }
    return render(request, "tickets/desk/organisation_department.html", context, status=status)
