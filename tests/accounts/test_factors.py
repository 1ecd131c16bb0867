"""Second factors: added with a proof, asked for after the first step, used once, never the owner's own prison."""

import time
from threading import Barrier, Thread
from unittest import mock

import pyotp
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts import attempts
from accounts.actions.factors import (
    AlreadyThere,
    LastFactor,
    WrongCode,
    add_app,
    add_passkey,
    remove_factor,
    renew_recovery_codes,
    reset_factors,
    use_app_code,
    use_passkey,
    use_recovery_code,
)
from accounts.authenticator import STEP, accepted_step, app_address, as_picture, new_app_secret
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, RecoveryCode, SecondFactor, Session, User
from accounts.passkeys import NewPasskey, Place
from accounts.scoping import tenant_scope
from accounts.sealing import Unreadable, keyed_digest, keyed_digests, seal, unseal
from notifications.actions.draining import drain
from notifications.models import Delivery, KeptMail
from tests.factories import PASSWORD
from tests.pages import Page, snapshot

SECRET = new_app_secret()
NEW = "Another-horse-9"


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + steps * STEP)


def not_this(code: str) -> str:
    return f"{(int(code) + 500_000) % 10**6:06d}"


def give_app(portal, user, secret: str = SECRET) -> SecondFactor:
    """The app as it was added some time ago: no code of the present is used up."""
    with tenant_scope(portal.tenant):
        factor = add_app(actor=user, user=user, secret=secret, code=code_now(secret))
        factor.last_step = 0
        factor.save()
    return factor


def give_passkey(portal, user, name="Key") -> SecondFactor:
    with tenant_scope(portal.tenant):
        key = NewPasskey(name.encode() + b"-id", b"public", 0)
        return add_passkey(actor=user, user=user, name=name, passkey=key)


def sign_in(client, email="anna@kund.example", **more):
    return client.post("/sign-in/", {"email": email, "password": PASSWORD, **more})


def signed_in(client) -> bool:
    return client.get("/account/").status_code == 200


def second(client, **fields):
    return client.post("/sign-in/second/", fields)


@pytest.fixture
def anna(portal, other_portal):
    give_app(portal, portal.customer)
    return portal.customer


@pytest.fixture
def client(portal, other_portal, browse):
    return browse(portal)


@pytest.fixture
def proven(portal, other_portal, browse):
    """Somebody who has just signed in with their password."""
    client = browse(portal)
    sign_in(client)
    return client


# -- what codes and secrets are -------------------------------------------------------------------------------------


