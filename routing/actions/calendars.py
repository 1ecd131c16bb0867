"""Calendars: when somebody is at work (A1, M5). What tickets were promised follows, as the worker reads it anew."""

from itertools import pairwise
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.folding import clean_line
from accounts.models import Tenant, User
from accounts.rules import require_administrator
from accounts.scoping import current_tenant
from accounts.timezones import country_of, is_time_zone
from routing.calendar_drafts import CalendarDraft, opens_at_all
from routing.models import Calendar, CalendarDay, CalendarSpan, Department
from routing.promises import OFFICE_HOURS
from routing.public_holidays import is_known
from routing.typed_hours import SPANS_A_DAY
from routing.working_time import FIRST_YEAR, LAST_YEAR, Hours, Spans

CALENDARS_LIMIT = 100
DAYS_LIMIT = 2_000
LABEL_LENGTH = 80

Refusal = Literal["name", "zone", "country", "spans", "days", "labels", "many", "never_open"]


class CalendarNameTaken(ValueError):
    """Another calendar of the portal has this name."""


class CalendarRefused(ValueError):
    """The calendar cannot be kept as it is; `why` says because of what. "never_open": it has no working time within
    two years, and nothing that is promised in working time would ever be due."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class CalendarInUse(ValueError):
    """The calendar is the portal's own, or one of `departments` or `levels` (their names) counts by it."""

    def __init__(self, departments: list[str], levels: list[str]) -> None:
        super().__init__(departments, levels)
        self.departments, self.levels = departments, levels


def save_calendar(*, actor: User | None, calendar: Calendar | None, draft: CalendarDraft) -> Calendar:
    """Add a calendar (`calendar` None), the first of which is the portal's; or let one say something else: its name,
    its week and its days are replaced. Times of tickets are not touched: whoever changes what counts for them has them
    worked out again.

    Raises CalendarNameTaken, CalendarRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    _judge(draft)
    with transaction.atomic():
        if calendar is None:
            kept = _lock_all()
            _refuse_unless(len(kept) < CALENDARS_LIMIT, "many")
            locked = Calendar(is_default=not any(one.is_default for one in kept.values()))
        else:
            locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
        _take_over(locked, draft)
    return locked


def add_office_hours(*, actor: User | None) -> Calendar:
    """Give a new portal a calendar: office hours in its time zone, closed on the public holidays of the country there.

    Raises as `save_calendar` does.
    """
    tenant = current_tenant()
    country = country_of(tenant.time_zone)
    hours = Hours(tenant.time_zone, OFFICE_HOURS, country=country if is_known(country) else "")
    with override(tenant.language):
        name = gettext("Office hours")
    return save_calendar(actor=actor, calendar=None, draft=CalendarDraft(name, hours))


def make_portals_calendar(*, actor: User | None, calendar: Calendar) -> Calendar:
    """Let a calendar count wherever no other is named, in place of the one that did. Times of tickets are not touched.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock_all()[calendar.pk]
        if not locked.is_default:
            Calendar.objects.filter(is_default=True).update(is_default=False)
            locked.is_default = True
            locked.save(update_fields=["is_default"])
    return locked


def remove_calendar(*, actor: User | None, calendar: Calendar) -> bool:
    """Delete a calendar that nothing counts by. Returns False when it was gone already.

    Raises CalendarInUse, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock_all().get(calendar.pk)
        if locked is None:
            return False
        departments = list(locked.departments.values_list("name", flat=True))
        levels = list(locked.levels.values_list("name", flat=True))
        if locked.is_default or departments or levels:
            raise CalendarInUse(departments, levels)
        locked.delete()
    return True


def set_department_calendar(*, actor: User | None, department: Department, calendar: Calendar | None) -> Department:
    """Let a department, and those below it that have none, work by a calendar; with None by that of the department
    above, at last the portal's. Times of tickets are not touched.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        kept = Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk) if calendar else None
        locked = Department.objects.select_for_update().get(pk=department.pk)
        if locked.calendar_id != (kept.pk if kept else None):
            locked.calendar = kept
            locked.save(update_fields=["calendar"])
    return locked


def _judge(draft: CalendarDraft) -> None:
    hours = draft.hours
    _refuse_unless(0 < len(clean_line(draft.name)) <= 80, "name")
    _refuse_unless(is_time_zone(hours.zone), "zone")
    _refuse_unless(is_known(hours.country, hours.region) if hours.country else not hours.region, "country")
    _refuse_unless(len(hours.week) == 7, "spans")
    for spans in (*hours.week, *(spans for _, spans in hours.days)):
        _refuse_unless(_is_tidy(spans), "spans")
    _refuse_unless(len(hours.days) <= DAYS_LIMIT, "days")
    _refuse_unless(all(FIRST_YEAR <= day.year < LAST_YEAR for day, _ in hours.days), "days")
    _refuse_unless(all(len(words) <= LABEL_LENGTH for words in draft.labels.values()), "labels")
    _refuse_unless(opens_at_all(hours, timezone.now()), "never_open")


def _is_tidy(spans: Spans) -> bool:
    apart = all(before.closes <= span.opens for before, span in pairwise(spans))
    return len(spans) <= SPANS_A_DAY and apart


def _take_over(calendar: Calendar, draft: CalendarDraft) -> None:
    hours = draft.hours
    calendar.name = clean_line(draft.name)
    calendar.zone, calendar.country, calendar.region = hours.zone, hours.country, hours.region
    calendar.with_eves = hours.with_eves
    _save(calendar)
    CalendarSpan.objects.filter(calendar=calendar).delete()
    CalendarDay.objects.filter(calendar=calendar).delete()
    CalendarSpan.objects.bulk_create(_spans(calendar, hours))
    CalendarDay.objects.bulk_create(_days(calendar, draft), batch_size=500)


def _spans(calendar: Calendar, hours: Hours) -> list[CalendarSpan]:
    return [
        CalendarSpan(calendar=calendar, weekday=weekday, opens=span.opens, closes=span.closes)
        for weekday, spans in enumerate(hours.week)
        for span in spans
    ]


def _days(calendar: Calendar, draft: CalendarDraft) -> list[CalendarDay]:
    found = []
    for day, spans in draft.hours.days:
        shared = {"calendar": calendar, "day": day, "label": clean_line(draft.labels.get(day, ""))}
        if not spans:
            found.append(CalendarDay(**shared))
        found += [CalendarDay(**shared, opens=span.opens, closes=span.closes) for span in spans]
    return found


def _refuse_unless(good: bool, why: Refusal) -> None:
    if not good:
        raise CalendarRefused(why)


def _lock_all() -> dict[int, Calendar]:
    """All calendars of the portal, locked in one order, for doors that change how they stand to each other. The portal
    is locked before them: two first calendars are never added at once."""
    Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
    return {row.pk: row for row in Calendar.objects.select_for_update().order_by("pk")}


def _save(calendar: Calendar) -> None:
    try:
        with transaction.atomic():
            calendar.save()
    except IntegrityError:
        if Calendar.objects.filter(name=calendar.name).exclude(pk=calendar.pk).exists():
            raise CalendarNameTaken from None
        raise
