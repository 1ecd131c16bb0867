"""Taking home what the portal holds about oneself, and closing one's account."""

import tempfile
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.closing_accounts import LastAdministrator, close_account
from accounts.actions.limiting import spend_allowance
from accounts.forms.closure import ClosureForm
from accounts.holdings import parts_about
from accounts.packing import pack_holdings
from accounts.proving import can_prove, prove
from accounts.requests import PortalRequest
from accounts.signing_in import is_proof_fresh

DOWNLOADS_A_DAY = 3


@never_cache
@login_required
def account_data(request: PortalRequest) -> HttpResponse | FileResponse:
    """Download what the portal holds about the reader. The archive's file is gone once it is sent."""
    if request.method != "POST":
        return _data_page(request)
    person = str(request.user.pk)
    minutes = spend_allowance(kind="data-download", key=person, limit=DOWNLOADS_A_DAY, window=timedelta(days=1))
    if minutes:
        return _data_page(request, hours=-(-minutes // 60))
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it, and with that it is deleted
    pack_holdings(request.user, archive)
    archive.seek(0)
    name = f"{slugify(request.tenant.name) or 'portal'}-{timezone.localdate():%Y-%m-%d}.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


@never_cache
@sensitive_post_parameters("password")
@login_required
def account_closure(request: PortalRequest) -> HttpResponse:
    form = ClosureForm(request.POST or None, is_proven=is_proof_fresh(request))
    if request.method == "POST" and can_prove(request) and form.is_valid() and prove(request, form):
        try:
            close_account(actor=request.user, user=request.user)
        except LastAdministrator:
            form.add_error(None, _("You are the last administrator. Make somebody else one first."))
        else:
            logout(request)
            messages.success(request, _("Your account is closed. A mail confirms it."))
            return redirect("home")
    context = {"form": form, "can_prove": can_prove(request)}
    return render(request, "accounts/closure.html", context, status=422 if form.errors else 200)


def _data_page(request: PortalRequest, hours: int = 0) -> HttpResponse:
    context = {"parts": parts_about(request.user), "hours": hours, "limit": DOWNLOADS_A_DAY}
    return render(request, "accounts/data.html", context, status=429 if hours else 200)
