"""How the tiles stood a week ago."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.queries import sight_of
from tickets.dashboard.asking import Board
from tickets.models import DailyFigures

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Earlier:
    """What the tiles showed when it was written down."""

    taken_at: datetime
    tiles: Counter[str]


def a_week_ago(board: Board) -> Earlier | None:
    """None where nothing was written down on that day, or the board is narrowed to some of its tickets."""
    if board.of:
        return None
    led = sight_of(board.agent).led_ids
    rows = DailyFigures.objects.filter(day=board.period.today - WEEK)
    found = list(rows if led is None else rows.filter(department__in=led))
    tiles: Counter[str] = Counter()
    for row in found:
        tiles.update(row.counts)
    return Earlier(max(row.taken_at for row in found), tiles) if found else None
