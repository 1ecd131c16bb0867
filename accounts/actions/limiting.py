"""Limits that are exact across processes: one row per window, counted up under its lock."""

import ipaddress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Allowance
from accounts.sessions import SessionStore

HOUR = timedelta(hours=1)


class Ask(NamedTuple):
    """One use of `kind` by `key`, of which `limit` are allowed within a window."""

    kind: str
    key: str
    limit: int


def spend_allowance(*, kind: str, key: str, limit: int, window: timedelta = HOUR) -> int:
    """Spend one of `limit` uses of `kind` by `key` within the current window. See `spend_allowances`."""
    return spend_allowances(Ask(kind, key, limit), window=window)


def spend_allowances(*asks: Ask, window: timedelta = HOUR) -> int:
    """Spend one use of each, or none at all: whoever is refused by one limit uses up nothing of another.

    Returns 0 when all had one left, otherwise the whole minutes (at least 1) until the window ends.
    Side effect: rows are counted up in one transaction, under their locks, which are taken in one order by everybody.
    """
    start = _window_start(window)
    with transaction.atomic():
        rows = [(_locked_row(ask, start), ask.limit) for ask in sorted(asks)]
        if any(row.spent >= limit for row, limit in rows):
            left = start + window - timezone.now()
            return max(1, -int(-left.total_seconds() // 60))
        for row, _limit in rows:
            row.spent += 1
            row.save(update_fields=["spent"])
    return 0


def _locked_row(ask: Ask, start: datetime) -> Allowance:
    values = {"kind": ask.kind, "key": ask.key[:254], "window_start": start}
    Allowance.objects.bulk_create([Allowance(**values)], ignore_conflicts=True)
    row: Allowance = Allowance.objects.select_for_update().get(**values)
    return row


def network_of(address: str) -> str:
    """The network a limit counts for: the address itself in IPv4, its /64 in IPv6 (one household, RFC 6177)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:  # how a dual-stack socket writes an IPv4 address
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network(f"{ip}/64", strict=False))
    return str(ip)


def forget_old_allowances() -> int:
    """Delete this tenant's windows that ended more than a day ago. Returns how many."""
    deleted, _ = Allowance.objects.filter(window_start__lt=timezone.now() - timedelta(days=2)).delete()
    return int(deleted)


def forget_old_sessions() -> None:
    """Delete the sessions of all portals that have run out."""
    SessionStore.clear_expired()


def _window_start(window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    now = int(timezone.now().timestamp())
    return datetime.fromtimestamp(now - now % seconds, tz=timezone.get_default_timezone())
