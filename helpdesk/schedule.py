"""The one list of periodic jobs, from which Celery's beat and the embedded loop are both made."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from accounts.poking import ANSWERS_TASK, IMPORT_TASK, TIMES_TASK, TRIAL_TASK

HOUR = 3600.0
LONG = 540.0  # seconds; below the broker's visibility timeout, after which it would give the task to another worker
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """`work` is "module:function". `every` counts in seconds; `embedded` where the embedded loop, which nobody wakes,
    has to look more often. `each_tenant`: the function runs once in every tenant's scope. `in_turns`: it works for some
    seconds only, and returns whether something is left for another turn. `limit`: the seconds after which Celery ends
    it, where that is not the usual limit."""

    name: str
    work: str
    every: float
    embedded: float | None = None
    each_tenant: bool = False
    in_turns: bool = False
    limit: float | None = None

    @property
    def seconds_embedded(self) -> float:
        return self.embedded or self.every

    @property
    def limits(self) -> dict[str, float]:
        return {"time_limit": self.limit, "soft_time_limit": self.limit - 30} if self.limit else {}

    def run(self) -> None:
        """Do it now; in turns, all there is, but no longer than until it is due again."""
        end = time.monotonic() + self.every
        while self.turn() and time.monotonic() < end:
            pass

    def turn(self) -> bool:
        """Do it once. With `each_tenant`, one tenant's trouble is logged and holds no other one up. Returns whether
        something is left for another turn."""
        more = self._for_each() if self.each_tenant else self._function()()
        return self.in_turns and bool(more)

    def _for_each(self) -> bool:
        from accounts.models import Tenant
        from accounts.scoping import tenant_scope

        function, more = self._function(), False
        for tenant in Tenant.objects.filter(is_active=True).order_by("pk"):
            with tenant_scope(tenant):
                try:
                    more = bool(function()) or more
                except Exception:
                    log.exception("%s failed for %s", self.name, tenant.slug)
        return more

    def _function(self) -> Callable[[], object]:
        module, _, name = self.work.partition(":")
        function: Callable[[], object] = getattr(import_module(module), name)
        return function


JOBS = (
    Job("notifications.sweep", "notifications.actions.draining:sweep", every=15.0, embedded=1.0),
    Job(
        "notifications.send_digests",
        "notifications.actions.digesting:send_digests",
        every=300.0,
        embedded=60.0,
        each_tenant=True,
    ),
    Job(
        "notifications.send_alerts",
        "notifications.actions.alerting:send_alerts",
        every=20.0,
        embedded=5.0,
        each_tenant=True,
    ),
    Job(
        "notifications.send_mornings",
        "notifications.actions.mornings:send_mornings",
        every=300.0,
        embedded=60.0,
        each_tenant=True,
    ),
    Job(
        "notifications.tell_subscribers",
        "notifications.actions.telling_service:tell_subscribers",
        every=15.0,
        embedded=2.0,
        each_tenant=True,
        in_turns=True,
    ),
    Job(
        "notifications.ask_about_articles",
        "notifications.actions.reviews:ask_about_articles",
        every=900.0,
        each_tenant=True,
    ),
    Job(
        "notifications.watch_mailboxes",
        "notifications.actions.watching_mailboxes:watch_mailboxes",
        every=60.0,
        each_tenant=True,
    ),
    Job("notifications.fetch_mail", "notifications.actions.fetching:fetch_due", every=60.0, embedded=1.0),
    Job(IMPORT_TASK, "accounts.actions.import_work:work_on_imports", every=15.0, embedded=1.0, limit=LONG),
    Job("knowledge.remind_booked", "knowledge.actions.occasions:remind_booked", every=300.0, each_tenant=True),
    Job("accounts.forget_imports", "accounts.actions.importing:forget_imports", every=HOUR, each_tenant=True),
    Job(
        "tickets.move_from_closed_departments",
        "tickets.actions.closing_departments:move_open_tickets",
        every=15.0,
        embedded=3.0,
        each_tenant=True,
    ),
    Job(
        "tickets.escalate_stale",
        "tickets.actions.escalating:escalate_for_a_turn",
        every=60.0,
        each_tenant=True,
        in_turns=True,
        limit=LONG,
    ),
    Job(
        "tickets.follow_up_with_customers",
        "tickets.actions.reminding:follow_up_with_customers",
        every=60.0,
        each_tenant=True,
    ),
    Job(TRIAL_TASK, "tickets.actions.trials:work_on_trials", every=15.0, embedded=1.0, limit=LONG),
    Job("tickets.forget_trials", "tickets.actions.trials:forget_trials", every=24 * HOUR, each_tenant=True),
    Job(TIMES_TASK, "tickets.actions.following_changes:work_on_times", every=15.0, embedded=1.0, limit=LONG),
    Job(
        ANSWERS_TASK,
        "tickets.actions.answering_together:give_answers",
        every=15.0,
        embedded=1.0,
        each_tenant=True,
        in_turns=True,
    ),
    Job(
        "tickets.forget_shared_answers",
        "tickets.actions.answering_together:forget_shared_answers",
        every=24 * HOUR,
        each_tenant=True,
    ),
    Job("tickets.begin_daily", "tickets.actions.recalculating:begin_daily", every=900.0, each_tenant=True),
    Job(
        "tickets.forget_recalculations",
        "tickets.actions.recalculating:forget_recalculations",
        every=24 * HOUR,
        each_tenant=True,
    ),
    Job("tickets.count_uses", "tickets.actions.counting:count_uses", every=HOUR, each_tenant=True),
    Job("tickets.note_figures", "tickets.actions.noting_figures:note_figures", every=600.0, each_tenant=True),
    Job(
        "knowledge.forget_searches",
        "knowledge.actions.noting_searches:forget_searches",
        every=24 * HOUR,
        each_tenant=True,
    ),
    Job("knowledge.forget_comments", "knowledge.actions.voting:forget_comments", every=24 * HOUR, each_tenant=True),
    Job("tickets.sweep_uploads", "tickets.actions.tidying:sweep_uploads", every=HOUR, each_tenant=True),
    Job(
        "accounts.forget_old_allowances",
        "accounts.actions.limiting:forget_old_allowances",
        every=HOUR,
        each_tenant=True,
    ),
    Job("accounts.forget_settled", "accounts.actions.settling:forget_settled", every=24 * HOUR, each_tenant=True),
    Job("accounts.forget_old_codes", "accounts.actions.codes:forget_old_codes", every=HOUR, each_tenant=True),
    Job("accounts.forget_old_sessions", "accounts.actions.limiting:forget_old_sessions", every=24 * HOUR),
    Job(
        "notifications.forget_kept_mails",
        "notifications.actions.forgetting:forget_kept_mails",
        every=6 * HOUR,
        each_tenant=True,
    ),
)
