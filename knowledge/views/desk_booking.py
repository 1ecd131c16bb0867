"""The desk's occasions: what is to come and what has been, who takes part, changes and cancellations."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.kept_text import begin_with_kept, keeps_text
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from accounts.views.exports import csv_response
from knowledge.actions.booking import NotBookable, book, cancel_booking, put_first, require_open
from knowledge.actions.occasions import OccasionRefused, add_occasions, cancel_occasion, change_occasion
from knowledge.enums import BookingState, Repeat
from knowledge.forms.desk_booking import BookForForm, CancellationForm, NewOccasionsForm, OccasionForm
from knowledge.forms.meanwhile import SEEN, Differing, show_both
from knowledge.models import Activity, Booking, Occasion
from knowledge.queries.bookings import place_in_line, standing, with_seats
from knowledge.queries.participants import participants, participants_header, participants_rows
from knowledge.seen import Outdated
from knowledge.views.booking import WHY_NOT


@agents_only
def desk_booking(request: PortalRequest) -> HttpResponse:
    now = timezone.now()
    coming = Q(starts_at__gt=now, cancelled_at=None)
    show = "past" if request.GET.get("show") == "past" else "coming"
    counts = {"coming": Occasion.objects.filter(coming).count(), "past": Occasion.objects.exclude(coming).count()}
    rows = Occasion.objects.filter(coming) if show == "coming" else Occasion.objects.exclude(coming)
    context = {
        "page": paginate(rows, Order("starts_at", descending=show == "past"), request.GET, shown=_shown),
        "show": show,
        "counts": counts,
        "activities_total": Activity.objects.filter(is_active=True).count(),
    }
    return render(request, "knowledge/desk/booking.html", context)


@keeps_text()
@agents_only
def desk_occasion_new(request: PortalRequest) -> HttpResponse:
    if not Activity.objects.filter(is_active=True).exists():
        messages.info(request, _("Say first what can be booked."))
        return redirect("desk_activity_new")
    form = NewOccasionsForm(request.POST or None, initial={"host": request.user.pk})
    begin_with_kept(request, form)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        repeat = Repeat(said["repeat"])
        try:
            made = add_occasions(
                actor=request.user, activity=said["activity"], words=form.words(), repeat=repeat, times=said["times"]
            )
        except OccasionRefused as refused:
            form.refuse(refused.why)
        else:
            told = ngettext("%d date is entered.", "%d dates are entered.", len(made))
            messages.success(request, told % len(made))
            return redirect("desk_occasion", made[0].pk) if len(made) == 1 else redirect("desk_booking")
    status = 422 if form.errors else 200
    return render(request, "knowledge/desk/occasion_edit.html", {"form": form}, status=status)


@agents_only
def desk_occasion(request: PortalRequest, pk: int) -> HttpResponse:
    return _page(request, _fetch(pk), BookForForm())


@keeps_text()
@agents_only
def desk_occasion_edit(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    if too_late := _too_late(request, found):
        return too_late
    form = OccasionForm(request.POST or None, occasion=found)
    begin_with_kept(request, form)
    differing: list[Differing] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            change_occasion(actor=request.user, occasion=found, words=form.words(), seen=form.cleaned_data[SEEN])
        except Outdated:
            differing = show_both(form, OccasionForm(occasion=_fetch(pk)))
        except OccasionRefused as refused:
            form.refuse(refused.why)
        except NotBookable as reason:
            form.add_error(None, str(WHY_NOT[reason.why]))
        else:
            messages.success(request, _("Saved. Whoever has booked is told of what concerns them."))
            return redirect("desk_occasion", pk)
    told = standing(found.bookings.all()).count()
    context = {"form": form, "occasion": found, "told": told, "differing": differing}
    status = 422 if form.errors or differing is not None else 200
    return render(request, "knowledge/desk/occasion_edit.html", context, status=status)


@agents_only
def desk_occasion_cancellation(request: PortalRequest, pk: int) -> HttpResponse:
    """Asks first, and says how many are told."""
    found, form = _fetch(pk), CancellationForm(request.POST or None)
    if too_late := _too_late(request, found):
        return too_late
    if request.method == "POST" and form.is_valid():
        try:
            cancel_occasion(actor=request.user, occasion=found, reason=form.cleaned_data["reason"])
            messages.success(request, _("It is cancelled, and whoever had booked is told."))
        except NotBookable as reason:
            messages.error(request, str(WHY_NOT[reason.why]))
        return redirect("desk_occasion", pk)
    context = {"form": form, "occasion": found, "told": standing(found.bookings.all()).count()}
    return render(request, "knowledge/desk/occasion_cancellation.html", context, status=422 if form.errors else 200)


@post_only
@agents_only
def desk_occasion_place(request: PortalRequest, pk: int) -> HttpResponse:
    """Enter somebody."""
    found, form = _fetch(pk), BookForForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    person = form.cleaned_data["person"]
    try:
        made = book(actor=request.user, occasion=found, user=person)
    except NotBookable as reason:
        form.add_error(None, str(WHY_NOT[reason.why]))
    except PermissionError:
        form.add_error("person", _("This activity is not for this person. See who may book it."))
    else:
        if made.state == BookingState.BOOKED:
            messages.success(request, _("%s has a place.") % person)
        else:
            told = {"name": person, "number": place_in_line(made)}
            messages.success(request, _("%(name)s is number %(number)d on the waiting list.") % told)
        return redirect("desk_occasion", pk)
    return _page(request, found, form, status=422)


@post_only
@agents_only
def desk_occasion_removal(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    own = _fetch_booking(pk, row)
    if own.state == BookingState.CANCELLED:
        messages.info(request, _("%s is on the list no more.") % own.user)
        return redirect("desk_occasion", pk)
    try:
        cancel_booking(actor=request.user, booking=own)
        messages.success(request, _("%s is taken off the list, and told so.") % own.user)
    except NotBookable as reason:
        messages.error(request, str(WHY_NOT[reason.why]))
    return redirect("desk_occasion", pk)


@post_only
@agents_only
def desk_occasion_first(request: PortalRequest, pk: int, row: int) -> HttpResponse:
    """Let somebody be the next who gets a place."""
    own = _fetch_booking(pk, row)
    if own.state != BookingState.WAITING:
        told = _("%s has a place.") if own.state == BookingState.BOOKED else _("%s is on the list no more.")
        messages.info(request, told % own.user)
        return redirect("desk_occasion", pk)
    try:
        put_first(actor=request.user, booking=own)
        messages.success(request, _("%s is the next who gets a place.") % own.user)
    except NotBookable as reason:
        messages.error(request, str(WHY_NOT[reason.why]))
    return redirect("desk_occasion", pk)


@agents_only
def desk_occasion_export(request: PortalRequest, pk: int) -> StreamingHttpResponse:
    return csv_response(_("participants"), participants_header(), participants_rows(_fetch(pk)))


def _page(request: PortalRequest, found: Occasion, form: BookForForm, status: int = 200) -> HttpResponse:
    rows = participants(found)
    context: dict[str, Any] = {
        "occasion": found,
        "form": form,
        "booked": [row for row in rows if row.state == BookingState.BOOKED],
        "waiting": [row for row in rows if row.state == BookingState.WAITING],
        "is_open": not found.is_cancelled and not found.has_begun(timezone.now()),
    }
    return render(request, "knowledge/desk/occasion.html", context, status=status)


def _fetch(pk: int) -> Occasion:
    rows = with_seats(Occasion.objects.select_related("activity", "host"))
    found: Occasion = get_object_or_404(rows, pk=pk)
    return found


def _too_late(request: PortalRequest, found: Occasion) -> HttpResponse | None:
    """The way back to an occasion that is cancelled or has begun, with words on why; None while it can be changed."""
    try:
        require_open(found, timezone.now())
    except NotBookable as reason:
        messages.error(request, str(WHY_NOT[reason.why]))
        return redirect("desk_occasion", found.pk)
    return None


def _fetch_booking(pk: int, row: int) -> Booking:
    """Also one that is cancelled: the page it was pressed on may be older than that."""
    rows = Booking.objects.filter(occasion=pk).select_related("occasion", "user")
    found: Booking = get_object_or_404(rows, pk=row)
    return found


def _shown(rows: QuerySet[Occasion]) -> QuerySet[Occasion]:
    return with_seats(rows).select_related("activity", "host")
