"""Wake a worker after the commit. Only a wake-up: rows that nobody is woken for are found by the sweeper."""

import logging
import time
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction

from accounts.scoping import current_tenant

DRAIN_TASK = "notifications.drain"
IMPORT_TASK = "accounts.work_on_imports"
TRIAL_TASK = "tickets.work_on_trials"
TIMES_TASK = "tickets.work_on_times"
ANSWERS_TASK = "tickets.give_answers"
_SILENCE = 30.0  # seconds a broker that did not answer is left alone, so that it slows no request
_silent_until = 0.0
log = logging.getLogger(__name__)


def poke_worker(*, after: float = 0.0) -> None:
    """Ask for this tenant's rows to be worked on once the transaction is committed, `after` so many seconds. Never
    raises, never retries.

    On the embedded default nothing is sent: the worker loop looks for itself.
    """
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(partial(_send, DRAIN_TASK, current_tenant().pk, after=after), robust=True)


def poke_importer() -> None:
    """Ask for imports to be worked on once the transaction is committed; a job of its own, because it may take long."""
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(partial(_send, IMPORT_TASK), robust=True)


def poke_trials() -> None:
    """Ask for trials of routing rules to be worked on once the transaction is committed."""
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(partial(_send, TRIAL_TASK), robust=True)


def poke_recalculation() -> None:
    """Ask for open tickets' times to be worked out once the transaction is committed."""
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(partial(_send, TIMES_TASK), robust=True)


def poke_answers() -> None:
    """Ask for answers that many tickets get to be given once the transaction is committed."""
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(partial(_send, ANSWERS_TASK), robust=True)


def _send(task: str, *arguments: int, after: float = 0.0) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        wait = {"countdown": after} if after else {}
        current_app.send_task(task, args=list(arguments), retry=False, **wait)
    except Exception as trouble:  # any broker trouble: the sweeper will find the rows
        _silent_until = time.monotonic() + _SILENCE
        log.warning("The work queue did not take a wake-up (%s); the sweeper will do it", type(trouble).__name__)
