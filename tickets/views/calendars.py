"""Calendars: weekly hours, public holidays and days of their own, as the portal's administrators set them."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from accounts.timezones import country_of
from routing.actions.calendars import (
    CalendarInUse,
    CalendarNameTaken,
    CalendarRefused,
    make_portals_calendar,
    remove_calendar,
    save_calendar,
)
from routing.calendar_drafts import CalendarDraft, day_ranges, draft_of
from routing.hours_in_words import coming_holidays, opening_in_words, spans_in_words, week_in_words
from routing.models import Calendar
from routing.promises import OFFICE_HOURS, hours_of
from routing.public_holidays import is_known
from routing.working_time import Hours
from tickets.actions.recalculating import Weighed
from tickets.enums import TimesChange
from tickets.forms.calendars import NEVER_OPEN, CalendarForm, DaysForm
from tickets.views.weighing import ask_first, save_weighed, with_moves

REFUSED = {
    "never_open": ("day_0", NEVER_OPEN),
    "many": ("name", gettext_lazy("There are as many calendars as there can be. Remove one that nothing counts by.")),
    "days": (None, gettext_lazy("These are more days of its own than a calendar can have. Take old ones out.")),
}
UNKNOWN = (None, gettext_lazy("The calendar could not be kept like this. Look through it once more."))


@administrators_only
def calendars(request: PortalRequest) -> HttpResponse:
    now = timezone.now()
    rows = [
        {"calendar": row, "week": week_in_words(hours), "opening": opening_in_words(hours, now, ZoneInfo(hours.zone))}
        for row, hours in ((row, hours_of(row)) for row in _with_all())
    ]
    return render(request, "tickets/settings/calendars.html", {"rows": rows})


@administrators_only
def calendar_new(request: PortalRequest) -> HttpResponse:
    country = country_of(request.tenant.time_zone)
    hours = Hours(request.tenant.time_zone, OFFICE_HOURS, country=country if is_known(country) else "")
    return _editor(request, None, CalendarDraft("", hours))


@administrators_only
def calendar(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    return _editor(request, found, draft_of(found))


@post_only
@administrators_only
def calendar_days(request: PortalRequest, pk: int) -> HttpResponse:
    """Let some days be closed, or open at other hours than their weekday."""
    found, form = _fetch(pk), DaysForm(request.POST)
    if form.is_valid():
        saved, weighed = _save(request, found, draft_of(found).with_days(**form.cleaned_data), form)
        if saved is None and weighed is not None:
            return ask_first(request, weighed, _("Days of its own"), reverse("calendar", args=[pk]))
        if weighed is not None:
            messages.success(request, with_moves(_("The days are entered."), weighed))
            return redirect("calendar", pk)
    return _page(request, found, CalendarForm(kept=draft_of(found)), days_form=form, status=422)


@post_only
@administrators_only
def calendar_days_removal(request: PortalRequest, pk: int) -> HttpResponse:
    """Let some days be like every other again."""
    found, form = _fetch(pk), DaysForm(request.POST)
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        saved, weighed = _save(request, found, draft_of(found).without_days(since, until), form)
        if saved is None and weighed is not None:
            return ask_first(request, weighed, _("Days of its own"), reverse("calendar", args=[pk]))
        if weighed is not None:
            messages.success(request, with_moves(_("The days are like every other again."), weighed))
    for trouble in form.non_field_errors():
        messages.error(request, str(trouble))
    return redirect("calendar", pk)


@post_only
@administrators_only
def calendar_default(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    made, weighed = save_weighed(
        request, TimesChange.CALENDAR, lambda: make_portals_calendar(actor=request.user, calendar=found)
    )
    if made is None:
        return ask_first(request, weighed, found.name, reverse("calendar", args=[pk]))
    done = _("“%s” counts now wherever no other calendar is named.") % found.name
    messages.success(request, with_moves(done, weighed))
    return redirect("calendar", pk)


@post_only
@administrators_only
def calendar_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    try:
        remove_calendar(actor=request.user, calendar=found)
    except CalendarInUse:
        messages.error(request, _("“%s” is in use. Give those who count by it another calendar first.") % found.name)
        return redirect("calendar", pk)
    messages.success(request, _("“%s” is removed.") % found.name)
    return redirect("calendars")


def _editor(request: PortalRequest, found: Calendar | None, kept: CalendarDraft) -> HttpResponse:
    """One calendar. The buttons show which holidays are meant, or save it."""
    if request.method != "POST":
        return _page(request, found, CalendarForm(kept=kept))
    if "show" in request.POST:
        return _page(request, found, CalendarForm(kept=kept, initial=request.POST.dict()))
    form = CalendarForm(request.POST, kept=kept)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    saved, weighed = _save(request, found, form.draft(), form)
    if saved is None or weighed is None:
        return _page(request, found, form, status=422 if form.errors else 200, weighed=weighed)
    messages.success(request, with_moves(_("“%s” is saved.") % saved.name, weighed))
    return redirect("calendar", saved.pk)


def _save(
    request: PortalRequest, found: Calendar | None, draft: CalendarDraft, form: CalendarForm | DaysForm
) -> tuple[Calendar | None, Weighed | None]:
    """Keep the draft, unless it moves tickets and nobody has said that it may. What the door refuses is told in the
    form; then there is neither."""
    try:
        return save_weighed(
            request,
            TimesChange.CALENDAR,
            lambda: save_calendar(actor=request.user, calendar=found, draft=draft),
        )
    except CalendarNameTaken:
        form.add_error("name", _("There is a calendar with this name already."))
    except CalendarRefused as refused:
        field, why = REFUSED.get(refused.why, UNKNOWN)
        form.add_error(field if field in form.fields else None, str(why))
    return None, None


def _page(
    request: PortalRequest,
    found: Calendar | None,
    form: CalendarForm,
    status: int = 200,
    days_form: DaysForm | None = None,
    weighed: Weighed | None = None,
) -> HttpResponse:
    now, kept = timezone.now(), form.kept.hours
    today = timezone.localdate(now, ZoneInfo(kept.zone))
    holidays = coming_holidays(form.holidays_meant(), today)
    ranges = [(row, spans_in_words(row.spans)) for row in day_ranges(form.kept)]
    context = {
        "calendar": found,
        "form": form,
        "weighed": weighed,
        "days_form": days_form or DaysForm(),
        "opening": opening_in_words(kept, now, ZoneInfo(kept.zone)) if found else "",
        "holidays": [(row, spans_in_words(row.spans)) for row in holidays],
        "coming": [row for row in ranges if row[0].until >= today],
        "past": [row for row in ranges if row[0].until < today],
    }
    return render(request, "tickets/settings/calendar.html", context, status=status)


def _fetch(pk: int) -> Calendar:
    found: Calendar = get_object_or_404(_with_all(), pk=pk)
    return found


def _with_all() -> QuerySet[Calendar]:
    found: QuerySet[Calendar] = Calendar.objects.prefetch_related("spans", "days", "departments", "levels")
    return found.order_by("-is_default", "name")
