"""Service messages by mail: to whom, exactly once, and how it is begun and ended."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.closing_accounts import close_account
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.scoping import tenant_scope
from knowledge.actions.service_messages import add_update, end_message, publish_message, save_message
from knowledge.actions.subscribing import subscribe, unsubscribe
from knowledge.models import ServiceMessage, ServiceSubscription, ServiceUpdate
from knowledge.queries.subscribers import is_subscribed
from knowledge.subscription_links import LIFE, confirmation_link, person_of_token
from notifications.actions import telling_service
from notifications.actions.telling_service import tell_subscribers
from notifications.composing import compose
from notifications.facts import Refused
from notifications.models import Delivery
from tests.factories import UserFactory
from tests.knowledge.test_service_messages import draft
from tests.notifications.conftest import told
from tests.notifications.stories import settle_all
from tests.pages import Page


def published(portal, **changes) -> ServiceMessage:
    message = save_message(actor=portal.agent, message=None, draft=draft(**changes))
    return publish_message(actor=portal.agent, message=message)


def tell_all() -> None:
    while tell_subscribers():
        pass


def mails_told(portal) -> list[str]:
    tell_all()
    return sorted(address for address, kind in told(portal.tenant) if kind == "service_message")


@pytest.fixture
def readers(in_scope) -> list[User]:
    people = [UserFactory() for _number in range(5)]
    for person in people:
        subscribe(actor=person, user=person)
    return people


def test_everybody_who_subscribes_and_may_read_is_told_of_each_update_once(in_scope, readers, other_portal):
    subscribe(actor=in_scope.customer, user=in_scope.customer)
    message = published(in_scope, audience="organisations", organisations=[in_scope.organisation.pk])
    assert mails_told(in_scope) == ["anna@kund.example"]
    add_update(actor=in_scope.agent, message=message, text_sv="", text_en="Found it.")
    assert mails_told(in_scope) == ["anna@kund.example"]
    add_update(actor=in_scope.agent, message=message, text_sv="", text_en="Hush.", tells=False)
    assert mails_told(in_scope) == []
    end_message(actor=in_scope.agent, message=message)
    assert mails_told(in_scope) == ["anna@kund.example"]
    assert mails_told(other_portal) == []


def test_who_wrote_it_is_not_told(in_scope):
    subscribe(actor=in_scope.agent, user=in_scope.agent)
    published(in_scope)

    assert mails_told(in_scope) == []


def test_a_batch_that_dies_is_told_again_whole_and_none_twice(in_scope, readers, monkeypatch):
    monkeypatch.setattr(telling_service, "BATCH", 2)
    published(in_scope)
    assert tell_subscribers()

    class Killed(BaseException):
        pass

    def dies(*_args, **_kwargs) -> None:
        raise Killed

    for place in ("poke_worker",):
        with monkeypatch.context() as broken:
            broken.setattr(telling_service, place, dies)
            with pytest.raises(Killed), transaction.atomic():
                tell_subscribers()
    with monkeypatch.context() as broken:
        broken.setattr(ServiceUpdate, "save", dies)
        with pytest.raises(Killed), transaction.atomic():
            tell_subscribers()
    tell_all()

    events = AccountEvent.objects.filter(kind=AccountEventKind.SERVICE_TOLD)
    assert sorted(events.values_list("user_id", flat=True)) == sorted(person.pk for person in readers)
    assert ServiceUpdate.objects.get().told_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_everybody_once(portal, monkeypatch):
    monkeypatch.setattr(telling_service, "BATCH", 3)
    with tenant_scope(portal.tenant):
        people = [UserFactory() for _number in range(10)]
        for person in people:
            subscribe(actor=person, user=person)
        published(portal)

    def work() -> None:
        try:
            with tenant_scope(portal.tenant):
                for _turn in range(12):
                    tell_subscribers()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with tenant_scope(portal.tenant):
        tell_all()
        events = AccountEvent.objects.filter(kind=AccountEventKind.SERVICE_TOLD)
        assert sorted(events.values_list("user_id", flat=True)) == sorted(person.pk for person in people)


@pytest.mark.django_db(transaction=True)
def test_who_subscribes_while_something_is_told_is_told_it_or_was_there_later(portal):
    """Not seen yet by the worker's batch, and passed by: that must not be."""
    with tenant_scope(portal.tenant):
        message = published(portal)
        tell_all()
    began, may_end = threading.Event(), threading.Event()

    def subscribing() -> None:
        try:
            with tenant_scope(portal.tenant), transaction.atomic():
                subscribe(actor=portal.customer, user=portal.customer)
                began.set()
                may_end.wait(5)
        finally:
            connection.close()

    def telling() -> None:
        try:
            with tenant_scope(portal.tenant):
                add_update(actor=portal.agent, message=message, text_sv="", text_en="Found it.")
                tell_all()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for work in (subscribing, telling)]
    workers[0].start()
    assert began.wait(5)
    workers[1].start()
    workers[1].join(0.5)  # as far as it comes
    may_end.set()
    for worker in workers:
        worker.join()
    with tenant_scope(portal.tenant):
        told_to = AccountEvent.objects.filter(kind=AccountEventKind.SERVICE_TOLD).values_list("user_id", flat=True)
        assert list(told_to) == [portal.customer.pk]


def test_the_same_form_sent_twice_tells_once(in_scope, readers):
    message = published(in_scope)
    first, again, other = (
        add_update(actor=in_scope.agent, message=message, text_sv="", text_en=words)
        for words in ("Found it.", "Found it.", "Mended.")
    )

    assert first == again != other
    assert ServiceUpdate.objects.count() == 3


