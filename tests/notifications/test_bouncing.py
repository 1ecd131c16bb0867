"""A mail that came back, one of which a provider says that it arrived, and what becomes of its address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.bouncing import forget_bounces, mark_arrived, mark_bounced, mark_complained
from notifications.actions.delivering import deliver
from notifications.actions.sending_again import send_again
from notifications.enums import DeliveryState, Stage, Trouble
from notifications.facts import Unheard
from notifications.locking import claim
from notifications.models import BouncingAddress, Delivery
from tests.factories import ask_for_password
from tests.notifications.conftest import only_mail_to, told


@pytest.fixture
def sent(in_scope, send_all) -> Delivery:
    ask_for_password(in_scope.customer.email)
    send_all(in_scope.tenant)
    return only_mail_to(in_scope.customer)


def test_a_mail_that_came_back_has_failed_and_says_why(sent):
    at = timezone.now() - timedelta(minutes=2)

    assert mark_bounced(delivery=sent, words="550 5.1.1\r\nno such user", at=at)

    sent.refresh_from_db()
    assert (sent.state, sent.trouble, sent.bounced_at) == (DeliveryState.FAILED, Trouble.BOUNCED, at)
    assert sent.server_reply == "550 5.1.1 no such user"
    assert "sent it back" in sent.error
    assert sent.can_be_sent_again
    row = BouncingAddress.objects.get()
    assert (row.key, row.bounces, row.first_at, row.last_at) == (sent.address, 1, at, at)


def test_the_same_report_twice_counts_once(sent):
    assert mark_bounced(delivery=sent, words="first")
    assert not mark_bounced(delivery=sent, words="second")

    assert BouncingAddress.objects.get().bounces == 1
    assert Delivery.objects.get(pk=sent.pk).server_reply == "first"


def test_a_copy_sent_again_is_not_marked_by_what_is_said_of_the_one_before(in_scope, sent, mailbox, send_all):
    mark_bounced(delivery=sent)
    assert send_again(actor=in_scope.lead, delivery=sent, now=timezone.now() + timedelta(minutes=5))

    assert not mark_bounced(delivery=sent, words="late")
    Delivery.objects.update(next_attempt_at=timezone.now())
    [again] = send_all(in_scope.tenant)

    assert again.message_id != sent.message_id
    sent.refresh_from_db()
    assert (sent.state, sent.bounced_at) == (DeliveryState.SENT, None)
    assert mark_bounced(delivery=sent)
    assert BouncingAddress.objects.get().bounces == 2


def test_whoever_is_still_sending_does_not_overwrite_that_it_came_back(in_scope):
    ask_for_password(in_scope.customer.email)
    told(in_scope.tenant)
    delivery = only_mail_to(in_scope.customer)
    lease = claim(delivery, address=delivery.address)
    assert not mark_bounced(delivery=delivery)  # nothing has left yet
    lease.enter_talking()

    assert mark_bounced(delivery=delivery)
    assert not lease.settle(DeliveryState.SENT, sent_at=timezone.now())

    delivery.refresh_from_db()
    assert (delivery.state, delivery.stage) == (DeliveryState.FAILED, "")


def test_a_mail_nobody_heard_the_end_of_can_come_back_or_arrive(in_scope):
    class Silent:
        def send(self, delivery, letter, *, before_handing_over):
            before_handing_over()
            assert Delivery.objects.get(pk=delivery.pk).stage == Stage.TALKING
            raise Unheard

    ask_for_password(in_scope.customer.email)
    told(in_scope.tenant)
    delivery = only_mail_to(in_scope.customer)
    deliver(delivery, Silent())
    assert Delivery.objects.get().state == DeliveryState.UNKNOWN

    assert mark_arrived(delivery=delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_attempt_at, delivery.trouble) == (DeliveryState.SENT, None, "")
    assert delivery.arrived_at == delivery.sent_at


def test_an_address_that_takes_a_mail_bounces_no_more(in_scope, sent, other_portal):
    with tenant_scope(other_portal.tenant):
        now = timezone.now()
        BouncingAddress.objects.create(key=sent.address, bounces=2, first_at=now, last_at=now)
    earlier = timezone.now() - timedelta(days=1)
    BouncingAddress.objects.create(key=sent.address, bounces=3, first_at=earlier, last_at=earlier)

    assert mark_arrived(delivery=sent)
    assert not mark_arrived(delivery=sent)

    assert not BouncingAddress.objects.exists()
    with tenant_scope(other_portal.tenant):
        assert BouncingAddress.objects.exists()


def test_what_comes_back_later_counts_more_than_that_it_had_arrived(sent):
    now = timezone.now()
    assert mark_arrived(delivery=sent, at=now - timedelta(hours=2))
    assert mark_bounced(delivery=sent, at=now - timedelta(hours=1))
    assert not mark_arrived(delivery=sent, at=now - timedelta(hours=2))
    assert Delivery.objects.get().state == DeliveryState.FAILED

    assert mark_arrived(delivery=sent, at=now)
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_a_complaint_is_shown_and_leaves_the_mail_sent(sent):
    assert mark_complained(delivery=sent)
    assert not mark_complained(delivery=sent)

    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT
    assert "unwanted" in sent.error
    assert not BouncingAddress.objects.exists()


def test_staff_say_that_an_address_works_again(in_scope, sent):
    mark_bounced(delivery=sent)

    with pytest.raises(PermissionError):
        forget_bounces(actor=in_scope.customer, key=sent.address)
    assert forget_bounces(actor=in_scope.agent, key=sent.address.upper())
    assert not forget_bounces(actor=in_scope.agent, key=sent.address)
