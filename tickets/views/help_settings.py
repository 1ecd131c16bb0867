"""Settings: how the help centre is."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from knowledge.actions.help_settings import set_help_settings
from knowledge.queries.help_settings import help_settings as settings_now
from tickets.actions.help import set_manual_topic
from tickets.forms.help_settings import HelpSettingsForm


@administrators_only
def help_settings(request: PortalRequest) -> HttpResponse:
    form = HelpSettingsForm(request.POST or None, settings=settings_now())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            set_help_settings(actor=request.user, **form.settings)
            set_manual_topic(actor=request.user, topic=form.cleaned_data["manual_topic"])
        messages.success(request, _("Saved. Readers see it at once."))
        return redirect("help_settings")
    return render(request, "tickets/settings/help.html", {"form": form}, status=422 if form.errors else 200)
