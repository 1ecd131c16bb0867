"""Trying a changed rule on the tickets of the last days. A worker does it in portions; the row says how far it is.

A portion is worked out and its result kept in one statement that holds only while nobody else went on from the same
place. So a worker may die at any point, and no ticket is counted twice.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.poking import poke_trials
from accounts.rules import require_administrator
from accounts.scoping import tenant_scope
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
ATTEMPTS = 5  # without any progress
KEPT_FOR = timedelta(days=7)
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


def start_trial(*, actor: User, rule: RuleFact, days: int = DAYS) -> RoutingTrial:
    """Have a changed rule tried by a worker on the tickets of the last days. Changes no rule and no ticket.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        trial: RoutingTrial = RoutingTrial.objects.create(
            draft=draft_as_data(rule), days=days, created_by=actor, created_at=timezone.now()
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

    Returns whether more could be done at once. Between two portions `keep_going` is asked. Raises database errors only;
    the trial is then taken up again when its lease has run out.
    """
    end = time.monotonic() + seconds if seconds is not None else None
    for tenant in tenants_with_trials_to_do():
        with tenant_scope(tenant):
            for trial in waiting_trials(timezone.now()).order_by("pk")[:5]:
                if not _claim(trial):
                    continue
                while keep_going() and _go_on(trial):
                    if end is not None and time.monotonic() >= end:
                        _let_go(trial)
                        return True
                _let_go(trial)
                if not keep_going():
                    return False
    return False


@dataclass
class _Compared:
    """What a portion of tickets came to."""

    held: int = 0
    moved: int = 0
    moves: list[dict[str, int]] = field(default_factory=list)


def _claim(trial: RoutingTrial) -> bool:
    """False when somebody else was faster. Gives a trial up that was begun again and again."""
    now = timezone.now()
    mine = waiting_trials(now).filter(pk=trial.pk)
    if not mine.update(state=TrialState.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    trial.refresh_from_db()
    if trial.attempts > ATTEMPTS:
        _end(trial, TrialState.FAILED)
        return False
    return True


def _go_on(trial: RoutingTrial) -> bool:
    """One portion. Returns whether there is more to do, and for us to do."""
    try:
        return _portion(trial)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        # It rests until its lease has run out, and is given up after a few times.
        log.exception("Trial %s stopped at an unforeseen place", trial.pk)
        trial.state = TrialState.FAILED  # here only: nothing is written
        return False


def _portion(trial: RoutingTrial) -> bool:
    changed = draft_of(trial)
    if changed is None:
        return _end(trial, TrialState.FAILED)
    now, then = load_arrangement(), load_arrangement(changed)
    mark = mark_of(now, then)
    if trial.draft.get("mark") != mark:
        # It begins, or somebody changed the rules meanwhile: then what was counted is worth nothing.
        begun = _note(trial, done=0, held=0, moved=0, moves=[], total=tickets_of(trial).count())
        if not begun or not _note(trial, draft={**trial.draft, "mark": mark}):
            return False
    tickets = list(tickets_of(trial)[trial.done : trial.done + PORTION])
    if not tickets:
        return _end(trial, TrialState.DONE)
    asks_words = any(_asks_words(rule) for rule in (*now.rules, changed))
    facts = zip((ticket.pk for ticket in tickets), facts_of(tickets, with_words=asks_words), strict=True)
    found = _compare(facts, now, then, changed)
    noted = _note(
        trial,
        done=trial.done + len(tickets),
        held=trial.held + found.held,
        moved=trial.moved + found.moved,
        moves=[*trial.moves, *found.moves][:LISTED],
        attempts=0,
    )
    return noted and (trial.done < trial.total or _end(trial, TrialState.DONE))


def _compare(
    facts: Iterable[tuple[int, TicketFacts]], now: Arrangement, then: Arrangement, changed: RuleFact
) -> _Compared:
    """Where each ticket goes by the rules as they are, and where with the change."""
    before = next((rule for rule in now.rules if rule.id == changed.id), None)
    others = _Held([rule for rule in now.rules if rule.id != changed.id])
    found = _Compared()
    for ticket, fact in facts:
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
    """Write down how far it is and keep it for a while longer; False when somebody else went on from here."""
    mine = RoutingTrial.objects.filter(pk=trial.pk, done=trial.done, state=TrialState.RUNNING)
    if not mine.update(lease_until=timezone.now() + LEASE, **changes):
        return False
    for name, value in changes.items():
        setattr(trial, name, value)
    return True


def _end(trial: RoutingTrial, state: TrialState) -> bool:
    RoutingTrial.objects.filter(pk=trial.pk, state__in=AT_WORK).update(
        state=state, ended_at=timezone.now(), lease_until=None
    )
    trial.state = state
    return False


def _let_go(trial: RoutingTrial) -> None:
    """Leave it to the next who comes, at once."""
    if trial.state == TrialState.RUNNING:
        RoutingTrial.objects.filter(pk=trial.pk, state=TrialState.RUNNING).update(lease_until=None)
