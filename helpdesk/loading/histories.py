"""What may have happened to a ticket of a filled portal: its turns, each at a plausible working time. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import log
from typing import Any

from routing.working_time import Hours, later
from tickets.enums import EventKind, Status, WaitingOn

DAYS = 400
THIRD_PARTY = str(WaitingOn.THIRD_PARTY)
# Of a hundred tickets ten are open. Most of those have been answered, some wait for somebody else, the rest for us.
ENDS = [Status.CLOSED] * 90 + [Status.WAITING_FOR_CUSTOMER] * 4 + [THIRD_PARTY] + [Status.IN_PROGRESS] * 3
ENDS += [Status.OPEN] * 2
# How many days ago a ticket was filed, on average, and at most.
AGES = {
    Status.WAITING_FOR_CUSTOMER: (8, 120),
    THIRD_PARTY: (9, 120),
    Status.IN_PROGRESS: (4, 90),
    Status.OPEN: (2, 60),
}
SUPPLIERS = ("tillverkaren", "elfirman", "fastighetsvärden", "nätleverantören")


_ONCE = datetime.min.replace(tzinfo=UTC)  # a turn that has not been given its moment yet


@dataclass(frozen=True)
class Happening:
    """One thing that happened, at a moment. `speaks`: with it came a message, of the customer's or of staff."""

    kind: EventKind
    at: datetime = _ONCE
    by_staff: bool = False
    speaks: bool = False
    data: dict[str, Any] = field(default_factory=dict)


class Histories:
    """Makes one history after another, the same ones for the same `chance`."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self.chance, self.now = chance, now

    def end(self) -> str:
        """How a ticket stands in the end: a status, or waiting for a third party."""
        return self.chance.choice(ENDS)

    def begin(self, end: str, hours: Hours) -> datetime:
        """When it was filed: now and then at night, mostly when somebody is at work."""
        days: float = self.chance.uniform(0.2, DAYS)
        if end in AGES:
            average, most = AGES[end]
            days = min(self.chance.expovariate(1 / average), most)
        moment = self.now - timedelta(days=days)
        if self.chance.random() < 0.85:
            moment = later(hours, moment, timedelta(minutes=self.chance.randint(1, 240)))
        return min(moment, self.now - timedelta(minutes=5))

    def of(self, end: str, begin: datetime, hours: Hours) -> list[Happening]:
        """What happened to a ticket from its filing on, none of it later than now."""
        told = [Happening(EventKind.OPENED, begin, speaks=True)]
        told.append(Happening(EventKind.ROUTED, begin))
        for happening in self._turns(end):
            told.append(self._at(told[-1].at, happening, hours))
        return told

    def _turns(self, end: str) -> Iterator[Happening]:
        if end == Status.OPEN:
            return
        yield Happening(EventKind.CLAIMED, by_staff=True)
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            yield _reply(Status.WAITING_FOR_CUSTOMER)
            yield _reply(Status.IN_PROGRESS, by_staff=False)
        if self.chance.random() < 0.06:
            yield from (_reply(Status.CLOSED), _closing(), _reply(Status.IN_PROGRESS, by_staff=False, reopened=True))
            yield Happening(EventKind.REOPENED, data={"by": "customer", "with_reply": True})
        if end == Status.WAITING_FOR_CUSTOMER:
            yield _reply(Status.WAITING_FOR_CUSTOMER)
        elif end == Status.CLOSED:
            yield from (_reply(Status.CLOSED), _closing())
        elif end == THIRD_PARTY:
            data = {"from": str(WaitingOn.US), "to": THIRD_PARTY, "whom": self.chance.choice(SUPPLIERS)}
            yield Happening(EventKind.WAITING_CHANGED, by_staff=True, data=data)
        yield from self._afterwards(end)

    def _afterwards(self, end: str) -> Iterator[Happening]:
        """Some of those that nobody has answered are asked about, and some are put off, until before or after now."""
        if end == Status.IN_PROGRESS and self.chance.random() < 0.08:
            yield Happening(EventKind.NUDGED)
        if end in (Status.IN_PROGRESS, THIRD_PARTY) and self.chance.random() < 0.06:
            until = self.now + timedelta(hours=self.chance.randint(-48, 240))
            yield Happening(EventKind.SNOOZED, by_staff=True, data={"until": until.isoformat()})

    def _at(self, before: datetime, happening: Happening, hours: Hours) -> Happening:
        """The same, so much later as it usually takes."""
        at = before
        if happening.kind in (EventKind.CLOSED, EventKind.REOPENED):
            pass  # in the same moment as the reply that did it
        elif happening.by_staff:
            minutes = 15 if happening.kind == EventKind.CLAIMED else 100
            at = later(hours, before, timedelta(minutes=self._about(minutes)))
        else:
            at = before + timedelta(minutes=self._about(9 * 60))
        return replace(happening, at=max(before, min(at, self.now - timedelta(minutes=1))))

    def _about(self, minutes: int) -> int:
        """So many minutes in the middle; as work goes, often fewer, and at times ten times as many."""
        return 1 + int(self.chance.lognormvariate(log(minutes), 1.1))


def _reply(status: Status, *, by_staff: bool = True, reopened: bool = False) -> Happening:
    data = {"by": "staff" if by_staff else "customer", "status": str(status)}
    said = data | {"closed": status == Status.CLOSED, "reopened": reopened}
    return Happening(EventKind.REPLIED, by_staff=by_staff, speaks=True, data=said)


def _closing() -> Happening:
    return Happening(EventKind.CLOSED, by_staff=True, data={"by": "staff", "with_reply": True})
