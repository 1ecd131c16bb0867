"""A real worker process, killed at every step between a stored mail and what becomes of it, and started again."""

import signal
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.reading_mail import read_mail
from notifications.actions.taking import keep_files
from notifications.enums import MailState
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.tokens import answer_address
from tests.conftest import Portal
from tests.factories import make_ticket
from tests.notifications.incoming import SUPPORT, mail_to, store, write
from tests.notifications.processes import DEADLINE, environment, wait_until, worker, worker_dying_at
from tests.tickets.test_parallel import THREADS, at_once
from tickets.models import Attachment, Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)

READING = "notifications.actions.reading_mail"
STEPS = [
    (f"{READING}:claim_mail", "after"),
    (f"{READING}:parse", "after"),
    (f"{READING}:keep_files", "after"),
    ("notifications.actions.taking:register_person", "after"),
    ("tickets.actions.opening:record_events", "after"),
    ("notifications.actions.taking:open_ticket", "after"),
    ("tickets.actions.replying:record_event", "after"),
    (f"{READING}:MailLease.settle", "before"),
    (f"{READING}:MailLease.settle", "after"),
    (f"{READING}:read_mail", "after"),
]


@pytest.fixture
def mails(in_scope, other_portal) -> int:
    """Two replies, three mails of strangers with files, and one at the other portal: none read yet."""
    MailAddress.objects.create(email=SUPPORT, topic=in_scope.topic)
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps")
    token = answer_address(mail_to(in_scope, in_scope.customer, ticket), SUPPORT)
    for number in range(2):
        store(write(f"Reply {number}", To=token, Message_ID=f"<r{number}@kund.example>"))
    for number in range(3):
        sender = f"p{number}@new.example"
        store(write(f"New {number}", From=sender, Message_ID=f"<n{number}@x.example>", files=[("a.txt", b"1")]))
    with tenant_scope(other_portal.tenant):
        MailAddress.objects.create(email="support@south.example", topic=other_portal.topic)
        store(write("South", To="support@south.example"))
    return 6


def all_read(*portals: Portal) -> bool:
    """Nothing waits on these portals. What rests until its lease is over is hurried along."""
    return all(_is_read(portal) for portal in portals)


def _is_read(portal: Portal) -> bool:
    with tenant_scope(portal.tenant):
        waiting = IncomingMail.objects.filter(next_attempt_at__isnull=False)
        waiting.update(next_attempt_at=timezone.now())
        unsent = Delivery.objects.exclude(state="sent")
        return not (waiting.exists() or TicketEvent.objects.pending().exists() or unsent.exists())


@pytest.mark.parametrize(("step", "when"), STEPS, ids=[f"{when} {step}" for step, when in STEPS])
def test_a_killed_worker_leaves_nothing_or_everything_of_a_mail(
    in_scope, other_portal, mails, mailbox, mail_port, tmp_path, step, when
):
    env = environment(mail_port, tmp_path)
    worker_dying_at(step, when, env)
    with worker(env) as process:
        wait_until(lambda: all_read(in_scope, other_portal), "every mail read after the restart")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    rows = IncomingMail.objects.all()
    assert rows.count() == mails - 1
    assert sorted(rows.values_list("state", flat=True)) == [MailState.NEW_TICKET] * 3 + [MailState.REPLY] * 2
    assert Ticket.objects.count() == 4
    assert sorted(Message.objects.values_list("body", flat=True)) == sorted(
        ["It has beeped since this morning.", "New 0", "New 1", "New 2", "Reply 0", "Reply 1"]
    )
    assert set(rows.values_list("message", flat=True)) < set(Message.objects.values_list("pk", flat=True))
    assert Attachment.objects.count() == 3
    with tenant_scope(other_portal.tenant):
        assert IncomingMail.objects.get().state == MailState.NEW_TICKET


def test_workers_side_by_side_read_each_mail_once(in_scope, other_portal, mails, mailbox, mail_port, tmp_path):
    env = environment(mail_port, tmp_path)
    with worker(env) as first, worker(env) as second:
        wait_until(lambda: all_read(in_scope, other_portal), "every mail read")
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(DEADLINE) for process in (first, second)] == [0, 0]
    assert (Ticket.objects.count(), Message.objects.count()) == (4, 6)


def test_copies_of_a_mail_read_at_once_become_one_ticket_with_its_file_once(in_scope, other_portal, monkeypatch):
    MailAddress.objects.create(email=SUPPORT, topic=in_scope.topic)
    raw = write("Both of you", From="p@new.example", Message_ID="<n@x.example>", files=[("a.txt", b"1")])
    copies = [store(raw) for _copy in range(THREADS)]

    together = Barrier(THREADS)

    def keep(*given: Any) -> None:
        together.wait(DEADLINE)  # each of them was judged before any became something
        keep_files(*given)
        together.wait(DEADLINE)

    monkeypatch.setattr(f"{READING}.keep_files", keep)

    at_once(in_scope, lambda number: read_mail(copies[number]))

    assert Ticket.objects.count() == Message.objects.count() == Attachment.objects.count() == 1
    states = IncomingMail.objects.values_list("state", "reason", "ticket")
    assert sorted(states) == [("new_ticket", "", Ticket.objects.get().pk)] + [
        ("refused", "duplicate", Ticket.objects.get().pk)
    ] * (THREADS - 1)
    with tenant_scope(other_portal.tenant):
        assert not Ticket.objects.exists()
