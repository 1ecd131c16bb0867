"""Colleagues who decide about one mail: killed at every step and asked again, and many of them at once."""

import signal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from accounts.scoping import tenant_scope
from notifications.actions import deciding
from notifications.actions.deciding import accept_as_new, accept_to, discard, read_again
from notifications.actions.draining import always
from notifications.actions.reading_mail import read_due
from notifications.models import IncomingMail
from tests.conftest import Portal
from tests.factories import make_ticket
from tests.notifications.incoming import write
from tests.notifications.ledgers import address_of, stored
from tests.notifications.processes import DEADLINE, environment, running
from tests.tickets.test_parallel import THREADS, at_once
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

DYING = str(Path(__file__).with_name("dying_command.py"))
WORDS = "Loudly, at night."
RAW = write(WORDS, From="sture@away.example", Message_ID="<1@away.example>", files=[("plan.txt", b"attic")])
DOORS = "notifications.actions.deciding"
BOTH = [
    (f"{DOORS}:parse", "after"),
    (f"{DOORS}:keep_files", "after"),
    (f"{DOORS}:_lock_mail", "after"),
    ("notifications.actions.taking:register_person", "after"),
    (f"{DOORS}:_settle", "before"),
    (f"{DOORS}:_settle", "after"),
]
AS_NEW = [
    ("tickets.actions.opening:record_events", "after"),
    ("notifications.actions.taking:open_ticket", "after"),
    (f"{DOORS}:accept_as_new", "after"),
]
AS_REPLY = [
    ("tickets.events:TicketEvent.save", "after"),
    ("notifications.actions.taking:reply_to_ticket", "after"),
    (f"{DOORS}:accept_to", "after"),
]
STEPS = [("accept_as_new", *step) for step in BOTH + AS_NEW] + [("accept_to", *step) for step in BOTH + AS_REPLY]
CODE = """
from accounts.models import Tenant, User
from accounts.scoping import tenant_scope
from notifications.actions.deciding import {door}
from notifications.models import IncomingMail
from tickets.models import Ticket
with tenant_scope(Tenant.objects.get(slug="north")):
    more = {{"ticket": Ticket.objects.get(pk={ticket})}} if "{door}" == "accept_to" else {{}}
    {door}(actor=User.objects.get(pk={agent}), mail=IncomingMail.objects.get(pk={mail}), **more)
"""


@pytest.fixture
def ticket(portal: Portal, other_portal: Portal) -> Ticket:
    with tenant_scope(other_portal.tenant):
        stored(raw=RAW, address=address_of(other_portal))
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic)


@pytest.fixture
def mail(portal: Portal, ticket: Ticket) -> IncomingMail:
    with tenant_scope(portal.tenant):
        return stored(raw=RAW, address=address_of(portal, "support"))


def is_taken(mail: IncomingMail) -> bool:
    """Whether the row says that the mail is part of a ticket; its words and file are there once then, else never."""
    row = IncomingMail.objects.get(pk=mail.pk)
    taken = row.state in ("new_ticket", "reply")
    assert [(message.pk, message.ticket_id) for message in Message.objects.filter(body=WORDS)] == (
        [(row.message_id, row.ticket_id)] if taken else []
    )
    assert Attachment.objects.count() == int(taken)
    assert Ticket.objects.count() == 1 + int(row.state == "new_ticket")
    return taken


def untouched(portal: Portal) -> bool:
    with tenant_scope(portal.tenant):
        return IncomingMail.objects.get().state == "held" and not Ticket.objects.exists()


@pytest.mark.parametrize(("door", "step", "when"), STEPS, ids=[" ".join(step) for step in STEPS])
def test_killed_at_any_step_nothing_or_everything_is_decided(
    portal: Portal, other_portal: Portal, ticket: Ticket, mail: IncomingMail, tmp_path: Path, settings, door, step, when
):
    code = CODE.format(door=door, ticket=ticket.pk, agent=portal.agent.pk, mail=mail.pk)
    with running([DYING, step, when, "shell", "-c", code], environment(1, tmp_path)) as process:
        said, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == -signal.SIGKILL, said
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "files"), "base_url": None}}
    }
    with tenant_scope(portal.tenant):
        was_decided = is_taken(mail)
        assert was_decided == step.endswith(door)

        more = {"ticket": ticket} if door == "accept_to" else {}
        again = getattr(deciding, door)(actor=portal.lead, mail=mail, **more)

        assert (again is None) == was_decided
        assert is_taken(mail)
        decided_by = IncomingMail.objects.get(pk=mail.pk).decided_by
        assert decided_by == (portal.agent if was_decided else portal.lead)
    assert untouched(other_portal)


@pytest.mark.parametrize("_time", range(3))
def test_of_many_who_decide_at_once_one_does(
    portal: Portal, other_portal: Portal, ticket: Ticket, mail: IncomingMail, _time: int
):
    people: list[User] = [portal.agent, portal.lead, portal.administrator]

    def work(number: int) -> Any:
        actor = people[number % 3]
        if number % 2:
            return accept_as_new(actor=actor, mail=mail)
        return accept_to(actor=actor, mail=mail, ticket=ticket)

    results = at_once(portal, work)

    with tenant_scope(portal.tenant):
        assert is_taken(mail)
        (made,) = (one for one in results if one is not None)
        row = IncomingMail.objects.get(pk=mail.pk)
        assert row.ticket == made
        assert row.decided_by == people[results.index(made) % 3]
    assert untouched(other_portal)


@pytest.mark.parametrize("_time", range(3))
def test_what_a_colleague_decides_while_a_worker_reads_it_anew_is_done_once(
    portal: Portal, other_portal: Portal, ticket: Ticket, mail: IncomingMail, _time: int
):
    def work(number: int) -> Any:
        match number % 4:
            case 0:
                return read_again(actor=portal.agent, mail=mail)
            case 1:
                return read_due(always)
            case 2:
                return discard(actor=portal.lead, mail=mail)
            case _:
                return accept_to(actor=portal.lead, mail=mail, ticket=ticket)

    at_once(portal, work, times=THREADS)

    with tenant_scope(portal.tenant):
        read_due(always)
        row = IncomingMail.objects.get(pk=mail.pk)
        assert is_taken(mail) or row.reason == "discarded"
        assert row.next_attempt_at is None
    assert untouched(other_portal)
