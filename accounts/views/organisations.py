"""The desk's organisations: the list, and one organisation with everything agreed with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.organising import NameTaken, add_organisation
from accounts.enums import Visibility
from accounts.facts import NoPlaceLeft
from accounts.forms.organisations import (
    VISIBILITY_IN_WORDS,
    AgreementChoiceForm,
    DomainForm,
    HelperForm,
    NotesForm,
    OrganisationForm,
    PlaceForm,
    ProviderContactForm,
    VisibilityForm,
)
from accounts.models import LocalAdministrator, Organisation, User
from accounts.paging import paginate
from accounts.passing import whole_number
from accounts.queries.customers import BY_NAME, matching_organisations, with_counts
from accounts.queries.domains import people_to_join
from accounts.queries.entitlement import named_contacts_of, places_taken
from accounts.queries.portals import portals_today
from accounts.requests import PortalRequest
from accounts.rules import agents_only

OFFERED = 20  # people to choose from at a time


@agents_only
def organisations(request: PortalRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    page = paginate(matching_organisations(words), BY_NAME, request.GET, shown=with_counts)
    return render(request, "accounts/desk/organisations.html", {"page": page, "query": words})


@agents_only
def organisation_new(request: PortalRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_organisation(actor=request.user, name=form.cleaned_data["name"])
        except NameTaken:
            form.add_error("name", _("There is an organisation with this name already."))
        else:
            messages.success(request, _("%s is entered. Write down its mail domains and people.") % made)
            return redirect("organisation", made.pk)
    status = 422 if form.errors else 200
    return render(request, "accounts/desk/organisation_new.html", {"form": form}, status=status)


@agents_only
def organisation(request: PortalRequest, pk: int) -> HttpResponse:
    return organisation_page(request, fetch_organisation(pk))


@agents_only
def organisation_replacement(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose whose place as a named contact somebody takes, or who takes somebody's."""
    found = fetch_organisation(pk)
    old, new = _of(found, request.GET.get("old", "")), _of(found, request.GET.get("new", ""))
    if old is None and new is None:
        return redirect("organisation", pk)
    return replacement_page(request, found, old=old, new=new)


def fetch_organisation(pk: int) -> Organisation:
    """An organisation of the portal; every agent may read about it. Else 404."""
    found: Organisation = get_object_or_404(
        Organisation.objects.select_related("agreement", "responsible__department"), pk=pk
    )
    return found


def organisation_page(request: PortalRequest, found: Organisation, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page about one organisation, with any form that had errors in place of its fresh one."""
    limit, today = found.named_contact_limit, portals_today()
    members = User.objects.filter(organisation=found, closed_at=None)
    context = {
        "organisation": found,
        "is_wrong": status != 200,
        "people": paginate(members, BY_NAME, request.GET, shown=lambda rows: rows),
        "contacts": list(named_contacts_of(found)) if limit is not None else [],
        "limit": limit,
        "taken": places_taken(found) if limit is not None else 0,
        "domains": list(found.domains.all()),
        "sites_total": found.sites.filter(is_active=True).count(),
        "to_join": len(people_to_join(found)) if request.user.is_administrator else 0,
        "administrators": _administrators(found, forms.pop("administrator_forms", {})),
        "provider_contacts": list(found.provider_contacts.all()),
        "holds": found.agreement_holds(today),
        "is_over": found.agreement_until is not None and found.agreement_until < today,
        "visibility": VISIBILITY_IN_WORDS[Visibility(found.visibility)],
        "name_form": OrganisationForm(initial={"name": found.name}, auto_id="organisation_%s"),
        "notes_form": NotesForm(initial={"notes": found.notes}, auto_id="organisation_%s"),
        "domain_form": DomainForm(auto_id="domain_%s"),
        "administrator_form": HelperForm(auto_id="administrator_%s"),
        "provider_contact_form": ProviderContactForm(auto_id="provider_%s"),
        "visibility_form": VisibilityForm(initial={"visibility": found.visibility}),
        "agreement_form": AgreementChoiceForm(organisation=found, initial=_agreed(found), auto_id="agreed_%s"),
        **forms,
    }
    return render(request, "accounts/desk/organisation.html", context, status=status)


def replacement_page(
    request: PortalRequest,
    found: Organisation,
    *,
    old: User | None = None,
    new: User | None = None,
    form: PlaceForm | None = None,
    full: NoPlaceLeft | None = None,
    status: int = 200,
) -> HttpResponse:
    """Whose place? (`new` is known) or who instead? (`old` is known)."""
    words = request.GET.get("q", "").strip()
    people = named_contacts_of(found) if new is not None else _candidates(found, words)
    offered = list(people[: OFFERED + 1])
    context = {
        "organisation": found,
        "old": old,
        "new": new,
        "form": form,
        "query": words,
        "offered": offered[:OFFERED],
        "more": len(offered) > OFFERED,
        "full": full,
    }
    return render(request, "accounts/desk/replacement.html", context, status=status)


def _candidates(found: Organisation, words: str) -> Any:
    people = User.objects.filter(organisation=found, is_named_contact=False, closed_at=None)
    for word in words.casefold().split()[:8]:
        people = people.filter(search_key__contains=word)
    return people.order_by("search_key", "pk")


def _of(found: Organisation, key: str) -> User | None:
    number = whole_number(key)
    people = User.objects.filter(organisation=found, closed_at=None)
    person: User | None = people.filter(pk=number).first() if number is not None else None
    return person


def _agreed(found: Organisation) -> dict[str, Any]:
    return {
        "agreement": found.agreement_id,
        "agreement_from": found.agreement_from,
        "agreement_until": found.agreement_until,
        "contact_limit": found.contact_limit,
    }


def _administrators(found: Organisation, wrong: dict[int, HelperForm]) -> list[tuple[LocalAdministrator, HelperForm]]:
    """The local administrators, each with the form that changes it."""
    return [
        (
            row,
            wrong.get(row.pk)
            or HelperForm(
                initial={"name": row.name, "email": row.email, "phone": row.phone}, auto_id=f"administrator-{row.pk}_%s"
            ),
        )
        for row in found.local_administrators.all()
    ]
