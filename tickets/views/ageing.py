"""When tickets count as stale, who is told, and in which departments nobody answers for that (T3)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries.people import active_administrators
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.ageing import (
    LadderGoesDown,
    PolicyRefused,
    PolicyTaken,
    pause_policy,
    remove_policy,
    save_policy,
    set_alerts,
)
from routing.enums import Ageing
from routing.leads import Leads, support_leads
from routing.models import AgeingPolicy, AlertSettings
from routing.presence import Presence
from routing.queries import sight_of
from routing.typed_durations import write_duration
from tickets.enums import Priority
from tickets.forms.ageing import NEEDED, AlertsForm, PolicyForm

TAKEN = gettext_lazy("There is one for this case, department and priority already. Change that one.")
ORDER = list(Ageing)


@administrators_only
def ageing(request: PortalRequest) -> HttpResponse:
    policies = AgeingPolicy.objects.select_related("department")
    rows = sorted(policies, key=lambda row: (ORDER.index(Ageing(row.condition)), row.department_id or 0, row.priority))
    return render(request, "tickets/settings/ageing.html", {"rows": [_in_words(row) for row in rows]})


@administrators_only
def ageing_new(request: PortalRequest) -> HttpResponse:
    return _editor(request, None)


@administrators_only
def ageing_policy(request: PortalRequest, pk: int) -> HttpResponse:
    return _editor(request, _fetch(pk))


@post_only
@administrators_only
def ageing_state(request: PortalRequest, pk: int) -> HttpResponse:
    """Pause a policy, or let it count again."""
    wanted = "resume" in request.POST
    pause_policy(actor=request.user, policy=_fetch(pk), is_active=wanted)
    messages.success(request, _("It counts again.") if wanted else _("It is paused and tells nobody."))
    return redirect("ageing")


@post_only
@administrators_only
def ageing_removal(request: PortalRequest, pk: int) -> HttpResponse:
    remove_policy(actor=request.user, policy=_fetch(pk))
    messages.success(request, _("It is removed. What was told stays in the tickets’ histories."))
    return redirect("ageing")


@administrators_only
def alerts(request: PortalRequest) -> HttpResponse:
    """The ladder, and who stands on it in each department."""
    form = AlertsForm(request.POST or None, settings=AlertSettings.objects.first() or AlertSettings())
    if request.method == "POST" and form.is_valid():
        try:
            set_alerts(actor=request.user, **form.cleaned_data)
        except LadderGoesDown:
            form.add_error("lead_at", _("Nobody further up can be told before somebody nearer."))
        else:
            messages.success(request, _("Saved. It counts from the next minute on."))
            return redirect("alerts")
    leads = support_leads()
    context = {
        "form": form,
        "departments": _who_leads(request),
        "support_leads": leads or active_administrators(),
        "has_support_lead": bool(leads),
    }
    return render(request, "tickets/settings/alerts.html", context, status=422 if form.errors else 200)


def _editor(request: PortalRequest, found: AgeingPolicy | None) -> HttpResponse:
    form = PolicyForm(request.POST or None, policy=found)
    if request.method == "POST" and form.is_valid() and _save(request, found, form):
        messages.success(request, _("Saved. It counts from the next minute on, for open tickets as well."))
        return redirect("ageing")
    context = {"form": form, "policy": found}
    return render(request, "tickets/settings/ageing_policy.html", context, status=422 if form.errors else 200)


def _save(request: PortalRequest, found: AgeingPolicy | None, form: PolicyForm) -> bool:
    try:
        save_policy(actor=request.user, policy=found, words=form.words())
    except PolicyTaken:
        form.add_error("condition", str(TAKEN))
    except PolicyRefused as refused:
        form.add_error(refused.why, str(NEEDED[refused.why]))
    else:
        return True
    return False


def _fetch(pk: int) -> AgeingPolicy:
    found: AgeingPolicy = get_object_or_404(AgeingPolicy, pk=pk)
    return found


def _in_words(policy: AgeingPolicy) -> dict[str, Any]:
    return {
        "policy": policy,
        "condition": Ageing(policy.condition).label,
        "priority": Priority(policy.priority).label if policy.priority in Priority.values else "",
        "time": write_duration(policy.minutes),
        "closes_after": write_duration(policy.closes_after),
    }


def _who_leads(request: PortalRequest) -> list[dict[str, Any]]:
    """Each open department, with who is told as its lead; `own`: whether it is its own."""
    leads, presence = Leads(), Presence()
    rows = []
    for department in sight_of(request.user).tree:
        if department.is_active:
            found = presence.here_of(leads.of(department.pk))
            own = leads.has_one(department.pk)
            rows.append({"department": department, "lead": found[0] if found else None, "own": own})
    return rows
