"""What staff do to a person's account. Each view: fetch, form, door, redirect."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions.closing_accounts import LastAdministrator, close_account, reopen_account
from accounts.actions.contacts import (
    NoContact,
    appoint_contact_person,
    choose_colleague_sight,
    name_contact,
    unname_contact,
)
from accounts.actions.factors import reset_factors
from accounts.actions.people import move_person, set_role
from accounts.enums import Role
from accounts.facts import NoPlaceLeft
from accounts.forms.people import ContactForm, MoveForm, RoleForm
from accounts.models import User
from accounts.passing import safe_next
from accounts.queries.customers import matching_organisations
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, agents_only, post_only
from accounts.views.organisations import replacement_page
from accounts.views.people import fetch_editable, person_page

OFFERED = 20  # organisations to choose from at a time


@post_only
@agents_only
def person_contact(request: PortalRequest, pk: int) -> HttpResponse:
    """Name somebody as a contact, appoint them, choose them; or no longer."""
    found = fetch_editable(request, pk)
    form = ContactForm(request.POST)
    onwards = redirect(safe_next(request, reverse("person", args=[pk])))
    if not form.is_valid():
        messages.error(request, _("Nothing has changed. Try again from this page."))
        return onwards
    what, is_on = form.cleaned_data["what"], form.cleaned_data["value"] == "yes"
    try:
        messages.success(request, _mark(request.user, found, what, is_on))
    except NoPlaceLeft as full:
        if found.organisation is not None:
            return replacement_page(request, found.organisation, new=found, full=full, status=422)
    except NoContact:
        messages.error(request, _("%s belongs to no organisation now, or has left. Nothing has changed.") % found)
    return onwards


def _mark(actor: User, found: User, what: str, is_on: bool) -> str:
    name = {"name": str(found)}
    doors: dict[str, Callable[[], Any]] = {
        ContactForm.NAMED: lambda: (name_contact if is_on else unname_contact)(actor=actor, user=found),
        ContactForm.PERSON: lambda: appoint_contact_person(actor=actor, user=found, is_contact_person=is_on),
        ContactForm.SIGHT: lambda: choose_colleague_sight(actor=actor, user=found, sees_colleagues=is_on),
    }
    doors[what]()
    told = {
        (ContactForm.NAMED, True): _("%(name)s is a named contact now."),
        (ContactForm.NAMED, False): _("%(name)s is no named contact any more. The place is free."),
        (ContactForm.PERSON, True): _("%(name)s is contact person now."),
        (ContactForm.PERSON, False): _("%(name)s is contact person no longer."),
        (ContactForm.SIGHT, True): _("%(name)s is chosen to see the colleagues' tickets."),
        (ContactForm.SIGHT, False): _("%(name)s is no longer chosen to see the colleagues' tickets."),
    }
    return told[what, is_on] % name


@agents_only
def person_organisation(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose the organisation somebody belongs to."""
    found = fetch_editable(request, pk)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not found.is_agent:
        target = form.cleaned_data["organisation"]
        move_person(actor=request.user, user=found, organisation=target)
        told = (
            _("%(name)s belongs to %(organisation)s now.") if target else _("%(name)s belongs to no organisation now.")
        )
        messages.success(request, told % {"name": found, "organisation": target})
        return redirect("person", pk)
    words = request.GET.get("q", "").strip()
    organisations = list(matching_organisations(words).order_by("search_key", "pk")[: OFFERED + 1])
    context = {
        "person": found,
        "form": form,
        "query": words,
        "organisations": organisations[:OFFERED],
        "more": len(organisations) > OFFERED,
    }
    return render(request, "accounts/desk/person_organisation.html", context, status=422 if form.errors else 200)


@agents_only
def person_closure(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then close somebody's account."""
    found = fetch_editable(request, pk)
    if request.method != "POST":
        return render(request, "accounts/desk/person_closure.html", {"person": found})
    try:
        close_account(actor=request.user, user=found)
    except LastAdministrator:
        messages.error(request, _last_one(found))
    else:
        messages.success(request, _("The account of %s is closed.") % found)
    return redirect("person", pk)


@post_only
@agents_only
def person_reopening(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_editable(request, pk)
    reopen_account(actor=request.user, user=found)
    messages.success(request, _("The account is open again. %s can sign in as before.") % found)
    return redirect("person", pk)


@post_only
@administrators_only
def person_role(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_editable(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return person_page(request, found, status=422, role_form=form)
    role = Role(form.cleaned_data["role"])
    if found.pk == request.user.pk:
        messages.error(request, _("Nobody changes their own role. Ask another administrator."))
    elif not found.is_active:
        messages.error(request, _("This account is closed or not let in yet. Nothing has changed."))
    else:
        _give_role(request, found, role)
    return redirect("person", pk)


def _give_role(request: PortalRequest, found: User, role: Role) -> None:
    try:
        set_role(actor=request.user, user=found, role=role)
    except LastAdministrator:
        messages.error(request, _last_one(found))
    else:
        messages.success(request, _("%(name)s is now: %(role)s.") % {"name": found, "role": role.label})


@post_only
@administrators_only
def person_factors(request: PortalRequest, pk: int) -> HttpResponse:
    """Take the second factor from somebody who has lost it."""
    found = fetch_editable(request, pk)
    if found.pk == request.user.pk:
        messages.error(request, _("Change your own factors on the page about your account."))
    elif reset_factors(actor=request.user, user=found):
        messages.success(request, _("%s is signed out everywhere and signs in without a second factor next.") % found)
    else:
        messages.info(request, _("%s has no second factor.") % found)
    return redirect("person", pk)


def _last_one(found: User) -> str:
    return _("%s is the portal's only administrator. Make somebody else one first.") % found
