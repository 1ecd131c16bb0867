"""The one list of periodic jobs, and both machines made from it."""

from threading import Event, Thread

import pytest
from django.db import OperationalError

from accounts.scoping import current_tenant
from helpdesk import working
from helpdesk.celery import app
from helpdesk.schedule import JOBS, Job


def test_beat_and_the_embedded_loop_do_the_same_jobs():
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names))
    assert set(app.conf.beat_schedule) == set(names)
    assert set(names) <= set(app.tasks)
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == set(names)
    assert app.conf.beat_schedule["notifications.sweep"]["schedule"] == 15.0


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_every_job_runs(in_scope, settings, job):
    job.run()


def test_tasks_are_safe_to_lose_and_to_repeat():
    conf = app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result
    assert conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]
    assert not conf.task_always_eager


seen: list[str] = []


def note() -> None:
    seen.append(current_tenant().slug)
    if current_tenant().slug == "north":
        raise RuntimeError("north is broken")


def test_a_job_for_each_tenant_enters_each_scope_and_one_tenants_trouble_stops_no_other(portal, other_portal, caplog):
    seen.clear()
    Job("test", f"{__name__}:note", every=1, each_tenant=True).run()
    assert sorted(seen) == ["north", "south"]
    assert "test failed for north" in caplog.text


def test_the_loop_outlives_every_kind_of_trouble(monkeypatch):
    calls: list[str] = []
    stop = Event()

    def trouble(keep_going) -> bool:
        calls.append("drain")
        if len(calls) == 1:
            raise RuntimeError("a bug")
        if len(calls) == 2:
            raise OperationalError("database is locked")
        if len(calls) == 3:
            return True
        stop.set()
        return False

    monkeypatch.setattr(working, "drain_everybody", trouble)
    monkeypatch.setattr(working, "JOBS", [Job("notifications.sweep", "unused:unused", every=0.01)])
    loop = Thread(target=working.work, args=[stop], daemon=True)
    loop.start()
    loop.join(20)
    assert not loop.is_alive()
    assert len(calls) == 4
