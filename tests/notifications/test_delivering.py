"""What becomes of a mail, whatever happens while it is sent. With a stand-in for the transport."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notifications.actions import draining
from notifications.actions.delivering import deliver, recover_abandoned
from notifications.actions.draining import brake, drain, drain_everybody
from notifications.actions.sending_again import send_again
from notifications.enums import DeliveryState, Trouble
from notifications.facts import LeaseLost, NotSent, Refused, ServerAway, Unheard
from notifications.locking import Lease, claim, lease_time
from notifications.models import Delivery
from notifications.rules import GIVE_UP_AFTER, next_attempt, wait_after
from tests.factories import make_ticket
from tests.notifications.conftest import let_time_pass, only_mail_to, told
from tickets.models import TicketEvent


class Stand:
    """A transport that does what it is told and remembers what it sent."""

    def __init__(self, *endings: Exception | None) -> None:
        self.endings = list(endings)
        self.sent: list[str] = []
        self.letters: list[object] = []

    def send(self, delivery, letter, *, before_handing_over) -> str:
        ending = self.endings.pop(0) if self.endings else None
        if isinstance(ending, NotSent):
            raise ending
        before_handing_over()
        self.letters.append(letter)
        if ending is not None:
            raise ending
        self.sent.append(delivery.message_id)
        return ""

    def close(self) -> None:
        pass


@pytest.fixture
def delivery(in_scope) -> Delivery:
    """The mail of a new ticket to the agent, waiting to be sent."""
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    return only_mail_to(in_scope.agent)


def again(delivery: Delivery) -> Delivery:
    found: Delivery = Delivery.objects.with_event().get(pk=delivery.pk)
    return found


def test_a_mail_is_sent_once(delivery):
    stand = Stand()
    deliver(delivery, stand)
    deliver(delivery, stand)
    delivery = again(delivery)
    assert stand.sent == [delivery.message_id]
    assert (delivery.state, delivery.stage, delivery.attempts, delivery.next_attempt_at) == ("sent", "", 1, None)
    assert delivery.sent_at is not None
    assert delivery.lease_until is None


def test_two_workers_cannot_both_claim(delivery):
    assert claim(delivery, address="a@kund.example") is not None
    assert claim(delivery, address="a@kund.example") is None


def test_a_mail_that_changed_since_its_round_began_counts_as_it_is_now(delivery):
    """Somebody else tried it meanwhile: what follows from this attempt follows from theirs as well."""
    read_before = again(delivery)
    deliver(again(delivery), Stand(Unheard("gone")))
    let_time_pass()

    deliver(read_before, Stand(Unheard("gone again")))

    delivery = again(delivery)
    assert (delivery.attempts, delivery.unheard, delivery.state) == (2, 2, "unknown")
    assert delivery.next_attempt_at is None  # repeated once already


def test_a_mail_that_another_worker_has_sent_since_is_not_sent_again(delivery):
    read_before, stand = again(delivery), Stand()
    deliver(again(delivery), Stand())
    deliver(read_before, stand)
    assert (stand.sent, again(delivery).attempts) == ([], 1)


def test_a_claim_is_a_transaction_of_its_own(delivery, monkeypatch):
    """Where a transaction is open, the claim would only hold with its end."""
    monkeypatch.setattr(connection.atomic_blocks[-1], "_from_testcase", False)
    with pytest.raises(RuntimeError):
        claim(delivery, address=delivery.address)


def test_a_temporary_error_is_tried_again_later_and_later(delivery):
    waits = []
    for _ in range(6):
        before = timezone.now()
        deliver(again(delivery), Stand(NotSent(Trouble.LATER, "451 4.7.1 greylisted")))
        delivery = again(delivery)
        assert (delivery.state, delivery.trouble) == ("queued", "later")
        waits.append((delivery.next_attempt_at - before).total_seconds() / 60)
        let_time_pass()
    for wait, minutes in zip(waits, (1, 5, 15, 60, 180, 360), strict=True):
        assert minutes * 0.79 < wait < minutes * 1.25
    assert "451 4.7.1 greylisted" in delivery.error
    deliver(again(delivery), Stand())
    assert (again(delivery).state, again(delivery).error) == ("sent", "")


def test_waits_are_spread():
    assert len({wait_after(4) for _ in range(20)}) > 10
    assert wait_after(99) <= timedelta(hours=15)


def test_after_three_days_it_is_given_up(delivery):
    now = timezone.now()
    assert next_attempt(attempts=3, now=now, give_up_at=now + timedelta(minutes=5)) is None
    assert delivery.give_up_at - delivery.created_at == GIVE_UP_AFTER == timedelta(days=3)
    Delivery.objects.update(give_up_at=now)
    deliver(again(delivery), Stand(NotSent(Trouble.LATER)))
    assert (again(delivery).state, again(delivery).next_attempt_at) == ("failed", None)


def test_a_permanent_error_fails_at_once(delivery):
    deliver(delivery, Stand(Refused(Trouble.RECIPIENT, "550 5.1.1 no such user")))
    delivery = again(delivery)
    assert (delivery.state, delivery.next_attempt_at, delivery.attempts) == ("failed", None, 1)
    assert delivery.error == "The mail server refused this address. 550 5.1.1 no such user"


def test_an_unheard_end_is_repeated_once_with_the_same_message_id(delivery):
    stand = Stand(Unheard("timed out"), Unheard("timed out"))
    deliver(delivery, stand)
    delivery = again(delivery)
    assert (delivery.state, delivery.unheard) == ("unknown", 1)
    assert delivery.next_attempt_at is not None
    let_time_pass()
    deliver(again(delivery), stand)
    delivery = again(delivery)
    assert (delivery.state, delivery.unheard, delivery.next_attempt_at) == ("unknown", 2, None)
    let_time_pass()
    deliver(again(delivery), stand)
    assert len(stand.letters) == 2
    assert {letter.headers["Message-ID"] for letter in stand.letters} == {delivery.message_id}


def test_what_may_have_arrived_is_never_called_failed_for_a_later_temporary_error(delivery):
    deliver(delivery, Stand(Unheard()))
    let_time_pass()
    deliver(again(delivery), Stand(NotSent(Trouble.LATER)))
    assert again(delivery).state == "unknown"
    assert again(delivery).next_attempt_at is not None
    let_time_pass()
    Delivery.objects.update(give_up_at=timezone.now())
    deliver(again(delivery), Stand(NotSent(Trouble.LATER)))
    assert (again(delivery).state, again(delivery).next_attempt_at) == ("unknown", None)


def test_a_worker_that_died_before_handing_over_costs_nothing(delivery):
    claim(delivery, address=delivery.address)
    assert recover_abandoned() == 0
    let_time_pass()
    assert recover_abandoned() == 1
    assert (again(delivery).state, again(delivery).unheard, again(delivery).stage) == ("queued", 0, "")
    stand = Stand()
    deliver(again(delivery), stand)
    assert len(stand.sent) == 1


def test_a_mail_that_keeps_killing_its_worker_waits_longer(delivery):
    waits = []
    for _ in range(3):
        let_time_pass()
        claim(again(delivery), address=delivery.address)
        let_time_pass()
        now = timezone.now()
        recover_abandoned(now)
        waits.append((again(delivery).next_attempt_at - now).total_seconds())
    assert waits[0] == 0
    assert 240 <= waits[1] < 400 < waits[2]


def test_a_worker_that_died_while_handing_over_leaves_an_unknown(delivery):
    claim(delivery, address=delivery.address).enter_talking()
    let_time_pass()
    recover_abandoned()
    assert (again(delivery).state, again(delivery).unheard) == ("unknown", 1)
    let_time_pass()
    claim(again(delivery), address=delivery.address).enter_talking()
    let_time_pass()
    recover_abandoned()
    assert (again(delivery).state, again(delivery).next_attempt_at) == ("unknown", None)


def test_who_overslept_their_lease_hands_nothing_over(delivery):
    slow = claim(delivery, address=delivery.address)
    let_time_pass()
    with pytest.raises(LeaseLost):
        slow.enter_talking()


def test_who_lost_their_lease_to_another_changes_nothing(delivery):
    slow = claim(delivery, address=delivery.address)
    let_time_pass()
    recover_abandoned()
    quick = claim(again(delivery), address=delivery.address)
    with pytest.raises(LeaseLost):
        slow.enter_talking()
    assert slow.settle(DeliveryState.FAILED) is False
    assert again(delivery).state == "sending"
    assert quick.settle(DeliveryState.SENT, sent_at=timezone.now()) is True


def test_a_late_answer_is_still_worth_more_than_a_guess(delivery):
    slow = claim(delivery, address=delivery.address)
    slow.enter_talking()
    let_time_pass()
    recover_abandoned()
    assert again(delivery).state == "unknown"
    slow.settle(DeliveryState.SENT, sent_at=timezone.now(), next_attempt_at=None)
    let_time_pass()
    stand = Stand()
    deliver(again(delivery), stand)
    assert stand.sent == []
    assert again(delivery).state == "sent"


def test_two_recoverers_count_a_silence_once(delivery):
    lease = claim(delivery, address=delivery.address)
    lease.enter_talking()
    let_time_pass()
    recover_abandoned()
    assert Lease(delivery.pk, lease.holder, 1).recover(timezone.now(), DeliveryState.QUEUED) is False
    assert again(delivery).unheard == 1


def test_a_lease_outlives_a_send_whose_every_step_is_slow(settings):
    assert lease_time().total_seconds() >= settings.MAIL_TIMEOUT * 9


def test_the_mail_goes_to_the_address_the_person_has_now(in_scope, delivery):
    in_scope.agent.email = "elin.new@north.example"
    in_scope.agent.save()
    stand = Stand()
    deliver(again(delivery), stand)
    assert stand.letters[0].recipient == "elin.new@north.example"
    assert again(delivery).address == "elin.new@north.example"


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "customer"}])
def test_who_left_meanwhile_gets_nothing(in_scope, delivery, change):
    type(in_scope.agent).objects.filter(pk=in_scope.agent.pk).update(**change)
    stand = Stand()
    deliver(again(delivery), stand)
    assert stand.letters == []
    assert (again(delivery).state, again(delivery).trouble) == ("failed", "departed")


def test_a_mail_that_cannot_be_put_together_is_tried_again_and_says_so(delivery, monkeypatch, caplog):
    def bug(*args):
        raise KeyError("missing")

    monkeypatch.setattr("notifications.actions.delivering.compose", bug)
    deliver(delivery, Stand())
    assert (again(delivery).state, again(delivery).trouble) == ("queued", "composing")
    assert "cannot be put together" in caplog.text


def test_an_unforeseen_error_leaves_the_mail_to_the_lease(delivery):
    with pytest.raises(ZeroDivisionError):
        deliver(delivery, Stand(ZeroDivisionError()))
    assert (again(delivery).state, again(delivery).stage) == ("sending", "talking")
    let_time_pass()
    recover_abandoned()
    assert again(delivery).state == "unknown"


def test_an_absent_server_is_not_the_mails_fault(delivery):
    with pytest.raises(ServerAway):
        deliver(delivery, Stand(ServerAway(Trouble.AWAY, "connection refused")))
    delivery = again(delivery)
    assert (delivery.state, delivery.attempts, delivery.trouble) == ("queued", 0, "away")
    assert timedelta(seconds=20) < delivery.next_attempt_at - timezone.now() < timedelta(seconds=40)


# --- The brake and the rounds --------------------------------------------------------------------


@pytest.fixture
def stand(monkeypatch) -> Stand:
    stand = Stand()
    monkeypatch.setattr("notifications.transports.SmtpTransport", lambda: stand)
    return stand


def tickets(portal, number: int) -> None:
    for n in range(number):
        make_ticket(requester=portal.customer, topic=portal.topic, subject=f"Number {n}")


@pytest.fixture
def by_smtp(settings):
    from helpdesk.environment import mail_transport

    settings.MAIL = mail_transport("smtp://127.0.0.1:9")


def test_an_absent_server_is_asked_once_not_once_a_mail(in_scope, by_smtp, stand):
    stand.endings = [ServerAway(Trouble.AWAY)] * 50
    tickets(in_scope, 3)
    assert drain(in_scope.tenant) is False
    assert drain(in_scope.tenant) is False
    assert len(stand.endings) == 49
    assert set(Delivery.objects.values_list("state", "attempts")) == {("queued", 0)}
    brake.release()
    stand.endings = []
    let_time_pass()
    drain(in_scope.tenant)
    assert len(stand.sent) == 9


def test_the_brake_holds_longer_each_time_and_lets_go_after_a_success(in_scope, by_smtp, stand):
    assert [brake.pull() for _ in range(6)] == [15, 30, 60, 120, 240, 300]
    assert brake.is_on
    brake._until = 0.0
    tickets(in_scope, 1)
    drain(in_scope.tenant)
    assert brake.pull() == 15


def test_a_round_is_bounded_and_portals_take_turns(in_scope, other_portal, by_smtp, stand, monkeypatch):
    from accounts.scoping import tenant_scope

    monkeypatch.setattr(draining, "MAILS_A_ROUND", 20)
    tickets(in_scope, 10)
    with tenant_scope(other_portal.tenant):
        tickets(other_portal, 1)
        others = None
    assert drain_everybody() is True
    with tenant_scope(other_portal.tenant):
        others = set(Delivery.objects.values_list("state", flat=True))
    assert others == {"sent"}
    assert Delivery.objects.filter(state="sent").count() == 20
    assert drain_everybody() is False
    assert Delivery.objects.filter(state="sent").count() == 30


def test_a_round_stops_between_two_mails_when_asked_to(in_scope, by_smtp, stand):
    tickets(in_scope, 2)
    told(in_scope.tenant)
    drain(in_scope.tenant, lambda: len(stand.sent) < 2)
    assert len(stand.sent) == 2
    assert Delivery.objects.filter(state="queued").count() == 4
    assert not Delivery.objects.filter(state="sending").exists()


def test_an_unforeseen_error_with_one_mail_holds_no_other_up(in_scope, by_smtp, stand, caplog):
    tickets(in_scope, 1)
    stand.endings = [ZeroDivisionError()]
    drain(in_scope.tenant)
    assert len(stand.sent) == 2
    assert "stopped at an unforeseen place" in caplog.text


def test_draining_one_tenant_never_touches_another(in_scope, other_portal, by_smtp, stand):
    tickets(in_scope, 1)
    drain(other_portal.tenant)
    assert stand.sent == []
    assert TicketEvent.objects.pending().count() == 2


# --- Send again ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [Refused(Trouble.RECIPIENT), "unknown for good"])
def test_send_again_sends_the_same_mail(in_scope, delivery, ending):
    if isinstance(ending, Exception):
        deliver(delivery, Stand(ending))
    else:
        for _ in range(2):
            deliver(again(delivery), Stand(Unheard()))
            let_time_pass()
    assert again(delivery).can_be_sent_again
    assert send_again(actor=in_scope.agent, delivery=delivery) is True
    assert send_again(actor=in_scope.agent, delivery=delivery) is False
    assert (again(delivery).state, again(delivery).repeats, again(delivery).attempts) == ("queued", 1, 0)
    stand = Stand()
    deliver(again(delivery), stand)
    assert stand.sent == [delivery.message_id]
    assert again(delivery).state == "sent"
    assert send_again(actor=in_scope.agent, delivery=delivery) is False


def test_customers_cannot_send_again(in_scope, delivery):
    with pytest.raises(PermissionError):
        send_again(actor=in_scope.customer, delivery=delivery)


# --- What the database itself keeps ---------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"state": "sending"},
        {"state": "queued", "lease_until": timezone.now()},
        {"state": "sent"},
        {"state": "queued", "sent_at": timezone.now()},
        {"ticket_event": None},
    ],
)
def test_the_database_refuses_states_that_make_no_sense(delivery, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**values)
