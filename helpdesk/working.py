"""The embedded loop: does the work that a broker and a scheduler share out in production. One process is enough."""

import logging
import time
from contextlib import suppress
from threading import Event

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from accounts.actions.import_work import put_down, work_on_imports
from accounts.poking import IMPORT_TASK, TIMES_TASK, TRIAL_TASK
from helpdesk.schedule import JOBS, Job
from notifications.actions.draining import drain_everybody
from tickets.actions.following_changes import work_on_times
from tickets.actions.trials import work_on_trials

LONGEST_WAIT = 30.0
A_ROUND = 1.0  # seconds for imports, for trials, for tickets' times; mails come in between
SWEEP = "notifications.sweep"
log = logging.getLogger(__name__)


def work(stop: Event) -> None:
    """Run every job when it is due, until `stop` is set; then finish the mail at hand and return.

    A locked or vanished database is waited for, longer and longer up to half a minute. Nothing else ends the loop.
    """
    due = {job.name: 0.0 for job in JOBS}
    trouble = 0
    while not stop.is_set():
        try:
            _round(due, stop)
            trouble = 0
        except (DatabaseError, InterfaceError) as reason:
            trouble += 1
            wait = min(2.0 ** (trouble - 1), LONGEST_WAIT)
            log.warning("The database does not answer (%s); next try in %.0f s", type(reason).__name__, wait)
            connections.close_all()
            stop.wait(wait)
        stop.wait(max(0.0, min(due.values()) - time.monotonic()))
    with suppress(DatabaseError, InterfaceError):  # then its lease runs out
        put_down()
    connections.close_all()


def _round(due: dict[str, float], stop: Event) -> None:
    close_old_connections()
    for job in JOBS:
        if stop.is_set() or due[job.name] > time.monotonic():
            continue
        again = _run(job, stop)
        due[job.name] = time.monotonic() + (0 if again else job.seconds_embedded)


def _run(job: Job, stop: Event) -> bool:
    """Whether it wants to go on at once."""
    try:
        if job.name == SWEEP:
            return drain_everybody(lambda: not stop.is_set())
        if job.name == IMPORT_TASK:
            return work_on_imports(lambda: not stop.is_set(), A_ROUND)
        if job.name == TRIAL_TASK:
            return work_on_trials(lambda: not stop.is_set(), A_ROUND)
        if job.name == TIMES_TASK:
            return work_on_times(lambda: not stop.is_set(), A_ROUND)
        return job.turn()
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        log.exception("%s failed; it is tried again when it is next due", job.name)
    return False
