"""Trying a changed rule on the tickets of the last days. A worker does it in portions; the row says how far it is.

A portion is worked out and its result kept in one statement that holds only while the worker has the lease it took and
the rules are still those it began with. So a worker may die or fall asleep at any point, and no ticket counts twice.
Tenants take turns of one portion each, so that none has to wait for all the work of another.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.poking import poke_trials
from accounts.rules import require_administrator
from accounts.scoping import current_tenant, tenant_scope
from routing.choosing import choose
from routing.conditions import Asked, holds
from routing.facts import Arrangement, RuleFact, TicketFacts
from routing.queries import load_arrangement
from tickets.enums import TrialState
from tickets.models import RoutingTrial
from tickets.routing_facts import facts_of
from tickets.trials import (
    AT_WORK,
    draft_as_data,
    draft_of,
    mark_of,
    tenants_with_trials_to_do,
    tickets_of,
    waiting_trials,
)

DAYS = 30
PORTION = 500
LISTED = 100
LEASE = timedelta(seconds=60)
TURN = 20.0  # seconds at most, well within the lease
AT_ONCE = 3  # trials of a portal that wait or run
ATTEMPTS = 5  # that came to nothing: the worker died, or the rules were changed meanwhile
KEPT_FOR = timedelta(days=7)
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


class TooManyTrials(ValueError):
    """As many changes are being tried as can be at a time; `trial` is one of them, the actor's own if there is one."""

    def __init__(self, trial: RoutingTrial) -> None:
        super().__init__(trial)
        self.trial = trial


def start_trial(*, actor: User, rule: RuleFact, days: int = DAYS) -> RoutingTrial:
    """Have a changed rule tried by a worker on the tickets of the last days. Changes no rule and no ticket. The same
    change once more is the trial that is there, while that waits or runs.

    Raises TooManyTrials while another one of the actor's, or three of the portal's, wait or run; PermissionError unless
    the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
        draft = draft_as_data(rule)
        others = list(RoutingTrial.objects.filter(state__in=AT_WORK).order_by("pk"))
        for other in others:
            if other.days == days and draft_of(other) == rule:
                return other
        own = [other for other in others if other.created_by_id == actor.pk]
        if own or len(others) >= AT_ONCE:
            raise TooManyTrials((own or others)[0])
        trial: RoutingTrial = RoutingTrial.objects.create(
            draft=draft, days=days, created_by=actor, created_at=timezone.now()
        )
        poke_trials()
    return trial


def forget_trials() -> int:
    """Delete this tenant's trials of a week ago and before. Returns how many."""
    deleted, _each = RoutingTrial.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def always() -> bool:
    return True


def work_on_trials(keep_going: KeepGoing = always, seconds: float | None = None) -> bool:
    """Work on the trials of all tenants for about so long; without `seconds`, until none is left.

    Returns whether more could be done at once. Between two turns `keep_going` is asked, and the time between two
    tickets. Raises database errors only; the trial is then taken up again when its lease has run out.
    """
    end = time.monotonic() + seconds if seconds is not None else None
    while tenants := tenants_with_trials_to_do():
        for tenant in tenants:
            if not keep_going():
                return False
            with tenant_scope(tenant):
                _take_a_turn(end)
            if end is not None and time.monotonic() >= end:
                return bool(tenants_with_trials_to_do())
    return False


def _take_a_turn(end: float | None) -> None:
    """One portion of the tenant's first trial."""
    trial = waiting_trials(timezone.now()).order_by("pk").first()
    if trial is not None and _claim(trial):
        until = time.monotonic() + TURN
        _go_on(trial, until if end is None else min(until, end))
        _let_go(trial)


@dataclass
class _Compared:
    """What a portion of tickets came to."""

    seen: int = 0
    held: int = 0
    moved: int = 0
    moves: list[dict[str, int]] = field(default_factory=list)


def _claim(trial: RoutingTrial) -> bool:
    """False when somebody else was faster. Gives a trial up that was begun again and again."""
    now = timezone.now()
    mine = waiting_trials(now).filter(pk=trial.pk)
    lease = now + LEASE
    if not mine.update(state=TrialState.RUNNING, lease_until=lease, worked_at=now, attempts=F("attempts") + 1):
        return False
    trial.refresh_from_db()
    trial.lease_until = lease  # what this worker took, whatever became of it
    if trial.attempts > ATTEMPTS:
        _end(trial, TrialState.FAILED)
        return False
    return True


def _go_on(trial: RoutingTrial, until: float) -> None:
    """One portion, a short one where the time runs out."""
    try:
        _portion(trial, until)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        # It rests until its lease has run out, and is given up after a few times.
        log.exception("Trial %s stopped at an unforeseen place", trial.pk)
        trial.state = TrialState.FAILED  # here only: nothing is written


