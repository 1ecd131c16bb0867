"""What staff do to an organisation. Each view: fetch, form, door, redirect."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.contacts import NoContact, replace_contact
from accounts.actions.domains import DomainRefused, add_domain, join_people, remove_domain
from accounts.actions.helpers import (
    add_local_administrator,
    remove_local_administrator,
    remove_provider_contact,
    set_provider_contact,
    update_local_administrator,
)
from accounts.actions.organising import (
    NameTaken,
    set_visibility,
    update_organisation,
)
from accounts.enums import ProviderContactKind, Visibility
from accounts.facts import NoPlaceLeft
from accounts.forms.organisations import (
    DomainForm,
    HelperForm,
    NotesForm,
    OrganisationForm,
    PlaceForm,
    ProviderContactForm,
    VisibilityForm,
)
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, agents_only, post_only
from accounts.views.organisations import fetch_organisation, organisation_page, replacement_page


@post_only
@agents_only
def organisation_name(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = OrganisationForm(request.POST, auto_id="organisation_%s")
    if form.is_valid():
        try:
            update_organisation(actor=request.user, organisation=found, name=form.cleaned_data["name"])
        except NameTaken:
            form.add_error("name", _("There is an organisation with this name already."))
        else:
            messages.success(request, _("Saved."))
            return redirect("organisation", pk)
    return organisation_page(request, found, status=422, name_form=form)


@post_only
@agents_only
def organisation_notes(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = NotesForm(request.POST, auto_id="organisation_%s")
    if not form.is_valid():
        return organisation_page(request, found, status=422, notes_form=form)
    update_organisation(actor=request.user, organisation=found, notes=form.cleaned_data["notes"])
    messages.success(request, _("The notes are saved."))
    return redirect("organisation", pk)


@post_only
@agents_only
def organisation_place(request: PortalRequest, pk: int) -> HttpResponse:
    """Give one person's place as a named contact to another."""
    found = fetch_organisation(pk)
    form = PlaceForm(request.POST, organisation=found)
    if not form.is_valid():
        kept = {name: form.cleaned_data.get(name) for name in ("old", "new")}
        if kept["old"] is None and kept["new"] is None:
            messages.error(request, _("Nothing has changed. Choose both people again."))
            return redirect("organisation", pk)
        return replacement_page(request, found, form=form, status=422, **kept)
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    try:
        replace_contact(actor=request.user, old=old, new=new)
    except NoPlaceLeft as full:
        return replacement_page(request, found, new=new, full=full, status=422)
    except NoContact:
        messages.error(request, _("One of them has just left the organisation. Nothing has changed."))
    else:
        messages.success(request, _("%(new)s has %(old)s’s place as a named contact.") % {"new": new, "old": old})
    return redirect("organisation", pk)


@post_only
@administrators_only
def organisation_domains(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = DomainForm(request.POST, auto_id="domain_%s")
    if form.is_valid():
        try:
            row = add_domain(actor=request.user, organisation=found, **form.cleaned_data)
        except DomainRefused as refused:
            form.add_error("domain", _why_refused(refused))
        else:
            told = _("People who prove an address at %s belong to this organisation from now on.")
            messages.success(request, told % row)
            return redirect("organisation", pk)
    return organisation_page(request, found, status=422, domain_form=form)


def _why_refused(refused: DomainRefused) -> str:
    if refused.organisation is not None:
        return _("This domain is %s’s. Remove it there first, or merge the two.") % refused.organisation
    if refused.private:
        told = _("%s is a public mail service, where anybody can have an address. It can be no organisation’s.")
        return told % refused.private
    return _("Write a domain such as kund.se")


@post_only
@administrators_only
def organisation_domain_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    domain = get_object_or_404(fetch_organisation(pk).domains.select_related("organisation"), pk=row)
    remove_domain(actor=request.user, domain=domain)
    messages.success(request, _("%s is removed. Nobody leaves; only nobody new joins by it.") % domain)
    return redirect("organisation", pk)


@post_only
@administrators_only
def organisation_joining(request: PortalRequest, pk: int) -> HttpResponse:
    """Bring in whoever proved an address at the organisation's domains before they were entered."""
    joined = len(join_people(actor=request.user, organisation=fetch_organisation(pk)))
    told = ngettext("%(number)d person has joined.", "%(number)d people have joined.", joined)
    messages.success(request, told % {"number": joined})
    return redirect("organisation", pk)


@post_only
@agents_only
def organisation_administrators(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = HelperForm(request.POST, auto_id="administrator_%s")
    if not form.is_valid():
        return organisation_page(request, found, status=422, administrator_form=form)
    add_local_administrator(actor=request.user, organisation=found, **form.cleaned_data)
    messages.success(request, _("%s is added.") % form.cleaned_data["name"])
    return redirect("organisation", pk)


@post_only
@agents_only
def organisation_administrator(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    found = fetch_organisation(pk)
    administrator = get_object_or_404(found.local_administrators, pk=row)
    form = HelperForm(request.POST, auto_id=f"administrator-{row}_%s")
    if not form.is_valid():
        return organisation_page(request, found, status=422, administrator_forms={row: form})
    update_local_administrator(actor=request.user, administrator=administrator, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("organisation", pk)


@post_only
@agents_only
def organisation_administrator_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    administrator = get_object_or_404(fetch_organisation(pk).local_administrators, pk=row)
    remove_local_administrator(actor=request.user, administrator=administrator)
    messages.success(request, _("%s is removed.") % administrator)
    return redirect("organisation", pk)


@post_only
@agents_only
def organisation_provider_contacts(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = ProviderContactForm(request.POST, auto_id="provider_%s")
    if not form.is_valid():
        return organisation_page(request, found, status=422, provider_contact_form=form)
    values = {**form.cleaned_data, "kind": ProviderContactKind(form.cleaned_data["kind"])}
    row = set_provider_contact(actor=request.user, organisation=found, **values)
    messages.success(request, _("Saved: %s.") % row)
    return redirect("organisation", pk)


@post_only
@agents_only
def organisation_provider_contact_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    found = fetch_organisation(pk)
    contact = get_object_or_404(found.provider_contacts, pk=row)
    remove_provider_contact(actor=request.user, organisation=found, kind=ProviderContactKind(contact.kind))
    messages.success(request, _("%s is removed.") % contact.name)
    return redirect("organisation", pk)


@post_only
@administrators_only
def organisation_visibility(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_organisation(pk)
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        return organisation_page(request, found, status=422, visibility_form=form)
    visibility = Visibility(form.cleaned_data["visibility"])
    set_visibility(actor=request.user, organisation=found, visibility=visibility)
    messages.success(request, _("Saved. From now on: %s.") % visibility.label)
    return redirect("organisation", pk)
