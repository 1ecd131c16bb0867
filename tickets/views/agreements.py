"""What customers can buy and are promised, as the portal's administrators set it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actions.agreeing import add_agreement, offer_agreement, retire_agreement, update_agreement
from accounts.actions.organising import AgreementRetired, NameTaken, set_agreement
from accounts.forms.organisations import AgreementChoiceForm
from accounts.models import Agreement
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from accounts.views.exports import csv_response
from accounts.views.organisations import fetch_organisation, organisation_page
from routing.actions.levels import promise_level
from tickets.actions.recalculating import Weighed
from tickets.agreements import agreements_header, agreements_rows, all_agreements
from tickets.enums import TimesChange
from tickets.forms.agreements import AgreementForm
from tickets.views.weighing import save_weighed, with_moves


@administrators_only
def agreements(request: PortalRequest) -> HttpResponse:
    found = list(all_agreements().order_by("-is_active", "name"))
    return render(request, "tickets/settings/agreements.html", {"agreements": found})


@administrators_only
def agreements_export(request: PortalRequest) -> StreamingHttpResponse:
    return csv_response(_("agreements"), agreements_header(), agreements_rows(get_language() or "en"))


@administrators_only
def agreement_new(request: PortalRequest) -> HttpResponse:
    form = AgreementForm(request.POST or None)

    def save() -> Agreement:
        made = add_agreement(actor=request.user, values=form.values())
        promise_level(actor=request.user, agreement=made, level=form.cleaned_data["level"])
        return made

    return _edit(request, form, save, _("%s can be given to organisations now."))


@administrators_only
def agreement(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(all_agreements(), pk=pk)
    form = AgreementForm(request.POST or None, initial=AgreementForm.of(found))

    def save() -> Agreement:
        saved = update_agreement(actor=request.user, agreement=found, values=form.values())
        promise_level(actor=request.user, agreement=saved, level=form.cleaned_data["level"])
        return saved

    return _edit(request, form, save, _("%s is saved. It holds at once for every organisation that has it."), found)


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


@post_only
@administrators_only
def organisation_agreement(request: PortalRequest, pk: int) -> HttpResponse:
    """Which agreement an organisation has, and from when until when."""
    found = fetch_organisation(pk)
    form = AgreementChoiceForm(request.POST, organisation=found, auto_id="agreed_%s")
    weighed = None
    if form.is_valid():
        try:
            saved, weighed = save_weighed(
                request,
                TimesChange.AGREEMENT,
                lambda: set_agreement(actor=request.user, organisation=found, **form.cleaned_data),
            )
        except AgreementRetired:
            form.add_error("agreement", _("This agreement is no longer offered. Choose another one."))
        else:
            if saved is not None:
                told = _("The agreement is saved. It holds from now on.")
                messages.success(request, with_moves(told, weighed))
                return redirect("organisation", pk)
    status = 422 if form.errors else 200
    return organisation_page(request, found, status=status, agreement_form=form, weighed=weighed)


def _edit(
    request: PortalRequest,
    form: AgreementForm,
    save: Callable[[], Agreement],
    told: str,
    found: Agreement | None = None,
) -> HttpResponse:
    weighed: Weighed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved, weighed = save_weighed(request, TimesChange.AGREEMENT, save)
        except NameTaken:
            form.add_error("name", _("There is an agreement with this name already."))
        else:
            if saved is not None:
                messages.success(request, with_moves(told % saved, weighed))
                return redirect("agreements")
    context = {"form": form, "agreement": found, "weighed": weighed}
    return render(request, "tickets/settings/agreement.html", context, status=422 if form.errors else 200)
