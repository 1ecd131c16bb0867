"""What customers can buy, as the portal's administrators set it."""

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.agreeing import add_agreement, offer_agreement, retire_agreement, update_agreement
from accounts.actions.organising import NameTaken
from accounts.forms.agreements import AgreementForm
from accounts.models import Agreement
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only


@administrators_only
def agreements(request: PortalRequest) -> HttpResponse:
    found = list(_all().order_by("-is_active", "name"))
    return render(request, "accounts/desk/agreements.html", {"agreements": found})


@administrators_only
def agreement_new(request: PortalRequest) -> HttpResponse:
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_agreement(actor=request.user, values=form.values())
        except NameTaken:
            form.add_error("name", _("There is an agreement with this name already."))
        else:
            messages.success(request, _("%s can be given to organisations now.") % made)
            return redirect("agreements")
    return _page(request, form)


@administrators_only
def agreement(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_all(), pk=pk)
    form = AgreementForm(request.POST or None, initial=AgreementForm.of(found))
    if request.method == "POST" and form.is_valid():
        try:
            update_agreement(actor=request.user, agreement=found, values=form.values())
        except NameTaken:
            form.add_error("name", _("There is an agreement with this name already."))
        else:
            messages.success(request, _("Saved. It holds at once for every organisation that has it."))
            return redirect("agreements")
    return _page(request, form, found)


@post_only
@administrators_only
def agreement_retirement(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Agreement, pk=pk)
    if retire_agreement(actor=request.user, agreement=found):
        messages.success(request, _("%s is given to nobody new. Those who have it keep it.") % found)
    else:
        messages.success(request, _("%s is removed. Nobody had it.") % found)
    return redirect("agreements")


@post_only
@administrators_only
def agreement_return(request: PortalRequest, pk: int) -> HttpResponse:
    found = offer_agreement(actor=request.user, agreement=get_object_or_404(Agreement, pk=pk))
    messages.success(request, _("%s can be given to organisations again.") % found)
    return redirect("agreements")


def _all() -> QuerySet[Agreement]:
    """The portal's agreements, each with how many organisations have it."""
    found: QuerySet[Agreement] = Agreement.objects.annotate(users=Count("organisations"))
    return found


def _page(request: PortalRequest, form: AgreementForm, found: Agreement | None = None) -> HttpResponse:
    context = {"form": form, "agreement": found}
    return render(request, "accounts/desk/agreement.html", context, status=422 if form.errors else 200)
