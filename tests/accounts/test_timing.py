"""Time tells nothing: known and unknown, let in and not, take equally long, with the hasher that is used in life.

Medians over requests that take turns, in processor time, which a busy machine does not stretch. One Argon2 hash takes
tens of milliseconds, so leaving it out for some would more than halve their time. The queries are counted as well.
"""

import statistics
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import attempts
from accounts.scoping import tenant_scope
from tests.factories import PASSWORD, UserFactory

ROUNDS = 5
LIKE = 1.5  # how many times as long the slowest may take
PEOPLE = ("anna", "nobody", "gone", "guest")


@pytest.fixture
def people(portal, other_portal, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with tenant_scope(portal.tenant):
        portal.customer.set_password(PASSWORD)
        portal.customer.save()
        UserFactory(email="gone@kund.example", is_active=False)
        UserFactory(email="guest@kund.example", password=None)
    return portal


@pytest.fixture(autouse=True)
def _plenty(monkeypatch):
    for name in ("STRANGERS_AN_HOUR", "STRANGERS_A_DAY", "NETWORK_AN_HOUR", "MAILS_AN_HOUR", "MAILS_FROM_ONE_NETWORK"):
        monkeypatch.setattr(attempts, name, 10_000)
    monkeypatch.setattr(attempts, "MAILS_PER_NETWORK", 10_000)


def medians(ask: Callable[[str], object], *, same_queries: bool = True) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in PEOPLE}
    queries = set()
    for name in PEOPLE:
        ask(f"{name}@kund.example")  # the first time makes the counters' rows
        with CaptureQueriesContext(connection) as captured:
            ask(f"{name}@kund.example")
        queries.add(len(captured))
    assert len(queries) == 1 or not same_queries
    for _round in range(ROUNDS):
        for name in PEOPLE:
            begun = time.process_time()
            ask(f"{name}@kund.example")
            taken[name].append(time.process_time() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}


def alike(found: dict[str, float]) -> None:
    assert max(found.values()) < LIKE * min(found.values()), found


def test_the_hasher_is_the_slow_one(people):
    begun = time.process_time()
    make_password("x")

    assert get_hasher().algorithm == "argon2"
    assert time.process_time() - begun > 0.01


def test_signing_in_takes_equally_long(people, browse):
    client = browse(people)

    alike(medians(lambda email: client.post("/sign-in/", {"email": email, "password": "wrong"})))


def test_being_told_to_wait_takes_as_long_as_a_wrong_password(people, browse, monkeypatch):
    client = browse(people)

    def ask(email: str) -> None:
        # One of the four is still looked at.
        monkeypatch.setattr(attempts, "STRANGERS_AN_HOUR", 10_000 if email.startswith("anna") else 0)
        client.post("/sign-in/", {"email": email, "password": "wrong"})

    alike(medians(ask, same_queries=False))


def test_asking_for_a_password_takes_equally_long(people, browse):
    client = browse(people)

    alike(medians(lambda email: client.post("/password/", {"email": email})))


def test_asking_for_a_code_takes_equally_long(people, browse):
    client = browse(people)

    alike(medians(lambda email: client.post("/sign-in/code/", {"email": email})))


def test_entering_a_wrong_code_takes_equally_long(people, browse):
    client = browse(people)

    def ask(email: str) -> None:
        client.post("/sign-in/code/", {"email": email})
        client.post("/sign-in/code/enter/", {"digits": "00000000"})

    alike(medians(ask))
