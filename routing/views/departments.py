"""Departments, as the portal's administrators set them."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.arranging import (
    DepartmentClosed,
    DepartmentNameTaken,
    add_department,
    add_member,
    remove_member,
    rename_department,
    set_shared,
)
from routing.actions.departments import MAIL_FIELDS
from routing.forms import (
    DepartmentCalendarForm,
    DepartmentForm,
    MailIdentityForm,
    MemberForm,
    NewDepartmentForm,
    PlaceForm,
)
from routing.models import Department, DepartmentMember
from routing.queries import sight_of


@administrators_only
def departments(request: PortalRequest) -> HttpResponse:
    return _list(request, NewDepartmentForm())


@post_only
@administrators_only
def department_new(request: PortalRequest) -> HttpResponse:
    form = NewDepartmentForm(request.POST)
    if form.is_valid():
        try:
            made = add_department(
                actor=request.user, name=form.cleaned_data["name"], parent=form.cleaned_data["parent"]
            )
        except DepartmentNameTaken:
            form.add_error("name", _("There is a department with this name already."))
        except DepartmentClosed:
            form.add_error("parent", _("This department has just been closed. Choose another one."))
        else:
            messages.success(request, _("%s is added. Say who works there.") % made)
            return redirect("department", made.pk)
    return _list(request, form, status=422)


@administrators_only
def department(request: PortalRequest, pk: int) -> HttpResponse:
    return department_page(request, fetch_department(pk))


@post_only
@administrators_only
def department_name(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_department(pk)
    form = DepartmentForm(request.POST, auto_id="department_%s")
    if form.is_valid():
        try:
            rename_department(actor=request.user, department=found, name=form.cleaned_data["name"])
        except DepartmentNameTaken:
            form.add_error("name", _("There is a department with this name already."))
        else:
            messages.success(request, _("Saved."))
            return redirect("department", pk)
    return department_page(request, found, status=422, name_form=form)


@post_only
@administrators_only
def department_sharing(request: PortalRequest, pk: int) -> HttpResponse:
    is_shared = request.POST.get("is_shared") == "yes"
    found = set_shared(actor=request.user, department=fetch_department(pk), is_shared=is_shared)
    told = (
        _("All agents see the tickets of %s now.")
        if is_shared
        else _("Only its own agents see the tickets of %s now, with the leads above and those who see everything.")
    )
    messages.success(request, told % found)
    return redirect("department", pk)


@post_only
@administrators_only
def department_members(request: PortalRequest, pk: int) -> HttpResponse:
    """Add a member, or change who leads."""
    found = fetch_department(pk)
    form = MemberForm(request.POST, department=found)
    if not form.is_valid():
        return department_page(request, found, status=422, member_form=form)
    user, is_lead = form.cleaned_data["user"], form.cleaned_data["is_lead"]
    add_member(actor=request.user, department=found, user=user, is_lead=is_lead)
    told = _("%(name)s leads %(department)s now.") if is_lead else _("%(name)s works in %(department)s now.")
    messages.success(request, told % {"name": user, "department": found})
    return redirect("department", pk)


@post_only
@administrators_only
def department_member_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    found = fetch_department(pk)
    member = get_object_or_404(found.memberships.select_related("user"), pk=row)
    remove_member(actor=request.user, department=found, user=member.user)
    messages.success(request, _("%(name)s has left %(department)s.") % {"name": member.user, "department": found})
    return redirect("department", pk)


def fetch_department(pk: int) -> Department:
    """The portal's department with its people; else 404."""
    found: Department = get_object_or_404(_with_members(), pk=pk)
    return found


def _with_members() -> QuerySet[Department]:
    members = DepartmentMember.objects.select_related("user").order_by("-is_lead", "user__search_key", "pk")
    found: QuerySet[Department] = Department.objects.select_related("parent", "successor").prefetch_related(
        Prefetch("memberships", queryset=members)
    )
    return found


def _list(request: PortalRequest, form: NewDepartmentForm, status: int = 200) -> HttpResponse:
    """The tree of departments, and those that have closed; an administrator sees all of them."""
    members = {row.pk: row for row in _with_members()}
    rows = [(members[row.pk], row.depth) for row in sight_of(request.user).tree]
    context = {
        "tree": [(row, depth) for row, depth in rows if row.is_active],
        "closed": [row for row, _depth in rows if not row.is_active],
        "form": form,
    }
    return render(request, "routing/departments.html", context, status=status)


def department_page(request: PortalRequest, found: Department, status: int = 200, **forms: Any) -> HttpResponse:
    """A department's settings, with any form that had errors in place of its fresh one."""
    context = {
        "department": found,
        "members": list(found.memberships.all()),
        "name_form": DepartmentForm(initial={"name": found.name}, auto_id="department_%s"),
        "member_form": MemberForm(department=found),
        "place_form": PlaceForm(department=found, auto_id="place_%s"),
        "calendar_form": DepartmentCalendarForm(department=found),
        "mail_form": MailIdentityForm(initial={field: getattr(found, field) for field in MAIL_FIELDS}),
        **forms,
    }
    context["has_errors"] = any(form.errors for name, form in context.items() if name.endswith("_form"))
    return render(request, "routing/department.html", context, status=status)
