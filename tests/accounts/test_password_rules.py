"""What a portal asks of a new password: the same list before typing, while typing, and at the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import PasswordPolicy
from accounts.forms.entry import PasswordForm
from accounts.models import User
from accounts.password_rules import LONGEST, judge_password, plain_password
from accounts.scoping import tenant_scope
from accounts.tokens.passwords import password_link
from tests.pages import Page, snapshot

OWN = ["Anna Holm", "anna@kund.example", "North support"]
MODERN, COMPOSED = PasswordPolicy.MODERN, PasswordPolicy.COMPOSED


def passes(policy: str, password: str) -> bool:
    return all(rule.is_met for rule in judge_password(policy, password, OWN))


@pytest.mark.parametrize(
    "password", ["Correct-horse-7", "korrekt häst batteri", "min bil är blå", "x9 kq zz pl 02", "Éva-och-kon-på-isen"]
)
def test_the_modern_policy_takes_long_passwords_of_any_kind(password):
    assert passes(MODERN, password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Kort-Häst-7",
        "password1234",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "123456789012",
        "Sommar2026!!",
        "Lösenord2026!",
        "anna.holm2026",
        "ANNA@kund.example",
        "north support 24",
        "abcabcabcabcabc",
        "x" * 200,
    ],
)
def test_the_modern_policy_refuses_what_is_short_or_easily_guessed(password):
    assert not passes(MODERN, password)


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Abcdef1!", 0),
        ("abcdef1!", 1),
        ("ABCDEF1!", 1),
        ("Abxdefg!", 1),
        ("Abxdefg1", 1),
        ("Abcde1!", 1),
        ("P@ssw0rd", 1),  # has everything, and is tried first
        ("", 6),
    ],
)
def test_the_composed_policy_counts_kinds_of_characters(password, missing):
    """I4"""
    assert sum(not rule.is_met for rule in judge_password(COMPOSED, password, OWN)) == missing


@given(st.sampled_from(list(PasswordPolicy)), st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_judged_by_every_rule_and_the_same_each_time(policy, password, own):
    first = judge_password(policy, password, own)

    assert first == judge_password(policy, password, own)
    assert len(first) == len(judge_password(policy, ""))
    assert all(rule.words for rule in first)


@given(st.text(alphabet="abcdefghåäö ", min_size=12, max_size=40))
def test_more_of_the_same_never_makes_a_password_too_short(password):
    assert judge_password(MODERN, password)[0].is_met


@given(st.text(min_size=1, max_size=60))
def test_the_same_keys_give_the_same_password_however_a_system_writes_them(password):
    assert plain_password(plain_password(password)) == plain_password(password)
    assert judge_password(COMPOSED, password) == judge_password(COMPOSED, plain_password(password))


def test_an_accent_typed_in_two_ways_opens_the_same_account(in_scope, browse):
    composed, decomposed = "Blå häst på is", "Bla\u030a ha\u0308st pa\u030a is"
    browse(in_scope).post(password_link(in_scope.customer), {"password": decomposed})

    answer = browse(in_scope).post("/sign-in/", {"email": in_scope.customer.email, "password": composed})

    assert answer.status_code == 302


@pytest.mark.parametrize("policy", list(PasswordPolicy))
def test_the_form_refuses_exactly_what_the_list_shows_as_missing(in_scope, policy):
    in_scope.tenant.password_policy = policy
    in_scope.tenant.save()
    with tenant_scope(in_scope.tenant):
        user = in_scope.customer
        for password in ("Correct-horse-7", "Abcdef1!", "short", "anna.holm2026", "Demo-2026!"):
            form = PasswordForm({"password": password}, user=user)
            own = [in_scope.tenant.name, in_scope.tenant.mail_address, user.name, user.email]
            missing = [str(rule.words) for rule in judge_password(policy, password, own) if not rule.is_met]
            assert form.is_valid() == (not missing)
            assert all(words in str(form.errors) for words in missing)


def test_the_rules_stand_on_the_page_before_anything_is_typed(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        link = password_link(portal.customer)
    page = Page(browse(portal).get(link))

    assert "The password needs:" in page.text
    assert "At least 12 characters" in page.text
    field = next(given for given in page.all("input") if given.get("name") == "password")
    assert field["hx-post"] == "/password/check/"
    assert "onpaste" not in field
    assert field["autocomplete"] == "new-password"
    assert field["maxlength"] == str(LONGEST)


def about(client, link) -> str:
    fields = Page(client.get(link)).all("input")
    return next(given["value"] for given in fields if given.get("name") == "about")


def met(response) -> int:
    return sum("rule--met" in given.get("class", "") for given in Page(response).all("li"))


def test_a_password_is_checked_while_typing_by_what_checks_it_at_the_end(portal, other_portal, browse):
    client = browse(portal)
    with tenant_scope(portal.tenant):
        mine = about(client, password_link(portal.customer))
        theirs = about(client, password_link(portal.agent))
    before = snapshot(without=("accounts.Allowance",))

    assert met(client.post("/password/check/", {"password": "Correct-horse-7", "about": mine})) == 3
    assert met(client.post("/password/check/", {"password": "short", "about": mine})) == 1
    assert met(client.post("/password/check/", {"password": "holm.anna.2026", "about": mine})) == 2
    assert met(client.post("/password/check/", {"password": "holm.anna.2026", "about": theirs})) == 3
    assert met(client.post("/password/check/", {"password": "holm.anna.2026", "name": "Anna Holm"})) == 2
    assert met(client.post("/password/check/", {"password": ""})) == 0
    assert snapshot(without=("accounts.Allowance",)) == before
    assert client.get("/password/check/").status_code == 405


@pytest.mark.parametrize("sealed", ["", "1", "x:y:z", "\0", "a" * 5000])
def test_whose_password_is_typed_cannot_be_made_up(portal, browse, sealed):
    """Otherwise the check would tell names and addresses of people, letter by letter."""
    response = browse(portal).post("/password/check/", {"password": "holm.anna.2026", "about": sealed})

    assert met(response) == 3


def test_a_seal_of_another_portal_tells_nothing_here(portal, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        User.objects.filter(pk=other_portal.customer.pk).update(name="Zacharias Xylander")
        foreign = about(browse(other_portal), password_link(User.objects.get(pk=other_portal.customer.pk)))
    typed = {"password": "zacharias.xylander", "about": foreign}

    assert met(browse(portal).post("/password/check/", typed)) == 3
    assert met(browse(other_portal).post("/password/check/", typed)) == 2


def test_checking_while_typing_cannot_be_used_to_keep_us_busy(portal, browse, monkeypatch):
    monkeypatch.setattr("accounts.attempts.NETWORK_AN_HOUR", 2)
    client = browse(portal)
    answers = [client.post("/password/check/", {"password": "Correct-horse-7"}) for _time in range(3)]

    assert [met(answer) for answer in answers] == [3, 3, 0]
    assert "when you save" in Page(answers[-1]).text
