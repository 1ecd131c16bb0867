"""What everybody is promised at a moment, taken out of the tables: two can be compared, and kept as JSON. Pure.

No ids of calendars or levels in it, so that what has not been saved yet is the same once it is.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from routing.enums import Measure
from routing.working_time import Hours, Span, Spans


@dataclass(frozen=True)
class Promise:
    """What one ticket's customer is promised: a target for each measure that has one, counted in these hours. None for
    `level_id`: nothing, or what is not saved yet."""

    level_id: int | None
    targets: Mapping[Measure, timedelta]
    hours: Hours


@dataclass(frozen=True)
class Level:
    """A service level: for each priority and measure that has a target its minutes; without `hours`, the department's
    count."""

    targets: tuple[tuple[str, str, int], ...] = ()
    hours: Hours | None = None


@dataclass(frozen=True)
class Holder:
    """An organisation with an agreement that promises a level, and from when until when that holds."""

    level: Level
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Promised:
    """The portal's hours and those of departments that have others, by id; the level that everybody has, if there is
    one; the organisations that have another, by id."""

    portal: Hours
    departments: Mapping[int, Hours] = field(default_factory=dict)
    everybody: Level | None = None
    holders: Mapping[int, Holder] = field(default_factory=dict)

    def promise(self, organisation_id: int | None, department_id: int, priority: str, day: date) -> Promise:
        """What is promised for a ticket of this organisation, department and priority on a day."""
        holder = self.holders.get(organisation_id or 0)
        level = holder.level if holder is not None and holder.holds(day) else self.everybody
        hours = (level.hours if level else None) or self.departments.get(department_id, self.portal)
        targets = level.targets if level else ()
        return Promise(
            None, {Measure(m): timedelta(minutes=minutes) for p, m, minutes in targets if p == priority}, hours
        )

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it: each calendar and level once. The same promises always come out the same."""
        levels = sorted({self.everybody, *(one.level for one in self.holders.values())} - {None}, key=repr)
        calendars = {self.portal, *self.departments.values(), *(level.hours for level in levels if level)} - {None}
        hours = sorted(calendars, key=repr)
        of_hours = {one: place for place, one in enumerate(hours)} | {None: None}
        of_level = {one: place for place, one in enumerate(levels)} | {None: None}
        return {
            "hours": [_hours_as_data(one) for one in hours if one],
            "levels": [[list(map(list, one.targets)), of_hours[one.hours]] for one in levels if one],
            "portal": of_hours[self.portal],
            "departments": {str(pk): of_hours[one] for pk, one in sorted(self.departments.items())},
            "everybody": of_level[self.everybody],
            "holders": {
                str(pk): [of_level[one.level], _iso(one.since), _iso(one.until)]
                for pk, one in sorted(self.holders.items())
            },
        }


def promised_from(data: Mapping[str, Any]) -> Promised:
    """What `as_data` made data of."""
    hours = [_hours_from(one) for one in data["hours"]]
    levels = [
        Level(tuple((p, m, minutes) for p, m, minutes in targets), None if place is None else hours[place])
        for targets, place in data["levels"]
    ]
    return Promised(
        portal=hours[data["portal"]],
        departments={int(pk): hours[place] for pk, place in data["departments"].items()},
        everybody=None if data["everybody"] is None else levels[data["everybody"]],
        holders={
            int(pk): Holder(levels[place], _day(since), _day(until))
            for pk, (place, since, until) in data["holders"].items()
        },
    )


def mark_of_change(before: Promised, after: Promised) -> str:
    """Names a change of promises: the same change of the same promises has the same mark."""
    said = json.dumps([before.as_data(), after.as_data()], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _hours_as_data(hours: Hours) -> dict[str, Any]:
    return {
        "zone": hours.zone,
        "week": [_spans_as_data(spans) for spans in hours.week],
        "days": [[day.isoformat(), _spans_as_data(spans)] for day, spans in hours.days],
        "holidays": [hours.country, hours.region, hours.with_eves],
    }


def _hours_from(data: Mapping[str, Any]) -> Hours:
    country, region, with_eves = data["holidays"]
    return Hours(
        zone=data["zone"],
        week=tuple(_spans_from(spans) for spans in data["week"]),
        days=tuple((date.fromisoformat(day), _spans_from(spans)) for day, spans in data["days"]),
        country=country,
        region=region,
        with_eves=with_eves,
    )


def _spans_as_data(spans: Spans) -> list[list[int]]:
    return [[span.opens, span.closes] for span in spans]


def _spans_from(data: list[list[int]]) -> Spans:
    return tuple(Span(opens, closes) for opens, closes in data)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
