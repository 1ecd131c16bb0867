"""What an address of the dashboard asks for: whose tickets, which days, by what; and the lists its figures open."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.queries.portals import portals_today
from routing.queries import sight_of
from tickets.dashboard.narrowing import DIMENSIONS, Part, board_of, parts_of, waited
from tickets.dashboard.periods import LENGTHS, USUAL, Period
from tickets.models import Ticket
from tickets.queue_views import VIEWS


@dataclass(frozen=True)
class Tile:
    """A figure, and the list it opens: a view of the queue, and how long its tickets have waited at least."""

    key: str
    label: Any
    view: str
    waited: str = ""
    tone: str = ""  # what it means when there are any
    is_small: bool = False

    def condition(self, now: datetime) -> Q:
        """Whom the list is for makes no difference to these views."""
        found = VIEWS[self.view].which(None, now)
        return found & waited(self.waited, now) if self.waited else found


TILES = (
    Tile("over", gettext_lazy("over the promised time"), "over", tone="red"),
    Tile("due_today", gettext_lazy("due today"), "due_today", tone="amber"),
    Tile("waiting", gettext_lazy("waiting on us"), "waiting"),
    Tile("untouched", gettext_lazy("untouched"), "untouched"),
    Tile("unassigned", gettext_lazy("without an assignee"), "unassigned"),
    Tile("reopened", gettext_lazy("reopened twice or more"), "reopened"),
    Tile("over1", gettext_lazy("waiting on us for over 1 day"), "waiting", "over1", is_small=True),
    Tile("over3", gettext_lazy("waiting on us for over 3 days"), "waiting", "over3", is_small=True),
    Tile("over7", gettext_lazy("waiting on us for over 7 days"), "waiting", "over7", is_small=True),
    Tile("nudged", gettext_lazy("asked for news"), "nudged", is_small=True),
    Tile("overslept", gettext_lazy("put off too long"), "overslept", is_small=True),
)


@dataclass
class Board:
    """The dashboard as one person asks for it. Unknown values mean the default."""

    agent: User
    query: QueryDict
    now: datetime
    period: Period = field(init=False)
    by: str = field(init=False)
    of: tuple[Part, ...] = field(init=False)

    def __post_init__(self) -> None:
        length, by = self.query.get("period", ""), self.query.get("by", "")
        self.period = Period(length if length in LENGTHS else USUAL, portals_today())
        self.by = by if by in DIMENSIONS else "department"
        self.of = parts_of(self.query.get("of", ""))

    @property
    def is_wall(self) -> bool:
        return self.query.get("wall", "") == "1"

    @property
    def sees_all(self) -> bool:
        return sight_of(self.agent).led_ids is None

    def tickets(self) -> QuerySet[Ticket]:
        """All tickets the figures are about, open and closed."""
        found: QuerySet[Ticket] = Ticket.objects.filter(board_of(self.agent)).order_by()
        for part in self.of:
            found = found.filter(part.condition)
        return found

    def mark(self) -> str:
        """The same for everybody who may see the same and asks the same."""
        led = sight_of(self.agent).led_ids
        whose = "all" if led is None else ".".join(map(str, sorted(led)))
        parts = ",".join(map(str, self.of))
        return f"{whose}:{self.period.key}:{self.period.today}:{self.by}:{parts}"

    def address(self, **changes: str) -> str:
        """The dashboard's address with some of its questions changed."""
        return _address("dashboard", {**self._asked(), **changes})

    def export_address(self, chart: str) -> str:
        """Where a chart's figures are as a file."""
        return _address("dashboard_export", {**self._asked(), "wall": "", "chart": chart})

    def list_address(self, part: Part | None = None, /, **asked: str) -> str:
        """The queue with the very tickets of a figure."""
        parts = (*self.of, part) if part is not None and part not in self.of else self.of
        return _address("desk", {**asked, "board": "1", "of": ",".join(map(str, parts))})

    def tile_address(self, tile: Tile) -> str:
        """The queue with the very tickets a tile counts."""
        return self.list_address(view=tile.view, waited=tile.waited)

    def _asked(self) -> dict[str, str]:
        asked = {"period": self.period.key if self.period.key != USUAL else ""}
        asked["by"] = self.by if self.by != "department" else ""
        return {**asked, "of": ",".join(map(str, self.of)), "wall": "1" if self.is_wall else ""}


def _address(name: str, asked: dict[str, str]) -> str:
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"{reverse(name)}?{query}" if query else reverse(name)
