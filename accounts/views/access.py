"""Settings: who comes in and how, with a preview in words of what a stranger will meet."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.private_domains import (
    NoPrivateDomain,
    add_private_domain,
    remove_private_domain,
    restore_private_domains,
)
from accounts.actions.updating import update_access
from accounts.enums import WayIn
from accounts.forms.access import AccessForm, PrivateDomainForm
from accounts.models import PrivateDomain, Tenant
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only


@administrators_only
def access_settings(request: PortalRequest) -> HttpResponse:
    form = AccessForm.of(request.tenant, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_access(actor=request.user, values=form.cleaned_data)
        messages.success(request, _("Saved. It holds for everybody who comes from now on."))
        return redirect("access_settings")
    context = {
        "form": form,
        "preview": preview_of(request.tenant),
        "private_total": PrivateDomain.objects.count(),
    }
    return render(request, "accounts/access.html", context, status=422 if form.errors else 200)


@administrators_only
def private_domains(request: PortalRequest) -> HttpResponse:
    form = PrivateDomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain = form.cleaned_data["domain"]
        try:
            is_new = add_private_domain(actor=request.user, domain=domain)
        except NoPrivateDomain as reason:
            form.add_error("domain", _why_not(reason))
        else:
            words = _("%(domain)s is on the list now.") if is_new else _("%(domain)s was on the list already.")
            messages.success(request, words % {"domain": domain})
            return redirect("private_domains")
    context: dict[str, Any] = {"form": form, "domains": PrivateDomain.objects.all()}
    return render(request, "accounts/private_domains.html", context, status=422 if form.errors else 200)


@post_only
@administrators_only
def removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PrivateDomain, pk=pk)
    remove_private_domain(actor=request.user, domain=found)
    messages.success(request, _("%(domain)s is off the list.") % {"domain": found.domain})
    return redirect("private_domains")


@post_only
@administrators_only
def default_domains(request: PortalRequest) -> HttpResponse:
    added = restore_private_domains(actor=request.user)
    words = ngettext("%(counter)d domain was added.", "%(counter)d domains were added.", added) % {"counter": added}
    messages.success(request, words if added else _("Nothing was missing."))
    return redirect("private_domains")


def preview_of(tenant: Tenant) -> list[str]:
    """What people meet who want to come in, in sentences."""
    strangers = {
        WayIn.OPEN: _("Somebody you do not know writes name and address, gets a mail with a link, and is in."),
        WayIn.APPLICATION: _("Somebody you do not know sends an application. You decide, and a mail says so."),
        WayIn.INVITATION: _("Somebody you do not know writes an address, and learns by mail whom to turn to."),
    }
    known = {
        WayIn.OPEN: _("Somebody at a customer writes name and address, gets a mail with a link, and is in."),
        WayIn.APPLICATION: _("Somebody at a customer sends an application. You decide, and a mail says so."),
        WayIn.INVITATION: _("Somebody at a customer writes an address, and learns by mail whom to turn to."),
    }
    guests = (
        _("Anybody may also create a ticket without signing in; that registers them.")
        if tenant.guests_file
        else _("Nobody creates a ticket without signing in.")
    )
    private = _("Whoever writes a private address is asked at once for the one from work.")
    sentences = [strangers[WayIn(tenant.strangers)], known[WayIn(tenant.known_domains)], guests]
    return [*sentences, private] if tenant.refuses_private_addresses else sentences


def _why_not(reason: NoPrivateDomain) -> str:
    if reason.customers:
        words = _("%(domain)s belongs to one of your organisations. Take it off that organisation's page first.")
        return words % {"domain": reason.customers}
    return _("This is no domain. Write what stands after the @, such as gmail.com")
