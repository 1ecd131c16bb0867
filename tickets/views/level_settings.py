"""Service levels, as the portal's administrators set them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.levels import LevelInUse, LevelNameTaken, LevelRefused, remove_level, save_level
from routing.enums import Measure
from routing.models import ServiceLevel
from routing.typed_durations import write_duration
from tickets.actions.recalculating import Weighed
from tickets.enums import Priority, TimesChange
from tickets.forms.levels import LevelForm
from tickets.views.weighing import save_weighed, with_moves

REFUSED = {
    "many": gettext_lazy("There are as many service levels as there can be. Delete one that nobody needs."),
    "name": gettext_lazy("Write the level’s name."),
    "targets": gettext_lazy("One of the times cannot be promised."),
}


@administrators_only
def levels(request: PortalRequest) -> HttpResponse:
    rows = [{"level": level, "promises": _promises(level)} for level in _all()]
    context = {"rows": rows, "measures": Measure.labels}
    return render(request, "tickets/settings/levels.html", context)


@administrators_only
def level_new(request: PortalRequest) -> HttpResponse:
    form = LevelForm(request.POST or None, initial=LevelForm.suggested())
    return _edit(request, form, None)


@administrators_only
def level(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_all(), pk=pk)
    return _edit(request, LevelForm(request.POST or None, initial=LevelForm.of(found)), found)


@post_only
@administrators_only
def level_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_all(), pk=pk)
    try:
        done, weighed = save_weighed(
            request, TimesChange.LEVEL, lambda: remove_level(actor=request.user, level=found), asks=True
        )
    except LevelInUse as used:
        told = _("%(level)s is promised by %(agreements)s. Choose another one there first.")
        messages.error(request, told % {"level": found, "agreements": ", ".join(used.agreements)})
        return redirect("level", pk)
    if done is None:
        return render(request, "tickets/settings/level_removal.html", {"level": found, "weighed": weighed})
    messages.success(request, with_moves(_("%s is deleted.") % found, weighed))
    return redirect("levels")


def _edit(request: PortalRequest, form: LevelForm, found: ServiceLevel | None) -> HttpResponse:
    weighed = None
    if request.method == "POST" and form.is_valid():
        saved, weighed = _save(request, form, found)
        if saved is not None and weighed is not None:
            messages.success(request, with_moves(_("%s is saved.") % saved, weighed))
            return redirect("levels")
    context: dict[str, Any] = {"form": form, "level": found, "weighed": weighed, "measures": Measure.labels}
    return render(request, "tickets/settings/level.html", context, status=422 if form.errors else 200)


def _save(
    request: PortalRequest, form: LevelForm, found: ServiceLevel | None
) -> tuple[ServiceLevel | None, Weighed | None]:
    """Through the door; what it refuses is told in the form, and nothing is saved."""
    try:
        return save_weighed(
            request, TimesChange.LEVEL, lambda: save_level(actor=request.user, level=found, **form.values())
        )
    except LevelNameTaken:
        form.add_error("name", _("There is a service level with this name already."))
    except LevelRefused as refused:
        form.add_error(None, str(REFUSED[refused.why]))
    return None, None


def _all() -> QuerySet[ServiceLevel]:
    found: QuerySet[ServiceLevel] = ServiceLevel.objects.select_related("calendar").prefetch_related(
        "targets", "agreements__agreement"
    )
    return found.order_by("-is_default", "name")


def _promises(level: ServiceLevel) -> list[dict[str, Any]]:
    """What it promises, for each measure: the same time for the priorities beside each other that have the same."""
    said = {(row.priority, row.measure): write_duration(row.minutes) for row in level.targets.all()}
    return [
        {
            "measure": measure.label,
            "times": [
                {"priority": priority.label, "time": said[priority.value, measure.value]}
                for priority in reversed(Priority)
                if (priority.value, measure.value) in said
            ],
        }
        for measure in Measure
    ]