@given(st.integers(10**9, 4 * 10**9), st.integers(-1, 1))
def test_a_code_counts_one_step_either_way(now, off):
    step = accepted_step(SECRET, pyotp.TOTP(SECRET).at(now + off * STEP), now=now, last_step=0)

    assert step is not None
    assert abs(step - now // STEP) <= 1


@given(st.integers(10**9, 4 * 10**9), st.integers(2, 1000) | st.integers(-1000, -2))
def test_a_code_of_another_time_does_not_count(now, off):
    code = pyotp.TOTP(SECRET).at(now + off * STEP)
    near = {pyotp.TOTP(SECRET).at(now + drift * STEP) for drift in (-1, 0, 1)}

    assert (accepted_step(SECRET, code, now=now, last_step=0) is not None) == (code in near)


@given(st.integers(10**9, 4 * 10**9))
def test_no_code_counts_twice_nor_after_a_later_one(now):
    step = accepted_step(SECRET, pyotp.TOTP(SECRET).at(now), now=now, last_step=0)

    assert step is not None
    assert accepted_step(SECRET, pyotp.TOTP(SECRET).at(now), now=now, last_step=step) is None
    assert accepted_step(SECRET, pyotp.TOTP(SECRET).at(now - STEP), now=now, last_step=step) in (None, step + 1)


def test_the_app_learns_its_secret_from_a_picture_and_a_key():
    address = app_address(SECRET, account="anna@kund.example", portal="North: support")

    assert pyotp.parse_uri(address).secret == SECRET
    assert as_picture(address).startswith("data:image/svg+xml")


def test_secrets_are_kept_unreadable_and_survive_a_new_key(settings):
    sealed, digest = seal(SECRET), keyed_digest("p", "code")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    assert SECRET not in sealed
    assert unseal(sealed) == SECRET
    assert digest in keyed_digests("p", "code")
    assert keyed_digest("p", "code") != keyed_digest("q", "code")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_the_table_holds_no_secret_and_no_code(in_scope):
    give_app(in_scope, in_scope.customer)
    codes = renew_recovery_codes(actor=in_scope.customer, user=in_scope.customer)
    rows = str(snapshot())

    assert len(set(codes)) == 10
    assert SECRET not in rows
    assert not any(code in rows or code.replace("-", "") in rows for code in codes)


# -- the second step ------------------------------------------------------------------------------------------------


def test_the_second_step_comes_before_the_session(client, anna):
    assert sign_in(client, next="/account/").url == "/sign-in/second/"
    assert not signed_in(client)
    assert second(client, code=not_this(code_now())).status_code == 422
    assert not signed_in(client)
    assert second(client, code=code_now()).url == "/account/"
    assert signed_in(client)
    assert "half_signed_in" not in client.session


@pytest.mark.parametrize("url", ["/account/", "/tickets/", "/account/security/", "/desk/", "/account/security/app/"])
def test_a_session_that_is_half_signed_in_reaches_nothing(portal, client, url):
    give_app(portal, portal.administrator)
    sign_in(client, portal.administrator.email)

    assert client.get(url).url.startswith("/sign-in/?next=")
    assert client.get("/settings/").url.startswith("/sign-in/?next=")
    assert "_auth_user_id" not in client.session
    assert portal.administrator.name not in client.get("/").content.decode()


def test_half_signed_in_forgets_who_was_signed_in_before(portal, client, anna):
    sign_in(client, portal.agent.email)
    assert signed_in(client)
    sign_in(client)

    assert not signed_in(client)


def test_half_a_sign_in_ends_with_time_with_the_account_and_with_the_password(portal, browse, anna):
    def halfway():
        client = browse(portal)
        sign_in(client)
        return client

    later, gone, changed = halfway(), halfway(), halfway()
    with mock.patch("accounts.signing_in.time.time", return_value=time.time() + 601):
        assert second(later, code=code_now()).url == "/sign-in/"
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=anna.pk).update(is_active=False)
    assert second(gone, code=code_now()).url == "/sign-in/"
    with tenant_scope(portal.tenant):
        person = User.objects.get(pk=anna.pk)
        person.is_active = True
        person.set_password(NEW)
        person.save()
    assert second(changed, code=code_now()).url == "/sign-in/"
    assert not any(signed_in(client) for client in (later, gone, changed))


def test_half_a_sign_in_of_another_portal_is_nobodys_here(portal, other_portal, browse, anna):
    client = browse(portal)
    sign_in(client)
    elsewhere = browse(other_portal)
    elsewhere.cookies["session"] = client.cookies["session"].value

    assert second(elsewhere, code=code_now()).url == "/sign-in/"


def test_a_code_that_was_seen_over_a_shoulder_is_worth_nothing(portal, browse, anna):
    client, thief = browse(portal), browse(portal)
    sign_in(client)
    sign_in(thief)
    code = code_now()

    assert second(client, code=f"{code[:3]} {code[3:]}").status_code == 302
    assert second(thief, code=code).status_code == 422


@pytest.mark.parametrize("fields", [{}, {"code": ""}, {"code": "12345"}, {"code": "abcdef"}, {"code": "\0" * 6}])
def test_nonsense_in_the_second_step_is_simply_wrong(client, anna, fields):
    sign_in(client)

    assert second(client, **fields).status_code == (422 if fields else 200)
    assert not signed_in(client)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "1", "{" * 10_000, '{"id": "x"}', "\0", '{"rawId": null}'])
def test_nonsense_instead_of_a_passkey_is_simply_wrong(portal, client, anna, answer):
    give_passkey(portal, anna)
    sign_in(client)
    client.get("/sign-in/second/")

    assert second(client, answer=answer).status_code == 422
    assert not signed_in(client)


