"""Signing in with a code by mail: for whoever reads the mailbox, in the browser that asked, once."""

import re
from datetime import timedelta
from threading import Barrier, Thread
from unittest import mock

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.codes import ATTEMPTS, forget_old_codes, request_code, use_code
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, EntryRequest, SignInCode, User
from accounts.scoping import tenant_scope
from accounts.tokens.codes import DIGITS, code_digits
from notifications.actions.draining import drain
from notifications.models import Delivery, KeptMail
from tests.factories import UserFactory
from tests.pages import Page, plain_answer, snapshot

ANNA = "anna@kund.example"
WRONG = "00000000"


def ask(client, address=ANNA, **more):
    return client.post("/sign-in/code/", {"email": address, **more})


def enter(client, digits):
    return client.post("/sign-in/code/enter/", {"digits": digits})


def latest(portal) -> str:
    with tenant_scope(portal.tenant):
        return code_digits(SignInCode.objects.latest("pk"))


def not_this(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**DIGITS:0{DIGITS}d}"


@pytest.fixture
def client(portal, other_portal, browse):
    return browse(portal)


def test_the_code_comes_by_mail_and_signs_in(portal, client, settings):
    answer = ask(client, next="/account/")
    drain(portal.tenant)
    with tenant_scope(portal.tenant):
        delivery = Delivery.objects.get(template="code")
        raw = KeptMail.objects.get(delivery=delivery).raw
    digits = re.search(rb"\b(\d{4} \d{4})\b", bytes(raw))[1].decode()

    assert answer.url == "/sign-in/code/enter/"
    assert delivery.address == ANNA
    assert digits.replace(" ", "") == latest(portal)
    assert enter(client, digits).url == "/account/"
    assert client.get("/account/").status_code == 200
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).verified_at is not None
        assert not EntryRequest.objects.filter(data__icontains=digits.replace(" ", "")).exists()


def test_the_same_answer_for_everybody_and_mail_for_those_who_are_let_in(portal, client, browse):
    with tenant_scope(portal.tenant):
        UserFactory(email="gone@kund.example", is_active=False)
        UserFactory(email="guest@kund.example", password=None)
    people = ("anna", "guest", "gone", "nobody")
    answers = {plain_answer(ask(browse(portal), f"{name}@kund.example")) for name in people}
    pages = set()
    for name in people:
        person = browse(portal)
        ask(person, f"{name}@kund.example")
        pages.add(plain_answer(person.get("/sign-in/code/enter/"), f"{name}@kund.example"))
        pages.add(plain_answer(person.get("/sign-in/code/enter/"), f"{name}@kund.example"))
        wrong = plain_answer(enter(person, WRONG), f"{name}@kund.example")
        answers.add(("wrong", *wrong[1:]))
    drain(portal.tenant)

    assert len(pages) == 1
    assert len(answers) == 2
    with tenant_scope(portal.tenant):
        assert set(Delivery.objects.filter(template="code").values_list("address", flat=True)) == {
            ANNA,
            "guest@kund.example",
        }


def test_the_right_code_of_somebody_not_let_in_opens_nothing(portal, client):
    with tenant_scope(portal.tenant):
        gone = UserFactory(email="gone@kund.example", is_active=False)
    for address in (gone.email, "nobody@kund.example"):
        ask(client, address)
        assert enter(client, latest(portal)).status_code == 422
    ask(client)
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(is_active=False)
    assert enter(client, latest(portal)).status_code == 422


def test_a_code_is_good_once_in_its_own_browser_for_a_quarter_of_an_hour(portal, client, browse):
    ask(client)
    digits = latest(portal)
    elsewhere = browse(portal)
    assert enter(elsewhere, digits).url == "/sign-in/code/"
    ask(elsewhere, "lead@north.example")
    assert enter(elsewhere, digits).status_code == 422
    with mock.patch.object(timezone, "now", return_value=timezone.now() + timedelta(minutes=15, seconds=1)):
        assert enter(client, digits).status_code == 422
    assert enter(client, digits).status_code == 302
    with tenant_scope(portal.tenant):
        code = SignInCode.objects.order_by("pk").first()
        assert use_code(code_id=code.pk, digits=digits) is None


def test_after_five_wrong_ones_the_right_one_is_too_late(portal, client):
    ask(client)
    digits = latest(portal)
    wrong = [enter(client, not_this(digits)).status_code for _time in range(ATTEMPTS)]

    assert wrong == [422] * ATTEMPTS
    assert enter(client, digits).status_code == 422
    ask(client)
    assert enter(client, latest(portal)).status_code == 302


@pytest.mark.parametrize("typed", ["", "1234", "123456789", "abcdefgh", "१२३४५६७८", "\0" * 8, "9" * 10_000])
def test_what_is_no_code_uses_up_no_attempt(portal, client, typed):
    ask(client)

    assert enter(client, typed).status_code == 422
    with tenant_scope(portal.tenant):
        assert SignInCode.objects.get().attempts == 0


def test_a_code_of_another_portal_is_worth_nothing(portal, other_portal, client, browse):
    with tenant_scope(other_portal.tenant):
        code = request_code(address=ANNA)
        digits = code_digits(code)
    ask(client)
    assert digits != latest(portal)
    assert enter(client, digits).status_code == 422
    with tenant_scope(portal.tenant):
        assert use_code(code_id=code.pk, digits=digits) is None


def test_the_session_of_the_asking_browser_knows_no_digits(portal, client):
    ask(client)

    assert latest(portal) not in str(dict(client.session))


def test_whoever_asks_too_often_is_told_the_same_and_no_more_mail_is_sent(portal, client):
    answers = {plain_answer(ask(client)) for _time in range(6)}

    assert len(answers) == 1
    assert enter(client, WRONG).status_code == 422
    with tenant_scope(portal.tenant):
        assert EntryRequest.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_at_once_use_a_code_once(in_scope):
    code = request_code(address=ANNA)
    digits, at_once, found = code_digits(code), Barrier(2), []

    def work() -> None:
        with tenant_scope(in_scope.tenant):
            at_once.wait(10)
            found.append(use_code(code_id=code.pk, digits=digits))
        connection.close()

    threads = [Thread(target=work) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(person is None for person in found) == [False, True]


def test_old_codes_are_forgotten(in_scope):
    old, new = request_code(address=ANNA), request_code(address=ANNA)
    SignInCode.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))

    assert forget_old_codes() == 1
    assert SignInCode.objects.get() == new


def test_asking_for_a_code_tells_nobody_but_the_mailbox(portal, client):
    asked_for = ("accounts.Session", "accounts.Allowance", "accounts.SignInCode", "accounts.EntryRequest")
    before = snapshot(without=asked_for)
    ask(client)
    ask(client, "nobody@kund.example")

    assert snapshot(without=asked_for) == before
    with tenant_scope(portal.tenant):
        assert not AccountEvent.objects.filter(kind=AccountEventKind.CODE_REQUESTED).exists()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_away_by_a_code(portal, client, target):
    ask(client, next=target)

    assert enter(client, latest(portal)).url == "/tickets/"
    assert "evil" not in Page(client.get("/sign-in/code/", {"next": target})).text
