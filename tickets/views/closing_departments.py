"""A department ends: what would move, who takes over, and how far its tickets have come."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from routing.actions.arranging import DepartmentClosed
from routing.models import Department, RoutingRule
from routing.views.departments import fetch_department
from tickets.actions.closing_departments import close_department, left_to_move, plan_closure
from tickets.forms.closing_departments import ClosureForm
from tickets.models import HelpTopic
from tickets.views.some_of import SomeOf, some_of


@administrators_only
@vary_on_headers("HX-Request")
def department_closure(request: PortalRequest, pk: int) -> HttpResponse:
    """Read what moves, say where to, do it; afterwards, how many open tickets are still to be moved. While there are
    any, the page asks again; the answer then is that part."""
    found = fetch_department(pk)
    if not found.is_active:
        return _progress(request, found)
    form = ClosureForm(request.POST if request.method == "POST" else None, department=found)
    if request.method == "POST" and form.is_valid():
        try:
            closed = close_department(actor=request.user, department=found, **form.cleaned_data)
        except DepartmentClosed:
            form.add_error("successor", _("This department has just been closed. Choose another one."))
        else:
            told = _("%(department)s has closed. %(successor)s takes over.")
            messages.success(request, told % {"department": closed, "successor": closed.successor})
            return redirect("department_closure", pk)
    others = Department.objects.filter(is_active=True).exclude(pk=pk)
    context = {
        "department": found,
        "plan": plan_closure(found),
        "named": _named(found),
        "form": form,
        "others": others.count(),
        "shared": [] if found.is_shared else list(others.filter(is_shared=True)),
    }
    return render(request, "tickets/settings/department_closure.html", context, status=422 if form.is_bound else 200)


def _named(found: Department) -> dict[str, SomeOf]:
    """What moves and has a page of its own."""
    return {
        "topics": some_of(
            HelpTopic.objects.filter(department=found), lambda row: (row.name, reverse("topic", args=[row.pk]))
        ),
        "rules": some_of(
            RoutingRule.objects.filter(department=found), lambda row: (row.name, reverse("routing_rule", args=[row.pk]))
        ),
        "children": some_of(
            Department.objects.filter(parent=found).order_by("name"),
            lambda row: (row.name, reverse("department", args=[row.pk])),
        ),
    }


def _progress(request: PortalRequest, found: Department) -> HttpResponse:
    left = left_to_move([found]).count() if found.successor_id else 0
    context = {"department": found, "left": left}
    if getattr(request, "htmx", False):
        return render(request, "components/moving_tickets.html", context) if left else HttpResponseClientRefresh()
    return render(request, "tickets/settings/department_closed.html", context)
