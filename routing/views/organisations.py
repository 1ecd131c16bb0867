"""Which department answers for an organisation (T12)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from accounts.views.organisations import fetch_organisation
from routing.actions.arranging import DepartmentClosed, set_responsible_department
from routing.forms import ResponsibleDepartmentForm
from routing.queries import responsible_department


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
            return redirect("organisation", pk)
    context = {"organisation": found, "form": form}
    return render(request, "routing/organisation_department.html", context, status=422 if form.errors else 200)
