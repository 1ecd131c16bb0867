"""Sign-in, sign-out and the password by mail, on the portal's own host; nothing tells who is known."""

import base64
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth import hashers
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import attempts
from accounts.actions.passwords import set_password
from accounts.actions.registering import register_person
from accounts.actions.settling import settle
from accounts.enums import AccountEventKind
from accounts.forms.fields import AddressField
from accounts.models import AccountEvent, EntryRequest, User
from accounts.passing import safe_next
from accounts.scoping import tenant_scope
from accounts.tokens.passwords import password_link, password_tokens, person_of_password_link
from tests.factories import PASSWORD, UserFactory, ask_for_password
from tests.pages import plain_answer, snapshot

NEW = "Another-horse-9"


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.fixture
def client(portal, other_portal, browse) -> Client:
    return browse(portal)


def sign_in(client, email="anna@kund.example", password=PASSWORD, **more):
    return client.post("/sign-in/", {"email": email, "password": password, **more})


@pytest.mark.parametrize("email", ["anna@kund.example", "ANNA@Kund.Example", " anna@kund.example "])
def test_a_person_signs_in_however_they_spell_their_address(client, email):
    response = sign_in(client, email)

    assert response.url == "/tickets/"
    assert signed_in(client)


def test_staff_arrive_at_the_desk(portal, client):
    assert sign_in(client, portal.agent.email).url == "/desk/"


def test_signing_out_needs_a_post_and_ends_the_session(client):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    client.post("/sign-out/")
    assert not signed_in(client)


def test_signing_in_gives_the_session_a_new_name(client):
    client.post("/tickets/new/fault/", {"body": "makes a session"})
    before = client.cookies["session"].value
    sign_in(client)

    assert client.cookies["session"].value != before


def test_people_of_another_portal_do_not_sign_in_here(portal, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        UserFactory(email="only@south.example")
        anna = User.objects.get(email="anna@kund.example")
        anna.set_password(NEW)
        anna.save()

    assert sign_in(browse(portal), "only@south.example").status_code == 422
    assert sign_in(browse(portal), password=NEW).status_code == 422
    assert sign_in(browse(other_portal), password=NEW).status_code == 302


def refusals(client):
    return {
        "wrong password": sign_in(client, password="wrong"),
        "unknown address": sign_in(client, "nobody@kund.example"),
        "no password yet": sign_in(client, "guest@kund.example"),
        "deactivated": sign_in(client, "gone@kund.example"),
    }


@pytest.fixture
def various(portal):
    with tenant_scope(portal.tenant):
        UserFactory(email="guest@kund.example", password=None)
        UserFactory(email="gone@kund.example", is_active=False)


def test_every_refusal_reads_the_same(client, various):
    answers = {plain_answer(response, "anna@", "nobody@", "guest@", "gone@") for response in refusals(client).values()}

    assert len(answers) == 1
    assert next(iter(answers))[0] == 422
    assert not signed_in(client)


def test_every_refusal_takes_one_hash_so_time_tells_nothing(client, various, settings):
    """Counted instead of timed: a hash is what costs time."""
    hasher = hashers.get_hasher()
    for kind in ("wrong password", "unknown address", "no password yet", "deactivated"):
        address = {"wrong password": "anna", "unknown address": "nobody", "no password yet": "guest"}.get(kind, "gone")
        with mock.patch.object(type(hasher), "encode", autospec=True, side_effect=type(hasher).encode) as encode:
            sign_in(client, f"{address}@kund.example", "wrong")
        assert encode.call_count == 1, kind


def test_nul_bytes_and_endless_passwords_are_simply_wrong(client):
    for email, password in (("anna@kund.example", "x" * 100_000), ("a\0nna@kund.example", "x"), ("a@b.se", "x\0y")):
        assert sign_in(client, email, password).status_code == 422


# -- onwards --------------------------------------------------------------------------------------------------------

AWAY = [
    "//evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "/%09/evil.example".replace("%09", "\t"),
    "https:evil.example",
    "desk/",
    "\n//evil.example",
    "http://north.localhost.evil.example/",
]


@pytest.mark.parametrize("target", AWAY)
def test_nobody_is_led_away_from_the_portal(client, target):
    assert sign_in(client, next=target).url == "/tickets/"
    assert client.get("/sign-in/", {"next": target}).url == "/tickets/"
    assert client.post("/language/", {"language": "sv", "next": target}).url == "/"


@given(st.text(max_size=30) | st.builds(lambda a, b: f"/{a}{b}", st.sampled_from("/\\\t\n@."), st.text(max_size=20)))
def test_whatever_is_asked_for_the_next_page_is_on_this_host(target):
    request = RequestFactory().post("/sign-in/", {"next": target})

    onward = safe_next(request, "/fallback/")

    assert onward.startswith("/")
    assert not onward.replace("\\", "/").startswith("//")
    assert not any(ord(char) < 32 for char in onward[:2])


def test_the_page_asked_for_comes_after_signing_in(client):
    assert sign_in(client, next="/tickets/1001/?x=1#end").url == "/tickets/1001/?x=1#end"


# -- the password by mail -------------------------------------------------------------------------------------------


def events(portal, kind):
    with tenant_scope(portal.tenant):
        for asked in EntryRequest.objects.pending():
            settle(asked)
        return AccountEvent.objects.filter(kind=kind).count()


def ask(client, email):
    return client.post("/password/", {"email": email})


def test_asking_for_a_password_reads_the_same_for_everybody(portal, client, various):
    answers = {}
    for name in ("anna", "nobody", "gone", "guest"):
        answers[name] = plain_answer(ask(client, f"{name}@kund.example"), f"{name}@")

    assert len(set(answers.values())) == 1
    assert events(portal, AccountEventKind.PASSWORD_REQUESTED) == 2


def test_a_mailbox_gets_at_most_three_password_mails_an_hour_and_the_page_does_not_say(portal, client):
    answers = [plain_answer(ask(client, "anna@kund.example")) for _time in range(5)]

    assert len(set(answers)) == 1
    assert events(portal, AccountEventKind.PASSWORD_REQUESTED) == 3


def test_a_network_asks_for_at_most_so_many_password_mails(portal, client, monkeypatch):
    monkeypatch.setattr(attempts, "MAILS_PER_NETWORK", 2)
    for email in ("anna@kund.example", portal.agent.email, portal.lead.email):
        ask(client, email)

    assert events(portal, AccountEventKind.PASSWORD_REQUESTED) == 2


@pytest.fixture
def link(portal, other_portal) -> str:
    with tenant_scope(portal.tenant):
        return password_link(portal.customer)


def parts(link):
    return link.rstrip("/").rsplit("/", 2)[1:]


def test_a_link_sets_the_password_once_and_signs_in(portal, client, link):
    assert link.startswith(f"http://{portal.host}:8000/password/")
    assert client.get(link).status_code == 200

    response = client.post(link, {"password": NEW})

    assert response.url == "/tickets/"
    assert signed_in(client)
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": "Third-horse-11"}).status_code == 404
    assert events(portal, AccountEventKind.PASSWORD_SET) == 1
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).verified_at is not None


