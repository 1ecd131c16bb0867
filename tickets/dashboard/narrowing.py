"""What of a list a bar, a point or a tile stands for: read from an address, asked of the database, said in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Model, Q
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agreement, Organisation, User
from accounts.scoping import current_tenant
from routing.models import Department
from routing.queries import sight_of
from tickets.models import HelpTopic

FIELDS = {"department": "department", "topic": "topic", "organisation": "organisation"}
FIELDS |= {"agreement": "organisation__agreement"}
DIMENSIONS = {
    "department": gettext_lazy("Department"),
    "topic": gettext_lazy("Topic"),
    "organisation": gettext_lazy("Organisation"),
    "agreement": gettext_lazy("Agreement"),
}
_MODELS: dict[str, type[Model]] = {
    "department": Department,
    "topic": HelpTopic,
    "organisation": Organisation,
    "agreement": Agreement,
}
BANDS = {"under1": (0, 1), "1to3": (1, 3), "3to7": (3, 7), "over7": (7, None)}  # elapsed days of waiting
SINCE = {"over1": 1, "over3": 3, "over7": 7}
_WAITED = {
    "under1": gettext_lazy("Waits for less than a day"),
    "1to3": gettext_lazy("Waits for one to three days"),
    "3to7": gettext_lazy("Waits for three to seven days"),
    "over1": gettext_lazy("Waits for over a day"),
    "over3": gettext_lazy("Waits for over three days"),
    "over7": gettext_lazy("Waits for over seven days"),
}
ASKED = ("board", "waited", "of", "created", "closed", "answered", "open_on")


@dataclass(frozen=True)
class Part:
    """The tickets of one department, topic, organisation or agreement; of none where `pk` is None."""

    dimension: str
    pk: int | None

    @property
    def condition(self) -> Q:
        return Q(**{FIELDS[self.dimension]: self.pk})

    def __str__(self) -> str:
        return f"{self.dimension}-{'none' if self.pk is None else self.pk}"

    def name(self, agent: User) -> str:
        """What it is called, as far as this agent may know."""
        if self.pk is None:
            return _("none")
        seen = sight_of(agent).department_ids
        if self.dimension == "department" and seen is not None and self.pk not in seen:
            return "–"
        return str(_MODELS[self.dimension]._default_manager.filter(pk=self.pk).first() or "–")


def names_in(dimension: str, pks: Iterable[int | None]) -> dict[int | None, str]:
    """What parts of a dimension are called, in one question. Only for whom has been found to see their tickets."""
    found = _MODELS[dimension]._default_manager.in_bulk([pk for pk in pks if pk is not None])
    return {pk: str(row) for pk, row in found.items()} | {None: _("none")}


def parts_of(text: str) -> tuple[Part, ...]:
    """What an address says of parts, with commas between; at most one a dimension, and nothing for nonsense."""
    found: dict[str, Part] = {}
    for said in re.findall(r"(?:^|(?<=,))([a-z]+)-(none|\d{1,18})(?=,|$)", text[:200], re.ASCII):
        if said[0] in FIELDS:
            found[said[0]] = Part(said[0], None if said[1] == "none" else int(said[1]))
    return tuple(found.values())


@dataclass(frozen=True)
class Days:
    """From the beginning of a day at the portal to the end of another."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"

    @property
    def begins(self) -> datetime:
        return beginning_of(self.first)

    @property
    def ends(self) -> datetime:
        return beginning_of(self.last + timedelta(days=1))

    def within(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.begins, f"{field}__lt": self.ends})

    @property
    def words(self) -> str:
        first, last = (date_format(day, "DATE_FORMAT") for day in (self.first, self.last))
        return first if self.first == self.last else f"{first} – {last}"


def days_of(text: str) -> Days | None:
    """What an address says of days, None for nonsense."""
    first, _mark, last = text.partition("..")
    try:
        found = Days(_day(first), _day(last or first))
    except ValueError:
        return None
    return found if found.first <= found.last else None


def _day(text: str) -> date:
    found = parse_date(text)
    if found is None or not 1971 <= found.year <= 2400:
        raise ValueError(text)
    return found


def beginning_of(day: date) -> datetime:
    """When a day begins at the portal."""
    return datetime.combine(day, time.min, ZoneInfo(current_tenant().time_zone))


@dataclass(frozen=True)
class Narrowing:
    """What an address asks of a list besides its view. `is_board`: only tickets of departments its reader leads;
    `open_on`: those that were open when that day ended."""

    is_board: bool
    waited: str
    of: tuple[Part, ...]
    created: Days | None
    closed: Days | None
    answered: Days | None
    open_on: Days | None

    @classmethod
    def asked(cls, query: QueryDict) -> "Narrowing":
        """Unknown values mean nothing, so old links keep working."""
        longer = query.get("waited", "")
        return cls(
            is_board=query.get("board", "") == "1",
            waited=longer if longer in BANDS or longer in SINCE else "",
            of=parts_of(query.get("of", "")),
            **{key: days_of(query.get(key, "")) for key in ("created", "closed", "answered", "open_on")},
        )

    @property
    def is_none(self) -> bool:
        return self == Narrowing(False, "", (), None, None, None, None)

    def condition(self, agent: User, now: datetime) -> Q:
        """The tickets asked for, of those the agent sees."""
        found = board_of(agent) if self.is_board else Q()
        if self.waited:
            found &= waited(self.waited, now)
        for part in self.of:
            found &= part.condition
        for field, days in (("created_at", self.created), ("closed_at", self.closed)):
            found &= days.within(field) if days else Q()
        found &= self.answered.within("first_answered_at") if self.answered else Q()
        return found & open_at(self.open_on.ends) if self.open_on else found

    def chips(self, agent: User) -> list[tuple[str, str]]:
        """Each question in words, with its name in the address."""
        chips: list[tuple[str, str]] = []
        if self.is_board and sight_of(agent).led_ids is not None:
            chips.append(("board", _("Departments you lead")))
        if self.waited:
            chips.append(("waited", str(_WAITED[self.waited])))
        chips += [("of", f"{DIMENSIONS[part.dimension]}: {part.name(agent)}") for part in self.of]
        if self.created:
            chips.append(("created", _("Came in: %s") % self.created.words))
        if self.closed:
            chips.append(("closed", _("Closed: %s") % self.closed.words))
        if self.answered:
            chips.append(("answered", _("First answer: %s") % self.answered.words))
        if self.open_on:
            chips.append(("open_on", _("Open at the end of %s") % self.open_on.words))
        return chips


def waited(key: str, now: datetime) -> Q:
    """Tickets that have waited so long for whomever they wait for: in a band of days, or longer than some."""
    least, most = BANDS.get(key) or (SINCE[key], None)
    found = Q(waiting_since__lte=now - timedelta(days=least)) if least else Q()
    return found & Q(waiting_since__gt=now - timedelta(days=most)) if most else found


def board_of(agent: User) -> Q:
    """The tickets of the departments somebody leads; for the support lead, all."""
    led = sight_of(agent).led_ids
    return Q() if led is None else Q(department__in=led)


def open_at(moment: datetime) -> Q:
    """Tickets that were there at a moment, and are not known to have been closed by then."""
    return Q(created_at__lt=moment) & (Q(closed_at=None) | Q(closed_at__gte=moment))
