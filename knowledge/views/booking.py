"""What customers can book: the list, one occasion, taking and leaving a place."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.kept_text import begin_with_kept, keeps_text
from accounts.models import User
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import post_only
from knowledge.actions.booking import NotBookable, book, cancel_booking, require_open
from knowledge.calendar_files import NAME, calendar_file
from knowledge.enums import BookingState
from knowledge.forms.booking import BookingForm
from knowledge.models import Booking, Occasion
from knowledge.queries.bookings import (
    activities_for,
    at_the_same_time,
    booking_at,
    coming_bookings,
    occasions_for,
    offered_to,
    place_in_line,
    with_seats,
)

NEXT_FIRST = Order("starts_at")
WHY_NOT = {
    "cancelled": gettext_lazy("It has been cancelled."),
    "begun": gettext_lazy("It has begun."),
    "closed": gettext_lazy("It can be booked no more."),
}


def booking(request: PortalRequest) -> HttpResponse:
    """What is to come and can be booked, after what the reader has booked; of one activity, where one is asked for."""
    reader, now = _reader(request), timezone.now()
    offered = activities_for(reader)
    chosen = get_object_or_404(offered, slug=request.GET["activity"]) if request.GET.get("activity") else None
    rows = offered_to(reader, now)
    page = paginate(rows.filter(activity=chosen) if chosen else rows, NEXT_FIRST, request.GET, shown=_shown)
    mine = _coming(reader) if reader is not None else []
    context = {
        "page": page,
        "activity": chosen,
        "activities": list(offered.filter(occasions__in=rows.order_by()).distinct()[:20]),
        "mine": [] if chosen else mine,
        "booked": {one.occasion_id: one for one in mine},
    }
    return render(request, "knowledge/booking.html", context)


def occasion(request: PortalRequest, pk: int) -> HttpResponse:
    return _page(request, _fetch(request, pk), BookingForm())


@post_only
@keeps_text("occasion")
def occasion_booking(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Occasion.objects.filter(activity__in=activities_for(request.user).order_by()), pk=pk)
    form = BookingForm(request.POST)
    if not form.is_valid():
        return _page(request, _fetch(request, pk), form, status=422)
    try:
        made = book(actor=request.user, occasion=found, user=request.user, message=form.cleaned_data["message"])
    except NotBookable as reason:
        messages.error(request, str(WHY_NOT[reason.why]))
        return redirect("occasion", pk)
    if made.state == BookingState.BOOKED:
        messages.success(request, _("You have a place. A mail with a file for your calendar is on its way."))
    else:
        line = {"number": place_in_line(made)}
        messages.success(
            request, _("You are number %(number)d on the waiting list. We mail you if you get a place.") % line
        )
    return redirect("occasion", pk)


@login_required
def occasion_leaving(request: PortalRequest, pk: int) -> HttpResponse:
    """Asks before a place is given to somebody else. Whoever has none (any more) is led back to the occasion."""
    found = _fetch(request, pk)
    own = booking_at(found, request.user)
    if own is None:
        messages.info(
            request, _("There is nothing to cancel: you have no place there, and are not on its waiting list.")
        )
        return redirect("occasion", pk)
    try:
        if request.method != "POST":
            require_open(found, timezone.now())
            return render(request, "knowledge/occasion_leaving.html", {"occasion": found, "own": own})
        cancel_booking(actor=request.user, booking=own)
    except NotBookable as reason:
        messages.error(request, str(WHY_NOT[reason.why]))
        return redirect("occasion", pk)
    messages.success(request, _("Your booking is cancelled."))
    return redirect("booking")


@login_required
def occasion_calendar(request: PortalRequest, pk: int) -> HttpResponse:
    """The file for a calendar, for whoever has a place. Who has none (any more) is led back to the occasion."""
    found = _fetch(request, pk)
    own = booking_at(found, request.user)
    if own is None or own.state != BookingState.BOOKED:
        messages.info(request, _("The file for your calendar is for those who have a place."))
        return redirect("occasion", pk)
    url = request.tenant.url(reverse("occasion", args=[pk]))
    response = HttpResponse(calendar_file(found, url), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(request: PortalRequest, found: Occasion, form: BookingForm, status: int = 200) -> HttpResponse:
    reader, now = _reader(request), timezone.now()
    own = booking_at(found, reader)
    offered = activities_for(reader).filter(pk=found.activity_id).exists()
    late = not (reader and reader.is_agent) and now >= found.bookable_until
    context: dict[str, Any] = {
        "occasion": found,
        "form": form,
        "own": own,
        "line": place_in_line(own) if own and own.state == BookingState.WAITING else None,
        "is_over": found.has_begun(now),
        "is_closed": late,
        "free": max(0, found.seats - found.taken),  # type: ignore[attr-defined]
        "clashes": at_the_same_time(found, reader) if reader and not found.is_cancelled else [],
        "can_book": own is None and offered and not found.is_cancelled and not late and not found.has_begun(now),
        "more": offered and offered_to(reader, now).filter(activity=found.activity).exclude(pk=found.pk).exists(),
    }
    if context["can_book"]:  # without a form nothing could be said to be back in it
        begin_with_kept(request, form)
    return render(request, "knowledge/occasion.html", context, status=status)


def _fetch(request: PortalRequest, pk: int) -> Occasion:
    found: Occasion = get_object_or_404(with_seats(occasions_for(_reader(request))), pk=pk)
    return found


def _coming(reader: User) -> list[Booking]:
    now = timezone.now()
    return [one for one in coming_bookings(reader, now) if one.occasion.ends_at > now]


def _shown(rows: QuerySet[Occasion]) -> QuerySet[Occasion]:
    return with_seats(rows).select_related("activity")


def _reader(request: PortalRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
