"""The addresses people write to, for the portal's administrators."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from notifications.actions.addressing import (
    AddressInUse,
    AddressRefused,
    add_address,
    remove_address,
    restore_address,
    retire_address,
    update_address,
)
from notifications.forms.addresses import AddressForm, RetirementForm
from notifications.models import MailAddress


@administrators_only
def address_new(request: PortalRequest) -> HttpResponse:
    proposed = {"email": request.GET.get("email", "")[:254]}
    form = AddressForm(request.POST or None, actor=request.user, initial=proposed)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_address(actor=request.user, words=form.words)
        except AddressRefused as refusal:
            form.add_error("email", _refused(refusal))
        else:
            messages.success(request, _("Mail to %s becomes tickets now.") % made)
            return redirect("address", made.pk)
    context = {"form": form, "address": None}
    return render(request, "notifications/settings/address.html", context, status=422 if form.errors else 200)


@administrators_only
def address(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_address(pk)
    if request.method != "POST":
        return _page(request, found)
    form = AddressForm(request.POST, actor=request.user, address=found)
    if form.is_valid():
        try:
            saved = update_address(actor=request.user, address=found, words=form.words)
        except AddressRefused as refusal:
            form.add_error("email", _refused(refusal))
        else:
            messages.success(request, _("Saved. It holds from the next mail to %s on.") % saved)
            return redirect("address", pk)
    return _page(request, found, status=422, form=form)


@post_only
@administrators_only
def address_retirement(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_address(pk)
    form = RetirementForm(request.POST, auto_id="retirement_%s")
    if not form.is_valid():
        return _page(request, found, status=422, retirement_form=form)
    retire_address(actor=request.user, address=found, **form.cleaned_data)
    told = _("%s takes no tickets any more. Whoever writes there is told where to turn.") % found
    messages.success(request, _("Saved.") if found.is_retired else told)
    return redirect("address", pk)


@post_only
@administrators_only
def address_return(request: PortalRequest, pk: int) -> HttpResponse:
    found = restore_address(actor=request.user, address=fetch_address(pk))
    messages.success(request, _("Mail to %s becomes tickets again.") % found)
    return redirect("address", pk)


@post_only
@administrators_only
def address_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = fetch_address(pk)
    try:
        remove_address(actor=request.user, address=found)
    except AddressInUse:
        messages.error(request, _("%s has been used, so it stays. You can retire it instead.") % found)
        return redirect("address", pk)
    messages.success(request, _("%s is removed.") % found)
    return redirect("mail_settings")


def addresses_in_full() -> QuerySet[MailAddress]:
    """With everything their sentences name."""
    found: QuerySet[MailAddress] = MailAddress.objects.select_related(
        "topic__parent", "topic__department", "department__successor"
    )
    return found


def fetch_address(pk: int) -> MailAddress:
    """The portal's address; else 404."""
    found: MailAddress = get_object_or_404(addresses_in_full(), pk=pk)
    return found


def _page(request: PortalRequest, found: MailAddress, status: int = 200, **forms: Any) -> HttpResponse:
    """An address's settings, with any form that had errors in place of its fresh one."""
    words = {"words_sv": found.words_sv, "words_en": found.words_en}
    context = {
        "address": found,
        "form": AddressForm(actor=request.user, address=found),
        "retirement_form": RetirementForm(initial=words, auto_id="retirement_%s"),
        "is_used": found.mails.exists() or found.mailboxes.exists(),
        **forms,
    }
    context["has_errors"] = bool(context["form"].errors or context["retirement_form"].errors)
    return render(request, "notifications/settings/address.html", context, status=status)


def _refused(refusal: AddressRefused) -> str:
    if refusal.why == "person":
        return _("This is the own address of %s. Choose one that is nobody’s own.") % refusal.person
    if refusal.why == "taken":
        return _("Mail to this address is received already.")
    return _("This address is in use elsewhere. Choose another.")