def test_who_knows_the_password_cannot_use_up_every_other_way(portal, browse, anna, monkeypatch):
    """Guesses at the app's code are counted by themselves, and apart for the owner's own device."""
    monkeypatch.setattr(attempts, "FACTORS_AN_HOUR", 3)
    with tenant_scope(portal.tenant):
        codes = renew_recovery_codes(actor=anna, user=anna)
    own = browse(portal)
    sign_in(own)
    second(own, code=code_now(steps=-1))
    own.post("/sign-out/")
    guesser = browse(portal)
    sign_in(guesser)
    for _time in range(4):
        last = second(guesser, code=not_this(code_now()))
    assert "Wait" in Page(last).text
    assert second(guesser, code=code_now()).status_code == 422

    sign_in(own)
    assert second(own, code=code_now()).status_code == 302
    assert second(guesser, recovery=codes[0]).status_code == 302


def test_a_recovery_code_lets_in_once_however_it_is_typed(portal, browse, anna):
    with tenant_scope(portal.tenant):
        codes = renew_recovery_codes(actor=anna, user=anna)
    one, two = browse(portal), browse(portal)
    sign_in(one)
    sign_in(two)

    assert second(one, recovery=f" {codes[0].upper().replace('-', ' ')} ").status_code == 302
    assert "9 recovery codes left" in Page(one.get("/account/security/")).text
    assert second(two, recovery=codes[0]).status_code == 422
    assert second(two, recovery=codes[1]).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_at_once_use_a_recovery_code_once(in_scope):
    give_app(in_scope, in_scope.customer)
    code = renew_recovery_codes(actor=in_scope.customer, user=in_scope.customer)[0]
    both = at_once(in_scope, lambda user: use_recovery_code(actor=user, user=user, code=code))

    assert sorted(both) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_use_an_apps_code_once(in_scope):
    give_app(in_scope, in_scope.customer)
    code = code_now()
    both = at_once(in_scope, lambda user: use_app_code(actor=user, user=user, code=code))

    assert sorted(both) == [False, True]


