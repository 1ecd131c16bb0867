"""What a mail provider reports, through anymail's events as its webhooks make them."""

from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent, EventType
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.provider_reports import take_report
from notifications.models import BouncingAddress, Delivery
from tests.factories import ask_for_password
from tests.notifications.conftest import only_mail_to


def event(kind: str, **values) -> AnymailTrackingEvent:
    return AnymailTrackingEvent(event_type=kind, **({"recipient": "anna@kund.example"} | values))


@pytest.fixture
def sent(in_scope, send_all) -> Delivery:
    ask_for_password(in_scope.customer.email)
    send_all(in_scope.tenant)
    Delivery.objects.update(provider_id="esp-1")
    return only_mail_to(in_scope.customer)


def test_a_provider_says_that_a_mail_arrived_and_later_that_it_came_back(sent):
    now = timezone.now()
    assert take_report(event(EventType.DELIVERED, message_id="esp-1", timestamp=now - timedelta(minutes=1)))
    assert Delivery.objects.get().arrived_at == now - timedelta(minutes=1)

    bounced = event(EventType.BOUNCED, message_id="esp-1", timestamp=now, mta_response="550 no\r\nsuch user")
    assert take_report(bounced)
    assert not take_report(bounced)
    sent.refresh_from_db()
    assert (sent.state, sent.trouble, sent.server_reply) == ("failed", "bounced", "550 no such user")
    assert BouncingAddress.objects.get().bounces == 1


@pytest.mark.parametrize("kind", ["bounced", "rejected", "failed", "complained", "delivered"])
def test_a_mail_is_also_found_by_its_message_id_and_a_repeated_call_has_one_effect(sent, kind):
    report = event(kind, message_id=sent.message_id.strip("<>"))

    assert [take_report(report), take_report(report)] == [True, False]


@pytest.mark.parametrize("kind", ["opened", "clicked", "deferred", "queued", "sent", "unsubscribed", "unknown", ""])
def test_what_changes_nothing(sent, kind):
    assert not take_report(event(kind, message_id="esp-1"))
    assert Delivery.objects.get().state == "sent"


def test_reports_of_other_mails_mark_none(sent, other_portal):
    for values in (
        {"message_id": "esp-2"},
        {"message_id": ""},
        {"message_id": None},
        {"message_id": "x" * 5000},
        {"message_id": "esp-1", "recipient": "bo@kund.example"},
    ):
        assert not take_report(event("bounced", **values))
    with tenant_scope(other_portal.tenant):
        assert not take_report(event("bounced", message_id="esp-1"))
    assert Delivery.objects.get().bounced_at is None
