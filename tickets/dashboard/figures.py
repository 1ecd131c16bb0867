"""The dashboard's figures, counted by the database: a fixed number of questions, however many tickets there are."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import get_language

from accounts.scoping import current_tenant
from routing.enums import Measure
from routing.models import ServiceTarget
from tickets.dashboard.asking import TILES, Board
from tickets.dashboard.narrowing import BANDS, FIELDS, Days, waited
from tickets.enums import WaitingOn
from tickets.models import Ticket
from tickets.queue_views import VIEWS

# Seconds for which those who see the same share figures. With the page's own half minute, none is over a minute old.
KEPT = 25
OPEN = (WaitingOn.US, WaitingOn.CUSTOMER, WaitingOn.THIRD_PARTY)


@dataclass(frozen=True)
class Waiting:
    """How long the tickets of one part have waited for us: their number in each band."""

    pk: int | None
    bands: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.bands.values())


@dataclass(frozen=True)
class Step:
    """What came in and was closed in some days, and what was open at their end."""

    days: Days
    created: int
    closed: int
    open: int


@dataclass(frozen=True)
class Answers:
    """First answers given, and the working minutes they took: half of them at most `median`, nine of ten at most
    `ninety`. `within` of the `promised` ones came within their target, which is `target` if all have the same."""

    number: int
    median: int
    ninety: int
    within: int
    promised: int
    target: int | None

    @property
    def share(self) -> int | None:
        """Percent within their target, rounded down: no promise is kept that was not."""
        return self.within * 100 // self.promised if self.promised else None


@dataclass(frozen=True)
class Figures:
    """All there is on a dashboard. `before` are the sums of as many days before; `open_before` what was open when
    these days began."""

    tiles: dict[str, int]
    waiting: list[Waiting]
    steps: list[Step]
    before: Step
    answers: list[tuple[int | None, Answers]]
    all_answers: Answers | None
    answers_before: Answers | None

    @property
    def created(self) -> int:
        return sum(step.created for step in self.steps)

    @property
    def closed(self) -> int:
        return sum(step.closed for step in self.steps)


def figures_of(board: Board) -> Figures:
    """The figures, at most KEPT seconds old."""
    key = f"dashboard:{current_tenant().pk}:{get_language()}:{board.mark()}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = count(board)
        cache.set(key, found, KEPT)
    return found


def count(board: Board) -> Figures:
    """The figures as they are now."""
    tickets = board.tickets()
    live = tickets.filter(waiting_on__in=OPEN)
    conditions = {tile.key: Count("pk", filter=tile.condition(board.now)) for tile in TILES}
    counted = live.aggregate(open_now=Count("pk"), **conditions)
    open_now = counted.pop("open_now")
    steps, before = _flow(board, tickets, open_now)
    of_each = _answers(tickets.filter(board.period.days.within("first_answered_at")), FIELDS[board.by])
    every: Counter[tuple[Any, ...]] = Counter()
    for minutes in of_each.values():
        every.update(minutes)
    earlier = _answers(tickets.filter(board.period.before.within("first_answered_at")), None)
    targets = _targets()
    answers = [(pk, found) for pk, minutes in of_each.items() if (found := summed(minutes, targets))]
    return Figures(
        tiles=counted,
        waiting=_waiting(board, live),
        steps=steps,
        before=before,
        answers=sorted(answers, key=lambda row: (-row[1].number, row[0] or 0)),
        all_answers=summed(every, targets),
        answers_before=summed(earlier.get(None, Counter()), targets),
    )


def _waiting(board: Board, live: QuerySet[Ticket]) -> list[Waiting]:
    field = FIELDS[board.by]
    bands = {f"band_{key}": Count("pk", filter=waited(key, board.now)) for key in BANDS}
    ours = live.filter(VIEWS["waiting"].which(board.agent, board.now))
    rows = [
        Waiting(row[field], {key: row[f"band_{key}"] for key in BANDS})
        for row in ours.values(field).annotate(**bands).order_by()
    ]
    return sorted(rows, key=lambda row: (-row.total, row.pk or 0))


def _flow(board: Board, tickets: QuerySet[Ticket], open_now: int) -> tuple[list[Step], Step]:
    """Each step, and all days before them as one. What was open is reckoned back from what is open now."""
    both = Days(board.period.before.first, board.period.today)
    created, closed = (_per_day(tickets, field, both) for field in ("created_at", "closed_at"))
    found: list[Step] = []
    left = open_now
    for days in [*reversed(board.period.steps), board.period.before]:
        came = sum(number for day, number in created.items() if days.first <= day <= days.last)
        went = sum(number for day, number in closed.items() if days.first <= day <= days.last)
        found.append(Step(days, came, went, left))
        left += went - came
    return found[-2::-1], found[-1]


def _per_day(tickets: QuerySet[Ticket], field: str, days: Days) -> dict[Any, int]:
    day = TruncDate(field, tzinfo=ZoneInfo(current_tenant().time_zone))
    rows = tickets.filter(days.within(field)).annotate(day=day).values("day").annotate(number=Count("pk"))
    return {row["day"]: row["number"] for row in rows.order_by()}


def _answers(tickets: QuerySet[Ticket], field: str | None) -> dict[int | None, Counter[tuple[Any, ...]]]:
    """How many first answers took how many minutes, by level and priority, of each part; None: of all."""
    found: dict[int | None, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    asked = ("level_id", "priority", "first_answer_minutes", *([field] if field else []))
    rows = tickets.filter(first_answer_minutes__isnull=False).values_list(*asked)
    for level, priority, minutes, *part, number in rows.annotate(number=Count("pk")).order_by():
        found[part[0] if part else None][level, priority, minutes] += number
    return found


def _targets() -> dict[tuple[int | None, str], int]:
    rows = ServiceTarget.objects.filter(measure=Measure.FIRST_ANSWER)
    return {(level, priority): minutes for level, priority, minutes in rows.values_list("level", "priority", "minutes")}


def summed(answers: Counter[tuple[Any, ...]], targets: dict[tuple[int | None, str], int]) -> Answers | None:
    """What is said of first answers, each with its level, priority and minutes; None where there is none."""
    number = answers.total()
    if not number:
        return None
    spread: Counter[int] = Counter()
    within, promised, asked = 0, 0, set()
    for (level, priority, minutes), times in answers.items():
        spread[minutes] += times
        target = targets.get((level, priority))
        asked.add(target)
        if target is not None:
            promised += times
            within += times if minutes <= target else 0
    target = next(iter(asked)) if len(asked) == 1 else None
    return Answers(number, _at(spread, number, 50), _at(spread, number, 90), within, promised, target)


def _at(spread: Counter[int], number: int, percent: int) -> int:
    """The least value that so many percent do not exceed."""
    wanted, seen = ceil(number * percent / 100), 0
    for minutes, times in sorted(spread.items()):
        seen += times
        if seen >= wanted:
            return minutes
    raise ValueError("nothing to look at")
