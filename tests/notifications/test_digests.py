"""What people have collected comes in one mail, once."""

import signal
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.choosing_mails import choose_mails, stop_mails
from notifications.actions.delivering import deliver
from notifications.actions.digesting import gather, send_digests
from notifications.choices import choices_of
from notifications.enums import DeliveryState, DigestPace, MailKind, Trouble
from notifications.models import Delivery, DigestItem
from notifications.queries import muted_by, paces_of
from notifications.rules import is_digest_due
from notifications.transports import KeepTransport
from routing.actions.arranging import remove_member
from routing.models import DepartmentMember
from tests.factories import make_ticket
from tests.notifications.conftest import told
from tests.notifications.processes import DEADLINE, environment, wait_until, worker, worker_dying_at
from tests.notifications.test_telling import AGENT, ANNA, LEAD
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.handing_over import claim
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel

LATER = timedelta(hours=26)


def collect(person, *kinds: str, pace: DigestPace = DigestPace.HOURLY) -> None:
    offered = {choice.kind for choice in choices_of(person)}
    choose_mails(actor=person, user=person, wanted=offered, collected={MailKind(kind): pace for kind in kinds})


def later() -> datetime:
    return timezone.now() + LATER


def test_what_is_collected_is_not_mailed_but_told_in_one_mail(in_scope, other_portal, send_all):
    collect(in_scope.agent, "new_ticket", "customer_reply")
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps")
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Still beeping", channel=Channel.LINK)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It smells")
    send_all(in_scope.tenant)
    assert not Delivery.objects.filter(recipient=in_scope.agent).exists()
    assert send_digests() == 0

    with tenant_scope(other_portal.tenant):
        assert send_digests(later()) == 0
    assert send_digests(later()) == 1
    [taken] = send_all(in_scope.tenant)

    assert (taken.recipient, taken.mail["Subject"]) == (AGENT, "North support: what has happened on 2 tickets")
    for half in ("plain", "html"):
        said = taken.part(half)
        assert said.index("It beeps") < said.index("Still beeping") < said.index("It smells")
    assert "http://north.localhost:8000/desk/tickets/" in taken.part("plain")
    assert "List-Unsubscribe" in taken.mail
    assert send_digests(later() + LATER) == 0


def test_a_customers_digest_opens_their_tickets_and_leaves_answers_to_be_mailed_at_once(in_scope, send_all):
    collect(in_scope.customer, "closed", "reopened")
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    close_ticket(actor=in_scope.lead, ticket=ticket, as_staff=True)
    reopen_ticket(actor=in_scope.lead, ticket=ticket, as_staff=True)
    reply_to_ticket(actor=in_scope.lead, ticket=ticket, body="Now", channel=Channel.PORTAL, as_staff=True)
    assert [mail.recipient for mail in send_all(in_scope.tenant)].count(ANNA) == 2  # the confirmation and the answer
    assert send_digests(later()) == 1
    [taken] = send_all(in_scope.tenant)

    assert "has closed the ticket" in taken.part("plain")
    assert "has opened the ticket again" in taken.part("plain")
    assert "/t/" in taken.part("plain") or "link" in taken.part("plain")


def test_whose_ticket_it_is_is_told_at_once(in_scope):
    collect(in_scope.agent, "customer_reply")
    collect(in_scope.lead, "customer_reply")
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    claim(actor=in_scope.agent, ticket=ticket)
    told(in_scope.tenant)

    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)

    assert told(in_scope.tenant) == {(AGENT, "customer_reply")}
    assert DigestItem.objects.get().user == in_scope.lead


def test_who_collects_a_mail_is_told_so_that_who_stopped_it_is_left_in_peace(in_scope):
    collect(in_scope.agent, "new_ticket")
    stop_mails(user=in_scope.lead, kind=MailKind.NEW_TICKET)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert told(in_scope.tenant) == {(ANNA, "confirmation")}
    assert DigestItem.objects.get().user == in_scope.agent


