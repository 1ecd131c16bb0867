"""Brakes on machines that hide that they are machines, and on how often we answer one address."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications import brakes
from notifications.brakes import is_looping, may_acknowledge
from notifications.models import IncomingMail, MailSettings, SenderRule
from tests.factories import make_ticket

SENDER = "robot@kund.example"


def came(*, hours: float = 0.1, subject: str = "", **values) -> IncomingMail:
    """A mail of the ledger; with a subject of its own unless told otherwise."""
    shared = {"source": "pipe", "digest": "", "size": 1, "sender": SENDER, "sender_key": SENDER}
    return IncomingMail.objects.create(
        **shared
        | {
            "source_key": uuid4().hex,
            "subject": subject or f"about {uuid4().hex}",
            "received_at": timezone.now() - timedelta(hours=hours),
        }
        | values
    )


def taken(ticket, number: int, **values) -> None:
    for _again in range(number):
        came(state="new_ticket", ticket=ticket, **values)


@pytest.fixture
def ticket(in_scope):
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


@pytest.mark.parametrize(("number", "looping"), [(4, False), (5, True)])
def test_so_many_mails_an_hour_are_a_machines(in_scope, number, looping):
    MailSettings.objects.create(mails_an_hour=5)
    for _again in range(number):
        came(state="refused", reason="automatic")

    assert is_looping(came()) is looping


def test_mails_of_yesterday_and_of_others_do_not_count(in_scope, other_portal, ticket):
    MailSettings.objects.create(mails_an_hour=2)
    taken(ticket, 30, hours=25)
    for _again in range(5):
        came(state="refused", reason="automatic", sender_key="other@kund.example")
    with tenant_scope(other_portal.tenant):
        for _again in range(5):
            came(state="refused", reason="automatic")

    assert not is_looping(came())


@pytest.mark.parametrize(("number", "looping"), [(2, False), (3, True)])
def test_the_same_subject_with_other_numbers_is_a_machines(in_scope, ticket, number, looping):
    for count in range(number):
        taken(ticket, 1, hours=count * 5, subject=f"[REQ-{count}17] We have your request {count}")

    assert is_looping(came(subject="[REQ-99] We have your request 4")) is looping


def test_a_day_of_new_tickets_is_a_machines_unless_staff_accept_the_sender(in_scope, ticket):
    taken(ticket, brakes.NEW_TICKETS_A_DAY, hours=3)

    assert is_looping(came())
    SenderRule.objects.create(key="@kund.example", verdict="accept")
    assert not is_looping(came())


def test_who_was_held_once_stays_held_until_somebody_decides(in_scope):
    held = came(state="held", reason="loop", hours=20)

    assert is_looping(came())
    IncomingMail.objects.filter(pk=held.pk).update(decided_at=timezone.now())
    assert not is_looping(came())


def test_two_machines_talking_on_one_ticket_are_held_even_when_accepted(in_scope, ticket):
    SenderRule.objects.create(key=SENDER, verdict="accept")
    for _again in range(brakes.ON_ONE_TICKET_AN_HOUR):
        came(state="reply", ticket=ticket)
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Another", body="Another")

    assert is_looping(came(), ticket)
    assert not is_looping(came(), other)


def test_one_address_gets_so_many_acknowledgements_an_hour(in_scope, send_all):
    MailSettings.objects.create(acknowledgements_an_hour=2)
    for number in range(2):
        assert may_acknowledge(in_scope.customer)
        make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=f"No {number}", body=f"No {number}")
        send_all(in_scope.tenant)

    assert not may_acknowledge(in_scope.customer)
    assert may_acknowledge(in_scope.agent)
