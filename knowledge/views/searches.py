"""What staff learn from searches: what is missing in the help centre, and what helps."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.passing import whole_number
from accounts.requests import PortalRequest
from accounts.rules import agents_only
from accounts.views.exports import csv_response
from knowledge.queries.searches import PERIODS, searched, solved_by

SHOWN = 100
SHOWS: dict[str, Any] = {
    "missed": gettext_lazy("Not found"),
    "most": gettext_lazy("Searched most"),
    "solved": gettext_lazy("Solved by"),
}


@agents_only
def searches(request: PortalRequest) -> HttpResponse:
    """`?show=` one of SHOWS, of the last `?days=`."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "missed"
    days = _days(request)
    solved = solved_by(days)
    rows = {"missed": searched(days, in_vain=True), "most": searched(days, in_vain=False)}
    totals = {"missed": rows["missed"].count(), "most": rows["most"].count(), "solved": len(solved)}
    context = {
        "show": show,
        "shows": [
            {"label": label, "url": _address(key, days), "count": totals[key], "current": key == show}
            for key, label in SHOWS.items()
        ],
        "periods": [
            {
                "label": ngettext("Last %d day", "Last %d days", period) % period,
                "url": _address(show, period),
                "current": period == days,
            }
            for period in PERIODS
        ],
        "total": totals[show],
        "shown": SHOWN,
        "rows": solved[:SHOWN] if show == "solved" else list(rows[show][:SHOWN]),
        "export_url": f"{reverse('searches_export')}?days={days}",
    }
    return render(request, "knowledge/desk/searches.html", context)


@agents_only
def searches_export(request: PortalRequest) -> StreamingHttpResponse:
    """All that was searched for in the period, also beyond what the page shows."""
    header = [_("Searched for"), _("Times"), _("Times nothing was found"), _("Last on")]
    rows = searched(_days(request), in_vain=False).iterator(chunk_size=500)
    lines = ((row["words"], row["total"], row["missed"], row["last"].isoformat()) for row in rows)
    return csv_response(_("searches"), header, lines)


def _days(request: PortalRequest) -> int:
    days = whole_number(request.GET.get("days", ""))
    return days if days in PERIODS else 30


def _address(show: str, days: int) -> str:
    return f"{reverse('searches')}?{urlencode({'show': show, 'days': days})}"
