"""What the portal says about priorities, set by its administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from tickets.actions.priorities import define_priority, set_priority_settings
from tickets.enums import Priority, PriorityUse
from tickets.forms.priorities import PrioritySettingsForm
from tickets.priorities import priority_definitions, priority_settings


@administrators_only
def priority_settings_page(request: PortalRequest) -> HttpResponse:
    settings, definitions = priority_settings(), priority_definitions()
    form = PrioritySettingsForm(request.POST or None, settings=settings, definitions=definitions)
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        messages.success(request, _("The priorities are saved. They hold for new tickets from now on."))
        return redirect("priority_settings")
    context = {
        "form": form,
        "settings": settings,
        "definitions": definitions,
        "samples": [("sv", "Svenska"), ("en", "English")],
    }
    return render(request, "tickets/settings/priorities.html", context, status=422 if form.errors else 200)


def _save(request: PortalRequest, form: PrioritySettingsForm) -> None:
    set_priority_settings(
        actor=request.user,
        use=PriorityUse(form.cleaned_data["use"]),
        default=Priority(form.cleaned_data["default"]),
        by_channel=form.by_channel(),
    )
    for priority in Priority:
        define_priority(
            actor=request.user,
            priority=priority,
            definitions=form.words_of(priority, "definition"),
            examples=form.words_of(priority, "example"),
        )
