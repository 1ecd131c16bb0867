"""What customers know of a department, and whether it takes tickets; for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.arranging import DepartmentClosed
from routing.actions.departments import (
    PersonsAddress,
    SenderRefused,
    make_default,
    reopen_department,
    set_mail_identity,
    set_public,
)
from routing.forms import MailIdentityForm
from routing.senders import portals_domain
from routing.views.departments import department_page, fetch_department


@post_only
@administrators_only
def department_visibility(request: PortalRequest, pk: int) -> HttpResponse:
    is_public = request.POST.get("is_public") == "yes"
    found = set_public(actor=request.user, department=fetch_department(pk), is_public=is_public)
    told = (
        _("Customers read the name %s on their tickets now.")
        if is_public
        else _("Customers read the portal’s name instead of %s now.")
    )
    messages.success(request, told % found)
    return redirect("department", pk)


@post_only
@administrators_only
def department_mail(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_department(pk)
    form = MailIdentityForm(request.POST)
    if form.is_valid():
        try:
            set_mail_identity(actor=request.user, department=found, **form.cleaned_data)
        except PersonsAddress as taken:
            told = _("This is the own address of %s. Answers are never sent from one; choose another.")
            form.add_error("mail_address", told % taken.person)
        except SenderRefused as refused:
            form.add_error("mail_name" if refused.why == "name" else "mail_address", _refused(refused.why))
        else:
            messages.success(request, _("Saved. The next mail from %s is sent so.") % found)
            return redirect("department", pk)
    return department_page(request, found, status=422, mail_form=form)


@post_only
@administrators_only
def department_default(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_department(pk)
    try:
        make_default(actor=request.user, department=found)
    except DepartmentClosed:
        messages.error(request, _("%s has closed. Open it again first.") % found)
    else:
        messages.success(request, _("%s takes what nothing else decides now.") % found)
    return redirect("department", pk)


@post_only
@administrators_only
def department_reopening(request: PortalRequest, pk: int) -> HttpResponse:
    found = reopen_department(actor=request.user, department=fetch_department(pk))
    messages.success(request, _("%s takes tickets again. Give it topics, rules or organisations.") % found)
    return redirect("department", pk)


def _refused(why: str) -> str:
    if why == "name":
        return _("Write a name alone, without < > @ , ; and quotation marks.")
    if why == "taken":
        return _("This address is in use elsewhere. Choose another.")
    told = _("The address must end with @%s, like the portal’s own, which whoever runs the portal sets.")
    return told % portals_domain()
