"""A real worker process, killed at every step between the commit and "sent", and started again."""

import signal
from collections import Counter

import pytest
from django.db import connection

from accounts.scoping import tenant_scope
from notifications.enums import DeliveryState
from notifications.models import Delivery
from tests.factories import make_ticket
from tests.notifications.conftest import let_time_pass
from tests.notifications.processes import DEADLINE, environment, wait_until, worker, worker_dying_at
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel
from tickets.models import TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)

# (step, before or after it, how often the mail that was being sent may reach the server in the end)
STEPS = [
    ("notifications.actions.draining:fan_out", "before", {1}),
    ("notifications.actions.fanning_out:tellings", "after", {1}),
    ("notifications.actions.fanning_out:_mark_done", "before", {1}),  # rows written, not committed
    ("notifications.actions.fanning_out:_mark_done", "after", {1}),
    ("notifications.actions.draining:fan_out", "after", {1}),
    ("notifications.actions.draining:deliver_due", "before", {1}),
    ("notifications.actions.delivering:claim", "before", {1}),
    ("notifications.actions.delivering:claim", "after", {1}),
    ("notifications.actions.delivering:compose", "before", {1}),
    ("notifications.actions.delivering:compose", "after", {1}),
    ("notifications.smtp:Conversation._begun_anew", "after", {1}),
    ("notifications.locking:Lease.enter_talking", "before", {1}),  # all but the final dot is with the server
    ("notifications.locking:Lease.enter_talking", "after", {1}),  # the row says it may have left; it has not
    ("notifications.smtp:Conversation._hear_the_end", "before", {1, 2}),  # the server may have taken it or not
    ("notifications.smtp:Conversation._hear_the_end", "after", {2}),  # taken, and nobody wrote it down
    ("notifications.locking:Lease.settle", "before", {2}),
    ("notifications.locking:Lease.settle", "after", {1}),
]


@pytest.fixture
def story(in_scope):
    """A ticket and an answer: six mails to three people, none told of yet."""
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Thanks", channel=Channel.LINK)
    return ticket


EXPECTED = Counter({"anna@kund.example": 2, "agent@north.example": 2, "lead@north.example": 2})


def all_sent() -> bool:
    """Everybody has been told, as far as the rows know. What waits for its time is hurried along."""
    Delivery.objects.filter(state=DeliveryState.UNKNOWN, next_attempt_at__isnull=False).exists() and let_time_pass()
    pending = TicketEvent.objects.pending().exists()
    return not pending and not Delivery.objects.exclude(state=DeliveryState.SENT).exists() and Delivery.objects.exists()


@pytest.mark.parametrize(("step", "when", "times"), STEPS, ids=[f"{when} {step}" for step, when, _ in STEPS])
def test_a_killed_worker_loses_nothing_and_repeats_only_what_may_have_been_lost(
    in_scope, story, mailbox, mail_port, tmp_path, step, when, times
):
    env = environment(mail_port, tmp_path)
    worker_dying_at(step, when, env)
    taken_before = len(mailbox.taken)
    let_time_pass()
    with worker(env) as process:
        wait_until(all_sent, "every mail sent after the restart")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    by_id = Counter(taken.message_id for taken in mailbox.taken)
    ids = dict(Delivery.objects.values_list("message_id", "address"))
    assert set(by_id) == set(ids)
    assert Counter(ids.values()) == EXPECTED
    twice = [message_id for message_id, number in by_id.items() if number > 1]
    assert len(twice) <= 1
    assert max(by_id.values()) in times
    assert taken_before <= 1
    unheard = Delivery.objects.filter(unheard__gt=0)
    assert set(twice) <= set(unheard.values_list("message_id", flat=True))
    assert unheard.count() <= 1


def test_two_workers_side_by_side_send_each_mail_once(in_scope, other_portal, mailbox, mail_port, tmp_path):
    for number in range(8):
        make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=f"Number {number}")
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    env = environment(mail_port, tmp_path)
    with worker(env) as first, worker(env) as second:
        wait_until(lambda: len(mailbox.taken) >= 27 and all_sent(), "27 mails")
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(DEADLINE) for process in (first, second)] == [0, 0]
    assert Counter(Counter(taken.message_id for taken in mailbox.taken).values()) == {1: 27}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_cleanly_when_asked_to(in_scope, story, mailbox, mail_port, tmp_path, number):
    with worker(environment(mail_port, tmp_path)) as process:
        wait_until(all_sent, "the mails sent")
        process.send_signal(number)
        assert process.wait(10) == 0
        assert "Traceback" not in process.stdout.read()


@pytest.mark.only("sqlite")  # PostgreSQL has no lock on the whole database
def test_the_worker_waits_for_a_locked_database(in_scope, story, mailbox, mail_port, tmp_path):
    import sqlite3

    lock = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    env = environment(mail_port, tmp_path)
    with worker(env) as process:
        try:
            line = process.stdout.readline()
        finally:
            lock.execute("ROLLBACK")
            lock.close()
        assert "The database does not answer" in line
        wait_until(all_sent, "the mails sent once the database is free")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    assert len(mailbox.taken) == 6


def test_the_worker_waits_for_a_database_that_is_gone(in_scope, mail_port, tmp_path):
    gone = {"DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/at/all.sqlite3"}
    if connection.vendor == "postgresql":
        gone = {"DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:9/gone"}
    with worker(environment(mail_port, tmp_path, **gone)) as process:
        assert "The database does not answer" in process.stdout.readline()
        assert "The database does not answer" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
