"""What an organisation's contact person keeps: who asks for it, and who is invited (T14, S1). Shows and says nothing
about anybody outside the organisation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.contacts import NoContact, name_contact, replace_contact, unname_contact
from accounts.actions.inviting import invite_person
from accounts.actions.limiting import spend_allowance
from accounts.enums import Role
from accounts.facts import CannotInvite, Hindrance, NoPlaceLeft
from accounts.forms.invitations import ColleagueForm
from accounts.forms.organisations import PlaceForm
from accounts.models import Invitation, Organisation, User
from accounts.queries.contacts import keeps_contacts_of
from accounts.queries.entitlement import places_taken
from accounts.queries.invitations import invitations_kept_by_contacts
from accounts.requests import PortalRequest
from accounts.rules import post_only
from accounts.views.invitations import send_again, withdraw

INVITATIONS_AN_HOUR = 20  # mails a contact person can have us send to people of their choice
FEW = 200


@login_required
def colleagues(request: PortalRequest) -> HttpResponse:
    organisation = _organisation(request)
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _invite(request, organisation, form):
        return redirect("colleagues")
    return _page(request, organisation, form, status=422 if form.errors else 200)


@post_only
@login_required
def places(request: PortalRequest) -> HttpResponse:
    """Give one contact's place to a colleague, in one step."""
    organisation = _organisation(request)
    form = PlaceForm(request.POST, organisation=organisation)
    if not form.is_valid():
        messages.error(request, _("Choose who gives the place away, and who gets it."))
        return redirect("colleagues")
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    try:
        replace_contact(actor=request.user, old=old, new=new)
    except (NoPlaceLeft, ValueError):
        messages.error(request, _("That was not possible: the people have changed meanwhile. Look again."))
    else:
        messages.success(
            request, _("%(new)s asks for you from now on, in place of %(old)s.") % {"new": new, "old": old}
        )
    return redirect("colleagues")


@post_only
@login_required
def contact(request: PortalRequest, pk: int) -> HttpResponse:
    """Name one of the organisation's people, or let them be a contact no longer."""
    organisation = _organisation(request)
    person: User = get_object_or_404(_people(organisation), pk=pk)
    try:
        if request.POST.get("value") == "yes":
            name_contact(actor=request.user, user=person)
            messages.success(request, _("%(name)s may ask us from now on.") % {"name": person})
        else:
            unname_contact(actor=request.user, user=person)
            messages.success(request, _("%(name)s no longer asks us for you. The place is free.") % {"name": person})
    except NoPlaceLeft as full:
        messages.error(request, _no_place(full))
    except NoContact:
        raise Http404
    return redirect("colleagues")


@post_only
@login_required
def again(request: PortalRequest, pk: int) -> HttpResponse:
    send_again(request, _invitation(request, pk))
    return redirect("colleagues")


@post_only
@login_required
def revocation(request: PortalRequest, pk: int) -> HttpResponse:
    withdraw(request, _invitation(request, pk))
    return redirect("colleagues")


def _organisation(request: PortalRequest) -> Organisation:
    """The reader's own, if they are the one who keeps its contacts. Else 404."""
    organisation: Organisation | None = request.user.organisation
    if organisation is None or request.user.is_agent or not keeps_contacts_of(request.user, organisation):
        raise Http404
    return organisation


def _invitation(request: PortalRequest, pk: int) -> Invitation:
    found: Invitation = get_object_or_404(invitations_kept_by_contacts(_organisation(request)), pk=pk)
    return found


def _invite(request: PortalRequest, organisation: Organisation, form: ColleagueForm) -> bool:
    wait = spend_allowance(kind="invite", key=str(request.user.pk), limit=INVITATIONS_AN_HOUR)
    if wait:
        form.add_error(
            None,
            ngettext(
                "You have invited many people just now. Wait %(minutes)d minute and press the button again.",
                "You have invited many people just now. Wait %(minutes)d minutes and press the button again.",
                wait,
            )
            % {"minutes": wait},
        )
        return False
    try:
        invite_person(actor=request.user, organisation=organisation, **form.cleaned_data)
    except CannotInvite as reason:
        if reason.hindrance == Hindrance.ALREADY_IN:
            form.add_error("email", _("This person is one of your colleagues here already."))
            return False
        if reason.hindrance == Hindrance.NOT_OWN_DOMAIN:
            form.add_error("email", _("Invite people at your organisation's own mail domains. For others, turn to us."))
            return False
        if invitations_kept_by_contacts(organisation).filter(user__email__iexact=form.cleaned_data["email"]).exists():
            form.add_error("email", _("This person is invited already. You can send the invitation again below."))
            return False
    except NoPlaceLeft as full:
        form.add_error("is_named_contact", _no_place(full))
        return False
    messages.success(
        request, _("An invitation is on its way to %(address)s.") % {"address": form.cleaned_data["email"]}
    )
    return True


def _no_place(full: NoPlaceLeft) -> str:
    return ngettext(
        "Your agreement has room for %(limit)d contact. Replace the one there is, or withdraw an invitation.",
        "Your agreement has room for %(limit)d contacts. Replace one of them, or withdraw an invitation.",
        full.limit,
    ) % {"limit": full.limit}


def _people(organisation: Organisation):  # type: ignore[no-untyped-def]
    people = User.objects.filter(organisation=organisation, is_active=True, role=Role.CUSTOMER)
    return people.order_by("-is_named_contact", "name", "pk")


def _page(request: PortalRequest, organisation: Organisation, form: ColleagueForm, *, status: int) -> HttpResponse:
    people = list(_people(organisation)[:FEW])
    context = {
        "organisation": organisation,
        "section": "colleagues",
        "form": form,
        "limit": organisation.named_contact_limit,
        "taken": places_taken(organisation),
        "contacts": [person for person in people if person.is_named_contact],
        "others": [person for person in people if not person.is_named_contact],
        "invitations": invitations_kept_by_contacts(organisation)[:FEW],
        "domains": [row.domain for row in organisation.domains.all()],
    }
    return render(request, "accounts/colleagues.html", context, status=status)
