"""Production's machine: a real Celery worker on a real Redis. The rows stay the truth; the broker only wakes."""

import contextlib
import os
import signal
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest
from celery.beat import Scheduler
from django.conf import settings

from accounts import poking
from accounts.actions.importing import order_import
from helpdesk.celery import app
from helpdesk.schedule import JOBS
from notifications.enums import DeliveryState
from notifications.models import Delivery
from tests.accounts.importing import uploaded
from tests.factories import make_ticket
from tests.notifications.conftest import let_time_pass
from tests.notifications.processes import environment, running, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only("redis"),
]


@pytest.fixture
def queue(monkeypatch) -> Iterator[str]:
    """A queue of this test's own, so that tests side by side never take each other's tasks."""
    name = f"test-{uuid.uuid4().hex}"
    before, app.conf.task_default_queue = app.conf.task_default_queue, name
    monkeypatch.setattr(poking, "_silent_until", 0.0)
    app.__dict__.pop("amqp", None)
    yield name
    app.conf.task_default_queue = before
    app.__dict__.pop("amqp", None)
    with app.connection_for_write() as connection:
        connection.default_channel.queue_delete(name)


@contextlib.contextmanager
def celery_worker(queue: str, env: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    arguments = ["-m", "celery", "-A", "helpdesk", "worker", "--loglevel", "INFO", "--concurrency", "2", "-Q", queue]
    with running([*arguments, "--without-gossip", "--", f"task.default_queue={queue}"], env) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if " ready." in line:
                break
        else:
            pytest.fail(f"the Celery worker did not start: {''.join(said)}")
        yield process


@pytest.fixture
def env(mail_port, tmp_path) -> dict[str, str]:
    return environment(mail_port, tmp_path, REDIS_URL=settings.CELERY_BROKER_URL)


def all_sent(number: int) -> bool:
    return Delivery.objects.filter(state=DeliveryState.SENT).count() == number == Delivery.objects.count()


def test_a_commit_wakes_the_worker(in_scope, mailbox, queue, env):
    with celery_worker(queue, env) as process:
        make_ticket(requester=in_scope.customer, topic=in_scope.topic)
        wait_until(lambda: all_sent(3), "three mails sent")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert Counter(Counter(taken.message_id for taken in mailbox.taken).values()) == {1: 3}


def test_more_than_one_round_of_mails_goes_on_by_itself(in_scope, mailbox, queue, env):
    for number in range(9):
        make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=f"Number {number}")
    with celery_worker(queue, env):
        wait_until(lambda: all_sent(27), "27 mails sent")
    assert Counter(Counter(taken.message_id for taken in mailbox.taken).values()) == {1: 27}


def test_the_sweeper_finds_what_no_wake_up_came_for(in_scope, mailbox, queue, env, settings):
    broker = settings.CELERY_BROKER_URL
    settings.CELERY_BROKER_URL = ""  # nobody is woken
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    settings.CELERY_BROKER_URL = broker
    with celery_worker(queue, env):
        app.send_task("notifications.sweep")
        wait_until(lambda: all_sent(3), "three mails sent")


def test_an_import_wakes_the_worker(in_scope, queue, env):
    def is_in(state: str) -> bool:
        found.refresh_from_db()
        return found.state == state

    with celery_worker(queue, env):
        found = uploaded(in_scope, "email,name\nnew@kund.example,New\n")
        wait_until(lambda: is_in("checked"), "the file checked")
        order_import(actor=in_scope.administrator, import_=found)
        wait_until(lambda: is_in("done"), "the file written")


def test_beat_can_send_every_job_it_has(queue):
    scheduler = Scheduler(app=app, lazy=True)
    for name, entry in app.conf.beat_schedule.items():
        scheduler.apply_async(scheduler.Entry(**entry, name=name, app=app), advance=False)
    with app.connection_for_read() as connection:
        assert connection.default_channel.client.llen(queue) == len(JOBS)


def test_a_killed_worker_loses_nothing(in_scope, mailbox, queue, env):
    """Killed, with its children, while a mail server has a mail but has not answered yet."""
    with celery_worker(queue, env) as process:

        def kill() -> None:
            mailbox.on_data = lambda: None
            os.killpg(process.pid, signal.SIGKILL)

        mailbox.on_data = kill
        make_ticket(requester=in_scope.customer, topic=in_scope.topic)
        assert process.wait(60) == -signal.SIGKILL
    assert not all_sent(3)

    with celery_worker(queue, env):
        let_time_pass()
        app.send_task("notifications.sweep")
        wait_until(
            lambda: Delivery.objects.filter(state__in=["sent", "unknown"]).count() == 3,
            "nothing is being sent any more",
        )
        let_time_pass()
        app.send_task("notifications.sweep")
        wait_until(lambda: all_sent(3), "three mails sent")
    numbers = Counter(taken.message_id for taken in mailbox.taken)
    assert set(numbers) == set(Delivery.objects.values_list("message_id", flat=True))
    twice = {message_id for message_id, number in numbers.items() if number > 1}
    assert max(numbers.values()) <= 2
    assert twice <= set(Delivery.objects.filter(unheard=1).values_list("message_id", flat=True))
