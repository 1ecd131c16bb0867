"""When somebody on the staff is away, and who stands in for them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import User
from accounts.requests import PortalRequest
from accounts.rules import agents_only
from routing.actions.absences import AbsenceRefused, note_absence, remove_absence
from routing.forms import AbsenceForm
from routing.presence import coming_absences, may_note_absence, possible_stand_ins

REFUSED = {
    "backwards": ("until", gettext_lazy("The last day is before the first one.")),
    "stand_in": ("stand_in", gettext_lazy("This person cannot stand in. Choose somebody else.")),
    "many": (None, gettext_lazy("These are as many absences as can be noted. Take one back first.")),
}


@agents_only
def absences(request: PortalRequest, pk: int) -> HttpResponse:
    """The absences of one person; whoever may, notes one or takes one back."""
    person = get_object_or_404(User.objects.exclude(role=Role.CUSTOMER), pk=pk)
    form = AbsenceForm(request.POST or None, people=possible_stand_ins(person), initial={"since": timezone.localdate()})
    if request.method != "POST":
        return _page(request, person, form)
    if not may_note_absence(request.user, person):
        raise Http404
    if "remove" in request.POST:
        return _remove(request, person)
    if form.is_valid() and _note(request, person, form):
        messages.success(request, _("The absence is noted. What goes stale meanwhile is told to whoever stands in."))
        return redirect("absences", pk)
    return _page(request, person, form, status=422)


def _remove(request: PortalRequest, person: User) -> HttpResponse:
    asked = request.POST["remove"]
    here = coming_absences(person, timezone.localdate())
    found = next((row for row in here if str(row.pk) == asked), None)
    if found is not None:
        remove_absence(actor=request.user, absence=found)
        messages.success(request, _("The absence is taken back."))
    return redirect("absences", person.pk)


def _note(request: PortalRequest, person: User, form: AbsenceForm) -> bool:
    try:
        note_absence(actor=request.user, user=person, **form.values())
    except AbsenceRefused as refused:
        field, words = REFUSED[refused.why]
        form.add_error(field, str(words))
        return False
    return True


def _page(request: PortalRequest, person: User, form: AbsenceForm, status: int = 200) -> HttpResponse:
    rows = coming_absences(person, timezone.localdate())
    context: dict[str, Any] = {
        "person": person,
        "is_own": person.pk == request.user.pk,
        "rows": rows,
        "may_note": may_note_absence(request.user, person),
        "form": form,
    }
    return render(request, "routing/absences.html", context, status=status)