def test_who_left_meanwhile_or_may_not_read_it_any_more_gets_no_mail(in_scope, readers):
    message = published(in_scope)
    tell_all()
    unsubscribe(actor=readers[0], user=readers[0])
    assert readers[0].email not in {address for address, _kind in told(in_scope.tenant)}
    ServiceMessage.objects.filter(pk=message.pk).update(audience="staff")
    delivery = Delivery.objects.with_story().get(recipient=readers[1])
    with pytest.raises(Refused):
        compose(delivery)


def test_a_closed_account_is_mailed_no_more(in_scope):
    subscribe(actor=in_scope.customer, user=in_scope.customer)
    close_account(actor=in_scope.administrator, user=in_scope.customer)
    told(in_scope.tenant)

    assert not ServiceSubscription.objects.exists()


def test_the_mail_says_what_is_going_on_and_how_to_stop_such_mails(in_scope):
    subscribe(actor=in_scope.customer, user=in_scope.customer)
    message = published(in_scope)
    tell_all()
    told(in_scope.tenant)
    letter = compose(Delivery.objects.with_story().get(template="service_message"))

    assert letter.subject == "Disturbance: Alarms do not get through"
    assert "We are looking for the fault." in letter.text
    assert f"/service-messages/{message.pk}/" in letter.text
    link = letter.headers["List-Unsubscribe"].strip("<>")
    client = Client(headers={"host": in_scope.host, "accept-language": "en"}, enforce_csrf_checks=True)
    assert client.get(link).status_code == 200
    assert is_subscribed(in_scope.customer)
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not is_subscribed(in_scope.customer)


def test_one_button_begins_and_ends_it_for_who_is_signed_in(in_scope, browse):
    client = browse(in_scope, in_scope.customer)
    client.post(reverse("service_subscription"), {"wanted": "1"})
    assert is_subscribed(in_scope.customer)
    client.post(reverse("service_subscription"), {})
    assert not is_subscribed(in_scope.customer)


def test_a_stranger_confirms_from_the_mailbox_before_anything_is_mailed(in_scope, other_portal, browse):
    client = browse(in_scope)
    answers = [
        client.post(reverse("service_subscription"), {"email": address}).status_code
        for address in ("new@mail.example", in_scope.customer.email)
    ]
    assert answers == [302, 302]  # the same for a known address and an unknown one
    settle_all()
    assert not ServiceSubscription.objects.exists()
    assert ("new@mail.example", "subscription") in told(in_scope.tenant)

    stranger = User.objects.get(email="new@mail.example")
    link = confirmation_link(AccountEvent.objects.get(user=stranger, kind="subscription_requested"))
    assert client.get(link).status_code == 200
    assert not is_subscribed(stranger)
    assert client.post(link).status_code == 302
    assert is_subscribed(stranger)
    assert not User.objects.get(pk=stranger.pk).is_active  # nobody is let in by it
    published(in_scope)
    assert mails_told(in_scope) == ["new@mail.example"]
    letter = compose(Delivery.objects.with_story().get(template="service_message"))
    stop = letter.headers["List-Unsubscribe"].strip("<>")
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not is_subscribed(stranger)


def test_a_link_that_is_spoilt_old_or_another_portals_confirms_nothing(in_scope, other_portal):
    asked = AccountEvent.objects.create(user=in_scope.customer, kind=AccountEventKind.SUBSCRIPTION_REQUESTED)
    token = confirmation_link(asked).rstrip("/").rsplit("/", 1)[1]
    assert person_of_token(token) == in_scope.customer
    for spoilt in (token[:-1], token + "a", "99999." + token.split(".")[1], "", ".", "å"):
        assert person_of_token(spoilt) is None
    with tenant_scope(other_portal.tenant):
        assert person_of_token(token) is None
    AccountEvent._base_manager.filter(pk=asked.pk).update(created_at=timezone.now() - LIFE - timedelta(minutes=1))
    assert person_of_token(token) is None


def test_a_link_that_confirms_nothing_says_so_and_how_to_ask_anew(in_scope, browse):
    asked = AccountEvent.objects.create(user=in_scope.customer, kind=AccountEventKind.SUBSCRIPTION_REQUESTED)
    link = confirmation_link(asked)
    AccountEvent._base_manager.filter(pk=asked.pk).update(created_at=timezone.now() - LIFE - timedelta(minutes=1))
    answers = []
    for _subscribed in (False, True):
        for gone in (link, reverse("service_subscription_confirm", args=["no.such"])):
            answers += [browse(in_scope).get(gone), browse(in_scope).post(gone)]
        subscribe(actor=None, user=in_scope.customer)

    assert {answer.status_code for answer in answers} == {404}
    pages = {Page(answer).text for answer in answers}
    assert len(pages) == 1  # whoever asked, and whether they are mailed
    assert in_scope.customer.email not in pages.pop()
    page = Page(browse(in_scope).get(link))
    assert "This link no longer works" in page.text
    assert {reverse("service_subscription"), reverse("service_messages")} <= set(page.links())
    assert "You need none while you are signed in" in Page(browse(in_scope, in_scope.agent).get(link)).text


def test_nobody_is_promised_an_answer_who_only_subscribes(in_scope, browse):
    assert "We answer by mail" not in browse(in_scope).get(reverse("service_subscription")).content.decode()


def test_one_address_gets_three_such_mails_an_hour_and_the_page_does_not_tell(in_scope, browse):
    for _time in range(5):
        assert browse(in_scope).post(reverse("service_subscription"), {"email": "a@b.example"}).status_code == 302
    settle_all()

    assert AccountEvent.objects.filter(kind=AccountEventKind.SUBSCRIPTION_REQUESTED).count() == 3
