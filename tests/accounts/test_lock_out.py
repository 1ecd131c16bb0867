"""Guessing is stopped, and nobody can use that to lock somebody else out (docs/decisions/0006-lock-out.md)."""

import pytest
from django.core import signing

from accounts import attempts
from accounts.models import Allowance, EntryRequest, SignInCode
from accounts.scoping import tenant_scope
from accounts.tokens.codes import code_digits
from tests.factories import PASSWORD, UserFactory
from tests.pages import Page, plain_answer

ANNA = "anna@kund.example"
HOME, CAFE, ONE, TWO = "192.0.2.1", "192.0.2.2", "198.51.100.1", "203.0.113.1"


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr(attempts, "STRANGERS_AN_HOUR", 4)
    monkeypatch.setattr(attempts, "DEVICE_AN_HOUR", 3)


def sign_in(client, password=PASSWORD, email=ANNA, network=HOME):
    return client.post("/sign-in/", {"email": email, "password": password}, REMOTE_ADDR=network)


def sign_out(client):
    client.post("/sign-out/")


def words(response) -> str:
    return Page(response).text


@pytest.fixture
def own_device(portal, other_portal, browse):
    """The owner's browser, signed out."""
    client = browse(portal)
    sign_in(client)
    sign_out(client)
    return client


@pytest.fixture
def attacked(portal, browse, own_device):
    """Two attackers from different networks have guessed until nothing is left."""
    answers = [sign_in(browse(portal), f"guess-{number}", network=(ONE, TWO)[number % 2]) for number in range(12)]
    assert [answer.status_code for answer in answers] == [422] * 12
    return answers


def test_two_attackers_do_not_lock_the_owners_device_out(attacked, own_device):
    assert sign_in(own_device, "mistyped").status_code == 422
    assert sign_in(own_device).status_code == 302


def test_two_attackers_cannot_keep_guessing(portal, attacked, browse):
    """Even the right password is not looked at any more, from wherever."""
    assert "Wait" in words(attacked[-1])
    for network in (ONE, TWO, CAFE):
        answer = sign_in(browse(portal), network=network)
        assert answer.status_code == 422
        assert "Wait" in words(answer)
    with tenant_scope(portal.tenant):
        assert Allowance.objects.get(kind="sign-in").spent == 4


def test_the_mail_code_lets_the_owner_in_from_a_new_device(portal, attacked, browse):
    for network in (ONE, TWO):  # who ask for codes as well, as often as they can
        for _time in range(5):
            browse(portal).post("/sign-in/code/", {"email": ANNA}, REMOTE_ADDR=network)
    client = browse(portal)
    client.post("/sign-in/code/", {"email": ANNA}, REMOTE_ADDR=CAFE)
    with tenant_scope(portal.tenant):
        digits = code_digits(SignInCode.objects.latest("pk"))
        assert EntryRequest.objects.count() == 7

    assert client.post("/sign-in/code/enter/", {"digits": digits}, REMOTE_ADDR=CAFE).status_code == 302


def test_the_owners_device_gets_its_mails_whoever_else_asks(portal, browse, own_device, monkeypatch):
    monkeypatch.setattr(attempts, "MAILS_AN_HOUR", 1)
    browse(portal).post("/password/", {"email": ANNA}, REMOTE_ADDR=ONE)
    browse(portal).post("/password/", {"email": ANNA}, REMOTE_ADDR=TWO)
    own_device.post("/password/", {"email": ANNA}, REMOTE_ADDR=HOME)

    with tenant_scope(portal.tenant):
        assert EntryRequest.objects.filter(kind="password").count() == 2


def test_a_known_device_guesses_no_further_than_its_own_counter(portal, own_device, browse):
    for _time in range(3):
        sign_in(own_device, "wrong")
    assert "Wait" in words(sign_in(own_device))
    assert sign_in(browse(portal)).status_code == 302  # and has used up nobody else's


def test_a_device_is_known_for_its_own_person_only(portal, attacked, own_device):
    with tenant_scope(portal.tenant):
        UserFactory(email="bo@kund.example")
    for _time in range(4):
        sign_in(own_device, "wrong", "bo@kund.example")

    assert "Wait" in words(sign_in(own_device, PASSWORD, "bo@kund.example"))
    assert sign_in(own_device).status_code == 302


def test_people_who_share_a_browser_are_all_known_to_it(portal, browse):
    client = browse(portal)
    for email in (ANNA, portal.agent.email):
        sign_in(client, email=email)
        sign_out(client)
    for number in range(6):
        sign_in(browse(portal), f"guess-{number}", email=ANNA, network=ONE)
        sign_in(browse(portal), f"guess-{number}", email=portal.agent.email, network=ONE)

    for email in (ANNA, portal.agent.email):
        assert sign_in(client, email=email).status_code == 302
        sign_out(client)


@pytest.mark.parametrize("spoil", ["forged", "cut", "foreign", "old", "nonsense"])
def test_a_cookie_that_is_not_ours_makes_no_device_known(portal, other_portal, attacked, own_device, browse, spoil):
    client, real = browse(portal), own_device.cookies["device"].value
    if spoil == "foreign":
        elsewhere = browse(other_portal)
        sign_in(elsewhere)
        real = elsewhere.cookies["device"].value
    client.cookies["device"] = {
        "forged": signing.dumps([[portal.customer.pk, "x"]], salt="accounts.devices"),
        "cut": real[:-1],
        "foreign": real,
        "old": real,
        "nonsense": "a:b:c\0",
    }[spoil]
    with pytest.MonkeyPatch.context() as patch:
        if spoil == "old":
            patch.setattr("accounts.devices.LIFE", -1)
        assert "Wait" in words(sign_in(client))


def test_the_device_cookie_opens_nothing(portal, own_device, browse):
    client = browse(portal)
    client.cookies["device"] = own_device.cookies["device"].value

    assert client.get("/account/").status_code == 302


def test_spent_counters_read_the_same_for_unknown_addresses(portal, browse):
    with tenant_scope(portal.tenant):
        UserFactory(email="gone@kund.example", is_active=False)
    last = {}
    for name in ("anna", "gone", "nobody"):
        for number in range(5):
            answer = sign_in(browse(portal), f"guess-{number}", f"{name}@kund.example", network=ONE)
        last[name] = plain_answer(answer, f"{name}@kund.example")

    assert len(set(last.values())) == 1


def test_one_network_does_not_try_one_password_on_everybody(portal, browse, monkeypatch):
    monkeypatch.setattr(attempts, "NETWORK_AN_HOUR", 3)
    answers = [sign_in(browse(portal), "Sommar2026", f"p{number}@kund.example", network=ONE) for number in range(5)]

    assert ["Wait" in words(answer) for answer in answers] == [False] * 3 + [True] * 2
    assert sign_in(browse(portal), network=HOME).status_code == 302


def test_strangers_have_only_so_many_a_day(portal, browse, monkeypatch):
    monkeypatch.setattr(attempts, "STRANGERS_A_DAY", 2)
    answers = [sign_in(browse(portal), "wrong", network=ONE) for _time in range(3)]

    assert ["Wait" in words(answer) for answer in answers] == [False, False, True]


def test_counters_of_another_portal_are_its_own(portal, other_portal, attacked, browse):
    assert sign_in(browse(other_portal), network=ONE).status_code == 302
