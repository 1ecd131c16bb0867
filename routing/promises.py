"""The portal's calendars and service levels as the pure calculations are told them: read once, asked often."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property

from accounts.models import Agreement, Organisation
from accounts.scoping import current_tenant
from routing.enums import Measure
from routing.models import AgreementLevel, Calendar, Department, ServiceLevel, ServiceTarget
from routing.promised import Holder, Level, Promise, Promised
from routing.working_time import Hours, Span, Spans

OFFICE_HOURS = tuple((Span(8 * 60, 17 * 60),) if day < 5 else () for day in range(7))


class Promises:
    """All calendars and levels of the portal. Each part is asked of the database once, when it is needed."""

    def hours(self, calendar_id: int | None, department_id: int | None = None) -> Hours:
        """A calendar's hours; without one those of the department, or of the nearest above it that has a calendar; at
        last the portal's own."""
        found = self._hours.get(calendar_id or self.calendar(department_id) or 0)
        return found or Hours(current_tenant().time_zone, OFFICE_HOURS)

    def calendar(self, department_id: int | None = None) -> int | None:
        """The calendar that a department works by: its own, that of the nearest above it that has one, at last the
        portal's."""
        return (self._of_department.get(department_id) if department_id else None) or self._default

    def level(self, agreement_id: int | None) -> int | None:
        """The level that an agreement promises, else the one that everybody has, if there is any."""
        return self._of_agreement.get(agreement_id or 0) or self._default_level

    def name_of_level(self, level_id: int | None) -> str:
        """A level's name, empty where there is none."""
        return self._levels[level_id].name if level_id in self._levels else ""

    def promise(self, *, level_id: int | None, priority: str, department_id: int) -> Promise:
        """What is promised by a level for a ticket of this priority in this department. None: nothing."""
        targets = self._targets.get((level_id or 0, priority), {})
        return Promise(level_id, targets, self.hours_of_level(level_id, department_id))

    def hours_of_level(self, level_id: int | None, department_id: int) -> Hours:
        """The hours in which a level's promises are counted for a ticket of this department."""
        calendar = self._levels[level_id].calendar_id if level_id in self._levels else None
        return self.hours(calendar, department_id)

    def promised(self) -> Promised:
        """All of it as it is now, also what nobody has asked yet."""
        levels = {pk: self._level_as_promised(level) for pk, level in self._levels.items()}
        holders = Organisation.objects.filter(agreement__level__isnull=False).values_list(
            "pk", "agreement__level__level", "agreement_from", "agreement_until"
        )
        return Promised(
            portal=self.hours(None),
            departments={pk: self._hours[calendar] for pk, calendar in self._of_department.items()},
            everybody=levels.get(self._default_level),
            holders={pk: Holder(levels[level], since, until) for pk, level, since, until in holders},
        )

    def _level_as_promised(self, level: ServiceLevel) -> Level:
        targets = (
            (priority, str(measure), int(target.total_seconds()) // 60)
            for (of_level, priority), of_priority in self._targets.items()
            if of_level == level.pk
            for measure, target in of_priority.items()
        )
        return Level(tuple(sorted(targets)), self._hours[level.calendar_id] if level.calendar_id else None)

    @cached_property
    def _hours(self) -> dict[int, Hours]:
        calendars = Calendar.objects.prefetch_related("spans", "days")
        return {row.pk: hours_of(row) for row in calendars}

    @cached_property
    def _default(self) -> int | None:
        return Calendar.objects.filter(is_default=True).values_list("pk", flat=True).first()

    @cached_property
    def _of_department(self) -> dict[int, int]:
        """The calendar of each department that has one, or stands below one that has."""
        rows = {pk: (parent, own) for pk, parent, own in Department.objects.values_list("pk", "parent", "calendar")}
        found: dict[int, int] = {}
        for pk in rows:
            above: int | None = pk
            seen: set[int] = set()
            while above is not None and above in rows and above not in seen:
                seen.add(above)
                above, own = rows[above]
                if own is not None:
                    found[pk] = own
                    break
        return found

    @cached_property
    def _levels(self) -> dict[int | None, ServiceLevel]:
        return {level.pk: level for level in ServiceLevel.objects.all()}

    @cached_property
    def _default_level(self) -> int | None:
        return next((pk for pk, level in self._levels.items() if level.is_default), None)

    @cached_property
    def _of_agreement(self) -> dict[int, int]:
        return dict(AgreementLevel.objects.values_list("agreement", "level"))

    @cached_property
    def _targets(self) -> dict[tuple[int, str], dict[Measure, timedelta]]:
        found: dict[tuple[int, str], dict[Measure, timedelta]] = defaultdict(dict)
        for level, priority, measure, minutes in ServiceTarget.objects.values_list(
            "level", "priority", "measure", "minutes"
        ):
            found[level, priority][Measure(measure)] = timedelta(minutes=minutes)
        return dict(found)


def level_of(agreement: Agreement) -> ServiceLevel | None:
    """The level that an agreement itself promises."""
    found: ServiceLevel | None = ServiceLevel.objects.filter(agreements__agreement=agreement).first()
    return found


def hours_of(calendar: Calendar) -> Hours:
    """A calendar as the calculations are told it. Reads its spans and days."""
    week: list[list[Span]] = [[] for _ in range(7)]
    for span in calendar.spans.all():
        week[span.weekday].append(Span(span.opens, span.closes))
    days: dict[date, list[Span]] = {}
    for row in calendar.days.all():
        spans = days.setdefault(row.day, [])
        if row.opens is not None and row.closes is not None:
            spans.append(Span(row.opens, row.closes))
    return Hours(
        zone=calendar.zone,
        week=tuple(tuple(sorted(spans)) for spans in week),
        days=tuple(sorted((day, _sorted(spans)) for day, spans in days.items())),
        country=calendar.country,
        region=calendar.region,
        with_eves=calendar.with_eves,
    )


def _sorted(spans: list[Span]) -> Spans:
    return tuple(sorted(spans))