def test_a_new_password_ends_every_other_session(portal, browse, client):
    elsewhere = browse(portal)
    sign_in(elsewhere)
    with tenant_scope(portal.tenant):
        link = password_link(User.objects.get(pk=portal.customer.pk))
    client.post(link, {"password": NEW})

    assert not signed_in(elsewhere)
    assert signed_in(client)


def test_looking_at_a_link_uses_nothing_up(client, link):
    before = snapshot()
    for _time in range(3):
        assert client.get(link).status_code == 200

    assert snapshot() == before


@pytest.mark.parametrize("password", ["short1A", "", "password123", "anna@kund.example", "1234567890"])
def test_a_weak_password_is_refused_with_reasons_and_the_link_stays(client, link, password):
    assert client.post(link, {"password": password}).status_code == 422
    assert client.post(link, {"password": NEW}).status_code == 302


def test_a_spoilt_link_is_worth_nothing(portal, other_portal, client, link):
    uid, token = parts(link)
    with tenant_scope(portal.tenant):
        other_uid = parts(password_link(portal.agent))[0]
    huge = base64.urlsafe_b64encode(str(10**30).encode()).decode().rstrip("=")
    negative = base64.urlsafe_b64encode(str(-(10**30)).encode()).decode().rstrip("=")
    for one, two in (
        (uid, token[:-1]),
        (uid, token.upper()),
        (uid, "-"),
        (uid, token.split("-")[0]),
        (other_uid, token),
        (huge, token),
        (negative, token),
        ("!!", token),
        ("å", "ö"),
        (uid + "=", token + "="),
    ):
        response = client.get(f"/password/{one}/{two}/")
        assert response.status_code == 404, (one, two)
        assert client.post(f"/password/{one}/{two}/", {"password": NEW}).status_code == 404
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).check_password(PASSWORD)


def test_a_link_of_another_portal_is_worth_nothing(portal, other_portal, browse, link):
    uid, token = parts(link)

    assert browse(other_portal).get(f"/password/{uid}/{token}/").status_code == 404
    with tenant_scope(other_portal.tenant):
        assert person_of_password_link(uid, token) is None
        moved = other_portal.customer
        moved.password, moved.last_login = portal.customer.password, portal.customer.last_login
        assert not password_tokens.check_token(moved, token)


def test_a_link_ends_after_its_time_with_a_sign_in_and_with_the_account(portal, client, link, browse, settings):
    later = timezone.now().replace(tzinfo=None) + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    with mock.patch.object(type(password_tokens), "_now", return_value=later + timedelta(hours=3)):
        assert client.get(link).status_code == 404
    assert client.get(link).status_code == 200
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(is_active=False)
    assert client.get(link).status_code == 404
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(is_active=True)
    sign_in(browse(portal))
    assert client.get(link).status_code == 404


def test_a_guest_who_filed_sets_a_first_password(in_scope, browse):
    """T8"""
    person, new = register_person(actor=None, email="first@kund.example", name="First")
    assert new
    link = password_link(person)

    assert sign_in(browse(in_scope), "first@kund.example", "").status_code == 422
    assert browse(in_scope).post(link, {"password": NEW}).status_code == 302
    assert sign_in(browse(in_scope), "first@kund.example", NEW).status_code == 302


def test_registering_a_known_person_changes_nothing_about_them(in_scope, other_portal):
    before = snapshot()
    person, new = register_person(
        actor=None, email="ANNA@kund.example", name="Evil", phone="1", language="sv", role="administrator"
    )

    assert (person, new) == (in_scope.customer, False)
    assert snapshot() == before


def test_only_known_and_active_people_get_a_password_event(in_scope):
    gone = UserFactory(is_active=False)
    for email in (gone.email, "nobody@kund.example", ""):
        ask_for_password(email)

    assert not AccountEvent.objects.exists()


def test_setting_a_password_keeps_the_first_moment_of_proof(in_scope):
    set_password(actor=in_scope.customer, user=in_scope.customer, password=NEW)
    first = User.objects.get(pk=in_scope.customer.pk).verified_at
    set_password(actor=in_scope.customer, user=in_scope.customer, password="Third-horse-11")

    assert User.objects.get(pk=in_scope.customer.pk).verified_at == first


def test_an_address_is_taken_without_the_characters_nobody_sees():
    assert AddressField().clean(" anna@kund.example\u202e\u200b") == "anna@kund.example"
