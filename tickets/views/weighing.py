"""Settings that say beforehand how many open tickets get other times, and ask before they are saved."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from tickets.actions.recalculating import Weighed, change_times, weigh
from tickets.enums import TimesChange, TrialState
from tickets.models import Recalculation
from tickets.recalculations import trials_seen_by

T = TypeVar("T")


def save_weighed(
    request: PortalRequest, why: TimesChange, change: Callable[[], T], *, asks: bool = False
) -> tuple[T | None, Weighed]:
    """Save a setting through its door, called by `change`, unless it moves open tickets (or `asks` in any case) and
    nobody has said yet that it may: then nothing is saved and the first of the pair is None. The page shows the form as
    it was sent, with `components/weighed.html` (takes: weighed) within it in the place of its button. Raises what the
    door raises.
    """
    weighed = weigh(actor=request.user, change=change)
    if (asks or weighed.moved != 0) and request.POST.get("weighed") != weighed.mark:
        return None, weighed
    made, _following = change_times(actor=request.user, why=why, change=change)
    return made, weighed


def moves_in_words(weighed: Weighed) -> str:
    """What follows a change that has been saved; empty where nothing does."""
    if weighed.moved is None:
        return _("Open tickets get their times anew within some minutes.")
    if not weighed.moved:
        return ""
    return ngettext(
        "%(number)d open ticket gets another time now, and says so.",
        "%(number)d open tickets get other times now, and say so.",
        weighed.moved,
    ) % {"number": weighed.moved}


def with_moves(done: str, weighed: Weighed) -> str:
    """What was done, and what follows."""
    return f"{done} {moves_in_words(weighed)}".strip()


def ask_first(request: PortalRequest, weighed: Weighed, what: str, back: str) -> HttpResponse:
    """A page that asks whether a change is meant and sends it once more, for forms that are mere buttons. `what` is
    changed at the address `back`."""
    sent = [(name, value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "weighed")]
    context = {"weighed": weighed, "what": what, "back": back, "sent": sent}
    return render(request, "tickets/settings/weighed.html", context)


@administrators_only
def times_trial(request: PortalRequest, pk: int) -> HttpResponse:
    """How far a worker is with counting, as a part of the page that asked."""
    trial: Recalculation = get_object_or_404(trials_seen_by(request.user), pk=pk)
    moved = trial.moved if trial.state == TrialState.DONE else None
    weighed = Weighed(trial.mark, trial.total, moved, trial)
    return render(request, "components/weighed.html", {"weighed": weighed})