def test_a_digest_tells_of_no_ticket_its_reader_no_longer_sees(in_scope):
    collect(in_scope.agent, "new_ticket")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    send_digests(later())
    delivery = Delivery.objects.with_story().get(template="digest")
    remove_member(actor=None, department=in_scope.department, user=in_scope.agent)
    assert not DepartmentMember.objects.filter(user=in_scope.agent, department=in_scope.department).exists()

    deliver(delivery, KeepTransport())

    delivery.refresh_from_db()
    assert (delivery.state, delivery.trouble) == (DeliveryState.FAILED, Trouble.LEFT)


def test_gathering_twice_tells_once_and_a_closed_account_nothing(in_scope):
    collect(in_scope.agent, "new_ticket")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    both = set(DigestPace)
    assert gather(actor=None, user=in_scope.agent, paces=both)
    assert not gather(actor=None, user=in_scope.agent, paces=both)

    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    in_scope.agent.is_active = False
    in_scope.agent.save()
    assert not gather(actor=None, user=in_scope.agent, paces=both)
    assert Delivery.objects.filter(template="digest").count() == 1
    assert not DigestItem.objects.filter(delivery=None).exists()


def test_one_mail_where_hourly_and_daily_ones_meet(in_scope):
    collect(in_scope.lead, "new_ticket", pace=DigestPace.DAILY)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    collect(in_scope.lead, "new_ticket", pace=DigestPace.HOURLY)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)

    assert send_digests(later()) == 1
    assert Delivery.objects.get(template="digest").items.count() == 2


def test_stopping_the_digest_stops_what_it_collected(in_scope):
    collect(in_scope.agent, "new_ticket", "transferred")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)

    assert stop_mails(user=in_scope.agent, kind=MailKind.DIGEST)
    assert (muted_by(in_scope.agent), paces_of(in_scope.agent)) == ({"new_ticket", "transferred"}, {})
    assert send_digests(later()) == 0
    assert not stop_mails(user=in_scope.agent, kind=MailKind.DIGEST)


@pytest.mark.parametrize(
    ("pace", "first", "now", "due"),
    [
        ("hourly", "2026-03-02 10:00", "2026-03-02 10:59", False),
        ("hourly", "2026-03-02 10:00", "2026-03-02 11:00", True),
        ("daily", "2026-03-02 10:00", "2026-03-02 23:00", False),
        ("daily", "2026-03-02 10:00", "2026-03-03 06:59", False),
        ("daily", "2026-03-02 10:00", "2026-03-03 07:00", True),
        ("daily", "2026-03-02 06:00", "2026-03-02 07:00", True),
        ("daily", "2026-03-02 07:00", "2026-03-02 07:01", False),
        ("daily", "2026-03-28 23:00", "2026-03-29 07:00", True),  # the clocks go forward
        ("daily", "2026-10-24 23:00", "2026-10-25 06:59", False),  # and back
    ],
)
def test_when_a_digest_is_due(pace, first, now, due):
    zone = ZoneInfo("Europe/Stockholm")
    begun, moment = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (first, now))

    assert is_digest_due(DigestPace(pace), begun, moment, "Europe/Stockholm") is due


STEPS = [
    ("notifications.actions.digesting:fan_out", "before"),
    ("notifications.actions.digesting:fan_out", "after"),
    ("notifications.actions.digesting:poke_worker", "before"),
    ("notifications.actions.digesting:gather", "after"),
    ("notifications.actions.delivering:compose", "before"),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "when"), STEPS, ids=[f"{when} {step}" for step, when in STEPS])
def test_a_worker_killed_at_any_step_tells_everything_once(in_scope, mailbox, mail_port, tmp_path, step, when):
    collect(in_scope.agent, "new_ticket")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    DigestItem.objects.update(created_at=timezone.now() - LATER)
    env = environment(mail_port, tmp_path)
    worker_dying_at(step, when, env)
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=past)
    with worker(env) as process:
        wait_until(lambda: AGENT in [taken.recipient for taken in mailbox.taken], "the digest")
        wait_until(lambda: not Delivery.objects.exclude(state=DeliveryState.SENT).exists(), "all mails sent")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    assert Counter(taken.recipient for taken in mailbox.taken) == Counter({ANNA: 1, LEAD: 1, AGENT: 1})
    assert DigestItem.objects.get().delivery.template == "digest"
