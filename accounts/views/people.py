"""The desk's people: the list, and one person with what is on record about them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.people import update_person
from accounts.enums import AskingChannel
from accounts.forms.people import PersonDetailsForm, RoleForm
from accounts.models import AccountEvent, User
from accounts.paging import Order, paginate
from accounts.queries.customers import BY_NAME, PeopleAsked
from accounts.queries.entitlement import obstacle_for, places_taken
from accounts.requests import PortalRequest
from accounts.rules import agents_only, may_edit, post_only

DETAILS = ("name", "phone", "language")
NEWEST_FIRST = Order("created_at", descending=True)


@agents_only
def people(request: PortalRequest) -> HttpResponse:
    asked = PeopleAsked(request.GET)
    page = paginate(asked.in_state(), BY_NAME, request.GET, shown=_with_organisation)
    context = {"asked": asked, "page": page, "tabs": asked.tabs(), "anywhere": asked.address(organisation="")}
    return render(request, "accounts/desk/people.html", context)


@agents_only
def person(request: PortalRequest, pk: int) -> HttpResponse:
    return person_page(request, fetch_person(pk))


@post_only
@agents_only
def person_details(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_editable(request, pk)
    form = _details_form(found, [name for name in DETAILS if name in request.POST], request.POST)
    if not form.is_valid():
        return person_page(request, found, status=422, details=dict.fromkeys(form.fields, form))
    update_person(actor=request.user, user=found, values=form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("person", pk)


def fetch_person(pk: int) -> User:
    """A person of the portal; every agent may read about them. Else 404."""
    found: User = get_object_or_404(User.objects.select_related("organisation__agreement"), pk=pk)
    return found


def fetch_editable(request: PortalRequest, pk: int) -> User:
    """A person whom this agent may change: customers, and for administrators staff as well. Else 404."""
    found = fetch_person(pk)
    if not may_edit(request.user, found):
        return get_object_or_404(User.objects.none())
    return found


def person_page(request: PortalRequest, found: User, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page about one person, with any form that had errors in place of its fresh one."""
    organisation = found.organisation
    limit = organisation.named_contact_limit if organisation else None
    editable = may_edit(request.user, found)
    context = {
        "person": found,
        "is_wrong": status != 200,
        "editable": editable,
        "is_self": found.pk == request.user.pk,
        "details": {name: _details_form(found, [name]) for name in DETAILS} | forms.pop("details", {}),
        "role_form": RoleForm(initial={"role": found.role}),
        "limit": limit,
        "taken": places_taken(organisation) if organisation and limit is not None else None,
        "obstacle": obstacle_for(found, AskingChannel.WEB) if found.is_active else None,
        "application": found.applications.order_by("-pk").first(),
        "factors": request.user.is_administrator and found.factors.exists(),
        "events": paginate(found.account_events.all(), NEWEST_FIRST, request.GET, shown=_with_actor),
        **forms,
    }
    return render(request, "accounts/desk/person.html", context, status=status)


def _details_form(found: User, only: list[str], data: Any = None) -> PersonDetailsForm:
    initial = {name: getattr(found, name) for name in DETAILS}
    return PersonDetailsForm(data, only=only, initial=initial)


def _with_organisation(rows: QuerySet[User]) -> QuerySet[User]:
    return rows.select_related("organisation")


def _with_actor(rows: QuerySet[AccountEvent]) -> QuerySet[AccountEvent]:
    return rows.select_related("actor")
