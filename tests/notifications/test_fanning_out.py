import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AccountEvent
from accounts.scoping import tenant_scope
from notifications.actions import draining, fanning_out
from notifications.actions.draining import drain
from notifications.actions.fanning_out import fan_out, message_id_for
from notifications.models import Delivery
from notifications.queries import ECHO_PAUSE, tenants_with_mail_to_do
from notifications.tokens import is_like_ours
from tests.factories import UserFactory, make_ticket
from tests.notifications.conftest import told
from tickets.enums import Channel, EventKind
from tickets.models import TicketEvent


def opened() -> TicketEvent:
    event: TicketEvent = TicketEvent.objects.get(kind=EventKind.OPENED)
    return event


def test_fanning_out_twice_tells_once(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    event = opened()
    assert fan_out(event) == 3
    assert fan_out(event) == 0
    assert Delivery.objects.count() == 3


def test_our_own_mails_are_told_by_their_message_ids_alone(in_scope, other_portal):
    """A mail with another kind of Message-ID is not looked up."""
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    event = opened()
    of_account = AccountEvent(pk=7)

    ours = [message_id_for(one, in_scope.customer, copy=copy) for one in (event, of_account) for copy in (0, 2)]

    assert len(set(ours)) == 4
    assert all(is_like_ours(one) for one in ours)
    assert not any(is_like_ours(one) for one in ("", "<1.2@x.example>", ours[0].lstrip("<"), "<b" + ours[0][2:]))


def test_an_event_whose_mark_was_lost_tells_nobody_twice(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    fan_out(opened())
    TicketEvent.objects.update(fanned_out_at=None)
    assert fan_out(opened()) == 0
    assert Delivery.objects.count() == 3


def test_rows_and_mark_come_together_or_not_at_all(in_scope, monkeypatch):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    def die(*args):
        raise RuntimeError

    monkeypatch.setattr(fanning_out, "_mark_done", die)
    with pytest.raises(RuntimeError):
        fan_out(opened())
    assert Delivery.objects.count() == 0
    assert opened().fanned_out_at is None


def test_the_database_refuses_a_second_mail_about_the_same_event(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    fan_out(opened())
    first = Delivery.objects.first()
    again = Delivery(
        ticket_event=first.ticket_event,
        recipient=first.recipient,
        address=first.address,
        template=first.template,
        message_id="<another@north.example>",
        give_up_at=timezone.now(),
        created_at=timezone.now(),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_a_broken_event_holds_no_other_up(in_scope, monkeypatch, caplog):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="First")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Second")
    broken = TicketEvent.objects.filter(kind=EventKind.OPENED).first()
    real = fanning_out.tellings

    def tellings(event, ladder):
        if event.pk == broken.pk:
            raise RuntimeError("broken")
        return real(event, ladder)

    monkeypatch.setattr(fanning_out, "tellings", tellings)
    assert len(told(in_scope.tenant)) == 3
    assert list(TicketEvent.objects.pending()) == [broken]
    assert "could not be worked off" in caplog.text
    told(in_scope.tenant)
    assert caplog.text.count("could not be worked off") == 1  # it rests for a while
    draining._resting.clear()
    monkeypatch.undo()
    assert len(told(in_scope.tenant)) == 3


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_tell_each_person_once(in_scope):
    for number in range(4):
        make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=f"Ticket {number}")
    at_once, errors = threading.Barrier(4), []

    def work() -> None:
        try:
            at_once.wait(10)
            drain(in_scope.tenant)
        except Exception as trouble:
            errors.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    drain(in_scope.tenant)
    assert errors == []
    assert Delivery.objects.count() == 12
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert not TicketEvent.objects.pending().exists()


def file_as_guest(portal, guest, number: int) -> None:
    make_ticket(requester=guest, topic=portal.topic, subject=f"Buy {number}", channel=Channel.GUEST)


def echoes(guest) -> list[bool]:
    return list(Delivery.objects.filter(recipient=guest).order_by("pk").values_list("with_text", flat=True))


def test_a_guests_words_go_to_their_address_once_an_hour(in_scope):
    guest = UserFactory(password=None)
    for number in range(3):
        file_as_guest(in_scope, guest, number)
    told(in_scope.tenant)
    assert echoes(guest) == [True, False, False]
    Delivery.objects.update(created_at=timezone.now() - ECHO_PAUSE)
    file_as_guest(in_scope, guest, 3)
    told(in_scope.tenant)
    assert echoes(guest) == [True, False, False, True]


def test_one_guests_echo_takes_nothing_from_another(in_scope):
    guests = [UserFactory(password=None), UserFactory(password=None)]
    for guest in guests:
        file_as_guest(in_scope, guest, 1)
    told(in_scope.tenant)
    assert [echoes(guest) for guest in guests] == [[True], [True]]


@pytest.mark.django_db(transaction=True)
def test_a_guests_words_go_out_once_however_many_workers_there_are(in_scope):
    guest = UserFactory(password=None)
    for number in range(6):
        file_as_guest(in_scope, guest, number)
    events = list(TicketEvent.objects.filter(kind=EventKind.OPENED))
    at_once = threading.Barrier(len(events))

    def work(event) -> None:
        at_once.wait(10)
        with tenant_scope(in_scope.tenant):
            fan_out(event)
        connection.close()

    threads = [threading.Thread(target=work, args=[event]) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(echoes(guest)) == [False] * 5 + [True]


def test_only_tenants_with_something_to_do_are_looked_at(in_scope, other_portal):
    assert tenants_with_mail_to_do() == []
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert tenants_with_mail_to_do() == [in_scope.tenant]
    told(in_scope.tenant)
    assert tenants_with_mail_to_do() == [in_scope.tenant]
    drain(in_scope.tenant)
    assert tenants_with_mail_to_do() == []