def _portion(trial: RoutingTrial, until: float) -> None:
    changed = draft_of(trial)
    if changed is None:
        return _end(trial, TrialState.FAILED)
    now, then = load_arrangement(), load_arrangement(changed)
    mark = mark_of(now, then)
    attempts = trial.attempts - 1  # this one comes to something
    if trial.draft.get("mark") != mark:
        # It begins, or somebody changed the rules meanwhile: then what was counted is worth nothing.
        attempts += "mark" in trial.draft
        begun = {"done": 0, "held": 0, "moved": 0, "moves": [], "total": tickets_of(trial).count()}
        if not _note(trial, draft={**trial.draft, "mark": mark}, **begun):
            return None
    tickets = list(tickets_of(trial)[trial.done : trial.done + PORTION])
    if not tickets:
        return _end(trial, TrialState.DONE)
    asks_words = any(_asks_words(rule) for rule in (*now.rules, changed))
    facts = zip((ticket.pk for ticket in tickets), facts_of(tickets, with_words=asks_words), strict=True)
    found = _compare(facts, now, then, changed, until)
    noted = _note(
        trial,
        done=trial.done + found.seen,
        held=trial.held + found.held,
        moved=trial.moved + found.moved,
        moves=[*trial.moves, *found.moves][:LISTED],
        attempts=attempts,
    )
    return _end(trial, TrialState.DONE) if noted and trial.done >= trial.total else None


def _compare(
    facts: Iterable[tuple[int, TicketFacts]],
    now: Arrangement,
    then: Arrangement,
    changed: RuleFact,
    until: float = math.inf,
) -> _Compared:
    """Where each ticket goes by the rules as they are, and where with the change. At least one, then as many as there
    is time for."""
    before = next((rule for rule in now.rules if rule.id == changed.id), None)
    others = _Held([rule for rule in now.rules if rule.id != changed.id])
    found = _Compared()
    for ticket, fact in facts:
        if found.seen and time.monotonic() >= until:
            break
        found.seen += 1
        asked = Asked(fact)
        is_held = holds(changed, asked)
        found.held += is_held
        # A rule that does not hold changes nothing, so most tickets need not be routed twice.
        if not is_held and (before is None or not holds(before, asked)):
            continue
        held = others.of(asked)
        here = _lands(fact, now, held | ({changed.id} if before and holds(before, asked) else set()))
        there = _lands(fact, then, held | ({changed.id} if is_held else set()))
        if here != there:
            found.moved += 1
            found.moves.append({"ticket": ticket, "from": here, "to": there})
    return found


class _Held:
    """Which rules hold for a ticket. Most tickets say the same as others, and what they say together decides; only
    their words are each one's own."""

    def __init__(self, rules: Iterable[RuleFact]) -> None:
        self.about_words: list[RuleFact] = []
        self.others: list[RuleFact] = []
        for rule in rules:
            (self.about_words if _asks_words(rule) else self.others).append(rule)
        self.facts = sorted({condition.fact for rule in self.others for condition in rule.conditions})
        self.known: dict[tuple[tuple[str, ...], ...], frozenset[int]] = {}

    def of(self, asked: Asked) -> frozenset[int]:
        said = tuple(asked.said(fact) for fact in self.facts)
        found = self.known.get(said)
        if found is None:
            found = self.known[said] = frozenset(rule.id for rule in self.others if holds(rule, asked))
        return found.union(rule.id for rule in self.about_words if holds(rule, asked))


def _lands(fact: TicketFacts, arrangement: Arrangement, held: frozenset[int]) -> int:
    """The department a ticket goes to. Each rule was asked once; those that do not hold make no difference."""
    rules = tuple(rule for rule in arrangement.rules if rule.id in held)
    return choose(fact, replace(arrangement, rules=rules)).department_id


def _asks_words(rule: RuleFact) -> bool:
    return "words" in (rule.table_fact, *(condition.fact for condition in rule.conditions))


def _note(trial: RoutingTrial, **changes: Any) -> bool:
    """Write down how far it is; False when somebody else has gone on with it, or from here."""
    mine = _ours(trial).filter(done=trial.done)
    if "mark" in trial.draft:
        mine = mine.filter(draft__mark=trial.draft["mark"])
    if not mine.update(**changes):
        return False
    for name, value in changes.items():
        setattr(trial, name, value)
    return True


def _ours(trial: RoutingTrial) -> QuerySet[RoutingTrial]:
    """The row while it runs by the lease this worker took; none, once another one has taken it."""
    found: QuerySet[RoutingTrial] = RoutingTrial.objects.filter(
        pk=trial.pk, state=TrialState.RUNNING, lease_until=trial.lease_until
    )
    return found


def _end(trial: RoutingTrial, state: TrialState) -> None:
    _ours(trial).update(state=state, ended_at=timezone.now(), lease_until=None)
    trial.state = state


def _let_go(trial: RoutingTrial) -> None:
    """Leave it to the next who comes, at once."""
    if trial.state == TrialState.RUNNING:
        _ours(trial).update(lease_until=None)