def at_once(portal, use) -> list[bool]:
    found: list[bool] = []
    start = Barrier(2)

    def work() -> None:
        with tenant_scope(portal.tenant):
            start.wait(10)
            found.append(use(portal.customer))
        connection.close()

    threads = [Thread(target=work) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_codes_and_factors_of_somebody_else_prove_nothing(in_scope, other_portal):
    agent = in_scope.agent
    give_app(in_scope, in_scope.customer)
    codes = renew_recovery_codes(actor=in_scope.customer, user=in_scope.customer)

    assert not use_recovery_code(actor=agent, user=agent, code=codes[0])
    assert not use_app_code(actor=agent, user=agent, code=code_now())
    place = Place("north.localhost", "http://north.localhost:8000")
    assert not use_passkey(actor=agent, user=agent, place=place, answer='{"rawId": "eA"}', challenge="")


# -- adding and removing --------------------------------------------------------------------------------------------


def new_secret(client) -> str:
    page = client.get("/account/security/app/").content.decode()
    return page.split('class="secret__key" translate="no">')[1].split("<")[0].replace(" ", "")


def test_an_app_is_added_with_a_code_from_it_and_brings_recovery_codes(portal, proven):
    secret = new_secret(proven)
    assert new_secret(proven) == secret, "a reload must not change what the app has read"
    wrong = proven.post("/account/security/app/", {"code": not_this(code_now(secret))})
    right = proven.post("/account/security/app/", {"code": code_now(secret)})
    shown = Page(proven.get(right.url))

    assert wrong.status_code == 422
    assert right.url == "/account/security/recovery-codes/"
    assert shown.main["data-total"] == "10"
    with tenant_scope(portal.tenant):
        assert RecoveryCode.objects.filter(user=portal.customer).count() == 10
    file = proven.get("/account/security/recovery-codes/file/")
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.content.decode().count("-") >= 10
    proven.post("/account/security/recovery-codes/kept/")
    assert proven.get("/account/security/recovery-codes/").url == "/account/security/"
    assert proven.get("/account/security/recovery-codes/file/").status_code == 404


def test_recovery_codes_are_shown_for_ten_minutes_at_most(proven):
    proven.post("/account/security/app/", {"code": code_now(new_secret(proven))})
    with mock.patch("accounts.views.security.time.time", return_value=time.time() + 601):
        assert proven.get("/account/security/recovery-codes/").status_code == 302
        assert proven.get("/account/security/recovery-codes/file/").status_code == 404


def test_an_old_proof_is_asked_for_again_before_a_factor_changes(portal, proven):
    give_app(portal, portal.customer, new_app_secret())
    with tenant_scope(portal.tenant):
        factor = SecondFactor.objects.get()
    client = proven  # signed out elsewhere by that; the password again
    sign_in(client)
    with mock.patch("accounts.signing_in.time.time", return_value=time.time() + 601):
        assert client.post(f"/account/security/factors/{factor.pk}/removal/").status_code == 302
    with tenant_scope(portal.tenant):
        assert SecondFactor.objects.filter(pk=factor.pk).exists()


def test_the_password_proves_it_once_more_and_leads_on(portal, browse):
    client = browse(portal, portal.customer)  # signed in long ago
    assert client.get("/account/security/app/").url == "/account/security/proof/?next=%2Faccount%2Fsecurity%2Fapp%2F"
    wrong = client.post("/account/security/proof/", {"present": "wrong", "next": "/account/security/app/"})
    right = client.post("/account/security/proof/", {"present": PASSWORD, "next": "/account/security/app/"})

    assert wrong.status_code == 422
    assert right.url == "/account/security/app/"
    assert client.get("/account/security/app/").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_no_step_leads_away_from_the_portal(portal, browse, anna, target):
    client = browse(portal)
    sign_in(client, next=target)
    assert second(client, code=code_now(), next=target).url == "/tickets/"
    assert client.post("/account/security/proof/", {"present": PASSWORD, "next": target}).url == "/account/security/"


def test_a_changed_factor_ends_other_sessions_and_is_told(portal, proven, browse):
    elsewhere = browse(portal)
    sign_in(elsewhere)
    proven.post(
        "/account/security/app/",
        {"code": code_now(new_secret(proven))},
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"},
    )
    assert not signed_in(elsewhere)
    assert signed_in(proven)
    drain(portal.tenant)

    with tenant_scope(portal.tenant):
        delivery = Delivery.objects.get(template="security")
        assert delivery.recipient_id == portal.customer.pk
        raw = bytes(KeptMail.objects.get(delivery=delivery).raw).decode()
    assert "An authenticator app has been added" in raw
    assert "Firefox on Windows" in raw
    assert "Was it not you?" in raw


def test_removing_the_last_factor_takes_the_recovery_codes_along(portal, browse, anna):
    with tenant_scope(portal.tenant):
        renew_recovery_codes(actor=anna, user=anna)
        factor = SecondFactor.objects.get()
    client = browse(portal)
    sign_in(client)
    second(client, code=code_now())
    client.post(f"/account/security/factors/{factor.pk}/removal/")

    with tenant_scope(portal.tenant):
        assert not SecondFactor.objects.exists()
        assert not RecoveryCode.objects.exists()
    assert sign_in(browse(portal)).url == "/tickets/"


def test_doors_refuse_what_is_not_ones_own(in_scope):
    anna, agent = in_scope.customer, in_scope.agent
    factor = give_app(in_scope, anna)
    key = NewPasskey(b"id", b"key", 0)
    for call in (
        lambda: add_app(actor=agent, user=anna, secret=SECRET, code=code_now()),
        lambda: add_passkey(actor=agent, user=anna, name="x", passkey=key),
        lambda: remove_factor(actor=agent, user=anna, factor=factor),
        lambda: renew_recovery_codes(actor=agent, user=anna),
        lambda: reset_factors(actor=agent, user=anna),
        lambda: reset_factors(actor=anna, user=anna),
        lambda: reset_factors(actor=in_scope.administrator, user=in_scope.administrator),
    ):
        with pytest.raises(PermissionError):
            call()
    remove_factor(actor=agent, user=agent, factor=factor)
    assert SecondFactor.objects.filter(pk=factor.pk).exists()


def test_a_factor_is_there_once(in_scope):
    anna = in_scope.customer
    give_app(in_scope, anna)
    with pytest.raises(AlreadyThere):
        add_app(actor=anna, user=anna, secret=SECRET, code=code_now())
    with pytest.raises(WrongCode):
        add_app(actor=in_scope.agent, user=in_scope.agent, secret=SECRET, code=not_this(code_now()))
    give_passkey(in_scope, anna)
    with pytest.raises(AlreadyThere):
        give_passkey(in_scope, in_scope.agent)
    with pytest.raises(LastFactor):
        renew_recovery_codes(actor=in_scope.agent, user=in_scope.agent)


# -- a portal that asks its staff for one ---------------------------------------------------------------------------


@pytest.fixture
def strict(portal, other_portal):
    portal.tenant.staff_need_second_factor = True
    portal.tenant.save()
    return portal


@pytest.mark.parametrize("url", ["/desk/", "/desk/mails/", "/settings/", "/account/", "/tickets/", "/"])
def test_staff_without_a_factor_come_no_further_than_to_adding_one(strict, browse, url):
    client = browse(strict, strict.administrator)

    assert client.get(url).url == "/account/security/"
    assert client.get(url, headers={"hx-request": "true"}).headers["HX-Redirect"] == "/account/security/"
    page = Page(client.get("/account/security/"))
    assert "asks its staff for a second factor" in page.text
    assert client.post("/sign-out/").status_code == 302


def test_customers_are_not_asked_and_staff_with_a_factor_work_on(strict, browse):
    assert browse(strict, strict.customer).get("/tickets/").status_code == 200
    client = browse(strict, strict.agent)
    sign_in(client, strict.agent.email)
    answer = client.post("/account/security/app/", {"code": code_now(new_secret(client))})
    assert answer.url == "/account/security/recovery-codes/"
    assert client.get(answer.url).status_code == 200
    assert client.get("/desk/").status_code == 200


def test_staff_cannot_remove_their_last_factor_there(strict, browse):
    factor = give_app(strict, strict.agent)
    client = browse(strict)
    sign_in(client, strict.agent.email)
    second(client, code=code_now())
    answer = client.post(f"/account/security/factors/{factor.pk}/removal/", follow=True)

    assert "Add another one before this goes" in Page(answer).text
    with tenant_scope(strict.tenant):
        key = give_passkey(strict, strict.agent)
        remove_factor(actor=strict.agent, user=strict.agent, factor=key)
        with pytest.raises(LastFactor):
            remove_factor(actor=strict.agent, user=strict.agent, factor=factor)


def test_an_administrator_takes_a_lost_factor_away(strict, browse):
    give_app(strict, strict.agent)
    client = browse(strict)
    sign_in(client, strict.agent.email)
    second(client, code=code_now())
    with tenant_scope(strict.tenant):
        assert reset_factors(actor=strict.administrator, user=strict.agent)
        assert not reset_factors(actor=strict.administrator, user=strict.agent)
        assert not Session.objects.filter(user=strict.agent).exists()
        event = AccountEvent.objects.get(kind=AccountEventKind.FACTOR_REMOVED)
    drain(strict.tenant)

    assert not signed_in(client)
    assert event.actor_id == strict.administrator.pk
    with tenant_scope(strict.tenant):
        raw = bytes(KeptMail.objects.filter(delivery__account_event=event).get().raw).decode()
    assert "An administrator has taken away your second factor" in raw
    assert sign_in(client, strict.agent.email).url == "/desk/"
    assert client.get("/desk/").url == "/account/security/"


def test_the_administrator_sees_who_has_none_yet_before_asking_for_one(portal, other_portal, browse):
    give_app(portal, portal.agent)
    client = browse(portal, portal.administrator)
    page = Page(client.get("/settings/security/"))
    fields = {"password_policy": "composed", "staff_need_second_factor": "on"}

    assert "2 of the staff have none yet: Johan Strand, Maria Berg." in page.text
    assert "upper-case letter" in page.text
    assert client.post("/settings/security/", fields).status_code == 302
    portal.tenant.refresh_from_db()
    other_portal.tenant.refresh_from_db()
    assert (portal.tenant.password_policy, portal.tenant.staff_need_second_factor) == ("composed", True)
    assert (other_portal.tenant.password_policy, other_portal.tenant.staff_need_second_factor) == ("modern", False)
    assert client.post("/settings/security/", {"password_policy": "none"}).status_code == 302  # has no factor itself
    assert browse(portal, portal.agent).get("/settings/security/").status_code == 404
