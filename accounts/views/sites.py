"""The places of an organisation's that its tickets are about."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.organising import NameTaken
from accounts.actions.sites import add_sites, remove_site, restore_site, update_site
from accounts.folding import fold_text
from accounts.forms.sites import SiteForm, SitesForm
from accounts.models import Organisation, Site
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from accounts.views.organisations import fetch_organisation

BY_NAME = Order("name_key", by_text=True)
REMOVED_SHOWN = 50


@agents_only
def organisation_sites(request: PortalRequest, pk: int) -> HttpResponse:
    """The list; by POST, more of them."""
    found = fetch_organisation(pk)
    if request.method != "POST":
        return _page(request, found)
    form = SitesForm(request.POST, auto_id="new_%s")
    if not form.is_valid():
        return _page(request, found, status=422, form=form)
    added = len(add_sites(actor=request.user, organisation=found, sites=form.cleaned_data["sites"]))
    told = ngettext("%(number)d site is added.", "%(number)d sites are added.", added) % {"number": added}
    messages.success(request, told if added else _("They are on record already."))
    return redirect("organisation_sites", pk)


@post_only
@agents_only
def organisation_site(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    found = fetch_organisation(pk)
    site = _fetch(found, row)
    form = SiteForm(request.POST, auto_id=f"site-{row}_%s")
    if form.is_valid():
        try:
            update_site(actor=request.user, site=site, **form.cleaned_data)
        except NameTaken:
            form.add_error("name", _("This organisation has a site with this name already."))
        else:
            messages.success(request, _("Saved. Tickets filed before keep what they say."))
            return redirect("organisation_sites", pk)
    return _page(request, found, status=422, wrong=(site, form))


@post_only
@agents_only
def organisation_site_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    site = remove_site(actor=request.user, site=_fetch(fetch_organisation(pk), row))
    messages.success(request, _("%s is suggested no more. You find it below, should it be needed again.") % site)
    return redirect("organisation_sites", pk)


@post_only
@agents_only
def organisation_site_return(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    site = restore_site(actor=request.user, site=_fetch(fetch_organisation(pk), row))
    messages.success(request, _("%s is suggested again.") % site)
    return redirect("organisation_sites", pk)


def _fetch(found: Organisation, row: int) -> Site:
    site: Site = get_object_or_404(found.sites.select_related("organisation"), pk=row)
    return site


def _page(
    request: PortalRequest,
    found: Organisation,
    *,
    status: int = 200,
    form: SitesForm | None = None,
    wrong: tuple[Site, SiteForm] | None = None,
) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    sites = found.sites.filter(is_active=True)
    for word in fold_text(words).split()[:8]:
        sites = sites.filter(name_key__contains=word)
    page = paginate(sites, BY_NAME, request.GET, shown=lambda rows: rows)
    rows: list[Site] = page.items
    if wrong is not None and wrong[0] not in rows:
        rows = [wrong[0], *rows]
    context: dict[str, Any] = {
        "organisation": found,
        "page": page,
        "rows": [(row, _form_of(row, wrong)) for row in rows],
        "removed": list(found.sites.filter(is_active=False)[:REMOVED_SHOWN]),
        "query": words,
        "form": form or SitesForm(auto_id="new_%s"),
        "is_wrong": status != 200,
    }
    return render(request, "accounts/desk/sites.html", context, status=status)


def _form_of(site: Site, wrong: tuple[Site, SiteForm] | None) -> SiteForm:
    if wrong is not None and wrong[0].pk == site.pk:
        return wrong[1]
    return SiteForm(initial={"name": site.name, "address": site.address}, auto_id=f"site-{site.pk}_%s")
