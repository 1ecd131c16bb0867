"""The desk's activities: what can be booked at all, and who may."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.kept_text import begin_with_kept, keeps_text
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from knowledge.actions.activities import save_activity, set_activity_offered
from knowledge.forms.desk_booking import ActivityForm
from knowledge.forms.meanwhile import SEEN, Differing, show_both
from knowledge.models import Activity
from knowledge.seen import Outdated


@agents_only
def desk_activities(request: PortalRequest) -> HttpResponse:
    rows = list(Activity.objects.annotate(held=Count("occasions")).order_by("-is_active", "position", "pk"))
    return render(request, "knowledge/desk/activities.html", {"activities": rows})


@keeps_text()
@agents_only
def desk_activity_new(request: PortalRequest) -> HttpResponse:
    return _edit(request, None)


@keeps_text()
@agents_only
def desk_activity(request: PortalRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Activity, pk=pk))


@post_only
@agents_only
def desk_activity_state(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Activity, pk=pk)
    offered = request.POST.get("offered") == "yes"
    set_activity_offered(actor=request.user, activity=found, is_active=offered)
    told = (
        _("“%s” can be booked again.") if offered else _("“%s” is offered no more. Who has booked keeps their place.")
    )
    messages.success(request, told % found.title)
    return redirect("desk_activities")


def _edit(request: PortalRequest, found: Activity | None) -> HttpResponse:
    form = ActivityForm(request.POST or None, activity=found)
    begin_with_kept(request, form)
    differing: list[Differing] | None = None
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data.get(SEEN)
        try:
            saved = save_activity(actor=request.user, words=form.words(), activity=found, seen=seen)
        except Outdated:
            found = get_object_or_404(Activity, pk=found.pk) if found else None
            differing = show_both(form, ActivityForm(activity=found))
        else:
            messages.success(request, _("“%s” is saved.") % saved.title)
            return redirect("desk_activities")
    context = {"form": form, "activity": found, "differing": differing}
    status = 422 if form.errors or differing is not None else 200
    return render(request, "knowledge/desk/activity.html", context, status=status)
