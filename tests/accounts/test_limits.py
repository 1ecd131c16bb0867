"""Limits per window, and whom they count for."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.actions.limiting import Ask, forget_old_allowances, network_of, spend_allowance, spend_allowances
from accounts.models import Allowance
from accounts.passing import client_address

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def at(moment):
    return mock.patch.object(timezone, "now", return_value=moment)


def test_a_limit_counts_uses_within_its_window_and_says_how_long_to_wait(in_scope):
    with at(NOON + timedelta(minutes=10)):
        assert [spend_allowance(kind="k", key="a", limit=2) for _time in range(4)] == [0, 0, 50, 50]
        assert spend_allowance(kind="k", key="b", limit=2) == 0
        assert spend_allowance(kind="other", key="a", limit=2) == 0
    with at(NOON + timedelta(minutes=59, seconds=59)):
        assert spend_allowance(kind="k", key="a", limit=2) == 1
    with at(NOON + timedelta(hours=1)):
        assert spend_allowance(kind="k", key="a", limit=2) == 0


def test_a_refused_use_is_not_counted_twice(in_scope):
    for _time in range(5):
        spend_allowance(kind="k", key="a", limit=3)

    assert Allowance.objects.get(kind="k").spent == 3


def test_long_keys_fit(in_scope):
    assert spend_allowance(kind="k", key="a" * 1000, limit=1) == 0
    assert spend_allowance(kind="k", key="a" * 1000, limit=1) > 0


def test_windows_long_past_are_forgotten(in_scope):
    with at(timezone.now() - timedelta(days=3)):
        spend_allowance(kind="k", key="old", limit=1)
    spend_allowance(kind="k", key="new", limit=1)

    assert forget_old_allowances() == 1
    assert [row.key for row in Allowance.objects.all()] == ["new"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("nonsense, 192.0.2.7", "unknown"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_network_is_an_address_or_an_ipv6_household(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "", "203.0.113.9"),
        (0, "192.0.2.1", "203.0.113.9"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "203.0.113.9"),
        (1, "", "203.0.113.9"),
        (1, " , ", "203.0.113.9"),
    ],
)
def test_only_what_our_own_proxies_wrote_counts(settings, proxies, forwarded, counted):
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="203.0.113.9")

    assert client_address(request) == counted


def test_who_is_refused_by_one_limit_uses_up_nothing_of_another(in_scope):
    """One impatient person must not shut out everybody in their network."""
    mine, network = Ask("guest-address", "anna@kund.example", 2), Ask("guest-network", "192.0.2.7", 4)
    assert [spend_allowances(mine, network) > 0 for _time in range(10)] == [False] * 2 + [True] * 8
    other = Ask("guest-address", "bo@kund.example", 9)
    assert [spend_allowances(other, network) > 0 for _time in range(3)] == [False, False, True]
