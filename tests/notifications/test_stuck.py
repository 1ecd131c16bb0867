"""Mails can get stuck (I7): staff see what became of them, send them again, and are told when an address fails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.changing_addresses import confirm_address, request_address
from accounts.actions.codes import LIFE, request_code
from accounts.actions.inviting import invite_person, revoke_invitation
from accounts.models import AccountEvent, Invitation
from accounts.scoping import tenant_scope
from notifications.actions.delivering import deliver
from notifications.actions.draining import drain
from notifications.actions.sending_again import WAIT, send_again
from notifications.composing import compose
from notifications.enums import DeliveryState, Trouble
from notifications.facts import Outlived, Refused, TooSoon, Unheard
from notifications.models import Delivery
from notifications.queries import last_trouble_of
from tests.factories import ask_for_password, make_ticket
from tests.notifications.conftest import let_time_pass, told
from tests.notifications.test_delivering import Stand


@pytest.fixture
def password_mail(in_scope) -> Delivery:
    ask_for_password(in_scope.customer.email)
    told(in_scope.tenant)
    return only("password")


def only(template: str) -> Delivery:
    delivery: Delivery = Delivery.objects.with_event().get(template=template)
    return delivery


def later(seconds: float) -> timezone.datetime:
    return timezone.now() + timedelta(seconds=seconds)


def test_an_account_mail_that_a_filter_keeps_is_sent_again_as_a_new_mail(in_scope, other_portal, password_mail):
    deliver(password_mail, Stand())
    sent = only("password")
    assert send_again(actor=in_scope.agent, delivery=sent, now=later(61)) is True
    again = only("password")
    assert (again.state, again.repeats, again.sent_at) == (DeliveryState.QUEUED, 1, None)
    assert again.message_id != sent.message_id, "mail programs hide what they think they have shown already"
    let_time_pass()
    stand = Stand()
    deliver(again, stand)
    assert stand.sent == [again.message_id]
    assert "/password/" in compose(again).text


def test_between_two_sends_of_one_mail_there_is_a_minute(in_scope, other_portal, password_mail):
    deliver(password_mail, Stand())
    with pytest.raises(TooSoon) as wait:
        send_again(actor=in_scope.agent, delivery=password_mail)
    assert 0 < wait.value.seconds <= WAIT.total_seconds()
    assert send_again(actor=in_scope.agent, delivery=password_mail, now=later(61))
    let_time_pass()
    deliver(only("password"), Stand(Refused(Trouble.RECIPIENT)))
    with pytest.raises(TooSoon):
        send_again(actor=in_scope.agent, delivery=password_mail, now=later(100))
    assert send_again(actor=in_scope.agent, delivery=password_mail, now=later(122))
    assert only("password").repeats == 2


def test_what_failed_at_once_can_be_sent_again_at_once(in_scope, other_portal, password_mail):
    deliver(password_mail, Stand(Refused(Trouble.RECIPIENT)))
    assert send_again(actor=in_scope.agent, delivery=password_mail)
    assert only("password").message_id == password_mail.message_id, "nobody has seen the first"


def test_what_is_on_its_way_is_left_alone(in_scope, other_portal, password_mail):
    assert send_again(actor=in_scope.agent, delivery=password_mail, now=later(999)) is False


def test_a_tickets_mail_that_was_sent_is_not_sent_again(in_scope, other_portal):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    drain(in_scope.tenant)
    assert send_again(actor=in_scope.agent, delivery=only("confirmation"), now=later(999)) is False


def test_a_code_that_has_run_out_is_not_sent_again_and_says_so(in_scope, other_portal, browse):
    request_code(address=in_scope.customer.email)
    drain(in_scope.tenant)
    code = only("code")
    assert code.state == DeliveryState.SENT
    assert code.can_be_sent_again
    _age(code, LIFE + timedelta(seconds=1))
    with pytest.raises(Outlived):
        send_again(actor=in_scope.agent, delivery=only("code"), now=later(999))
    client = browse(in_scope, in_scope.agent)
    assert "The code in this mail has run out" in client.get(f"/desk/mails/{code.pk}/").content.decode()
    answer = client.post(f"/desk/mails/{code.pk}/again/", follow=True)
    assert "Ask the person to request another one" in answer.content.decode()
    assert only("code").state == DeliveryState.SENT


def test_a_code_that_waited_too_long_for_the_mail_server_does_not_leave(in_scope, other_portal):
    request_code(address=in_scope.customer.email)
    drain(in_scope.tenant)
    code = only("code")
    Delivery.objects.filter(pk=code.pk).update(state="queued", sent_at=None, next_attempt_at=timezone.now())
    _age(code, LIFE + timedelta(seconds=1))
    stand = Stand()
    deliver(only("code"), stand)
    assert stand.sent == []
    assert (only("code").state, only("code").trouble) == (DeliveryState.FAILED, Trouble.OUTLIVED)


def _age(delivery: Delivery, by: timedelta) -> None:
    AccountEvent._base_manager.filter(pk=delivery.account_event_id).update(created_at=timezone.now() - by)


def test_an_invitation_that_ran_out_is_renewed(in_scope, other_portal):
    invite_person(actor=in_scope.agent, email="new@kund.example", organisation=in_scope.organisation)
    drain(in_scope.tenant)
    first = only("invitation")
    assert send_again(actor=in_scope.agent, delivery=first, now=later(61)), "an open one is the same mail again"
    assert Delivery.objects.filter(template="invitation").count() == 1
    let_time_pass()
    drain(in_scope.tenant)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert send_again(actor=in_scope.agent, delivery=only("invitation"), now=later(200))
    with pytest.raises(TooSoon):
        send_again(actor=in_scope.agent, delivery=first)
    assert Invitation.objects.get().expires_at > timezone.now()
    drain(in_scope.tenant)
    assert Delivery.objects.filter(template="invitation", state="sent").count() == 2
    revoke_invitation(actor=in_scope.agent, invitation=Invitation.objects.get())
    assert send_again(actor=in_scope.agent, delivery=first, now=later(999)) is False


def test_a_mail_to_another_address_goes_there_again(in_scope, other_portal):
    request_address(actor=in_scope.customer, user=in_scope.customer, address="new@kund.example")
    drain(in_scope.tenant)
    assert send_again(actor=in_scope.agent, delivery=only("address_requested"), now=later(61))
    let_time_pass()
    deliver(only("address_requested"), Stand())
    assert only("address_requested").address == "new@kund.example"


def test_the_page_says_how_long_to_wait(in_scope, other_portal, password_mail, browse):
    deliver(password_mail, Stand())
    answer = browse(in_scope, in_scope.agent).post(f"/desk/mails/{password_mail.pk}/again/", follow=True)
    assert "It was sent a moment ago" in answer.content.decode()


# --- Trouble with an address ---------------------------------------------------------------------------------------


def test_an_address_that_fails_is_told_at_the_person_and_on_their_tickets(
    in_scope, other_portal, password_mail, browse
):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    deliver(password_mail, Stand(Refused(Trouble.RECIPIENT, "550 no such mailbox")))
    words = "The last mail to anna@kund.example failed."
    agent = browse(in_scope, in_scope.agent)
    for page in (f"/desk/tickets/{ticket.number}/", f"/desk/people/{in_scope.customer.pk}/"):
        content = agent.get(page).content.decode()
        assert words in content
        assert "550 no such mailbox" in content
    assert words not in browse(in_scope, in_scope.customer).get(f"/tickets/{ticket.number}/").content.decode()


def test_a_mail_that_arrives_ends_the_trouble(in_scope, other_portal, password_mail):
    deliver(password_mail, Stand(Refused(Trouble.RECIPIENT)))
    assert last_trouble_of(in_scope.customer) == password_mail
    ask_for_password(in_scope.customer.email)
    told(in_scope.tenant)
    assert last_trouble_of(in_scope.customer) == password_mail, "one that waits says nothing yet"
    let_time_pass()
    deliver(Delivery.objects.latest("pk"), Stand())
    assert last_trouble_of(in_scope.customer) is None


def test_a_mail_nobody_heard_of_is_trouble(in_scope, other_portal, password_mail):
    deliver(password_mail, Stand(Unheard()))
    assert last_trouble_of(in_scope.customer) == password_mail


@pytest.mark.parametrize("trouble", [Trouble.OUTLIVED, Trouble.DEPARTED, Trouble.COMPOSING, Trouble.LEFT])
def test_what_failed_for_its_own_reasons_says_nothing_about_the_address(in_scope, other_portal, password_mail, trouble):
    deliver(password_mail, Stand(Refused(trouble)))
    assert last_trouble_of(in_scope.customer) is None


def test_trouble_ends_with_the_address(in_scope, other_portal, password_mail):
    deliver(password_mail, Stand(Refused(Trouble.RECIPIENT)))
    request_address(actor=in_scope.customer, user=in_scope.customer, address="new@kund.example")
    asked = in_scope.customer.account_events.latest("pk")
    person = confirm_address(actor=in_scope.customer, user=in_scope.customer, asked=asked)
    assert last_trouble_of(person) is None


def test_a_tickets_own_failed_mail_is_told_once(in_scope, other_portal, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    deliver(only("confirmation"), Stand(Refused(Trouble.RECIPIENT)))
    page = browse(in_scope, in_scope.agent).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "did not get through" in page
    assert "The last mail to" not in page


def test_another_portals_trouble_is_not_ours(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        ask_for_password(other_portal.customer.email)
        told(other_portal.tenant)
        deliver(only("password"), Stand(Refused(Trouble.RECIPIENT)))
    assert last_trouble_of(in_scope.customer) is None
