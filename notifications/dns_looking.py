"""Ask the name servers what a domain says about its mail. Nothing here waits longer than a reader does."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dns.exception
import dns.resolver
from django.conf import settings

from notifications.dns_advice import Records

PATIENCE = 4.0  # seconds for each question, all servers together
AT_ONCE = 8
# Under which names the larger providers and the usual programs keep their keys.
USUAL_NAMES = (
    "default",
    "mail",
    "dkim",
    "google",
    "selector1",
    "selector2",
    "s1",
    "s2",
    "k1",
    "k2",
    "mxvault",
    "smtp",
)
_LONGEST = 2000  # characters of a record that are looked at
_MOST = 20  # records of one name


def look_up(domain: str, *, names: Iterable[str] = ()) -> Records:
    """Everything the advice is about, asked at once. `names`: of DKIM keys; without any, the usual ones."""
    wanted = tuple(names) or USUAL_NAMES
    try:
        resolver = _resolver()
    except dns.exception.DNSException:  # the machine knows no name server
        return Records(txt=None, mx=None, dmarc=None, dkim=dict.fromkeys(wanted))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        txt = pool.submit(_texts, resolver, domain)
        mx = pool.submit(_hosts, resolver, domain)
        policy = pool.submit(_policy, resolver, domain)
        keys = {name: pool.submit(_texts, resolver, f"{name}._domainkey.{domain}") for name in wanted}
        dmarc_at, dmarc = policy.result()
        return Records(
            txt=txt.result(),
            mx=mx.result(),
            dmarc=dmarc,
            dmarc_at=dmarc_at,
            dkim={name: key.result() for name, key in keys.items()},
        )


def _policy(resolver: dns.resolver.Resolver, domain: str) -> tuple[str, tuple[str, ...] | None]:
    """The policy of the domain, or of the nearest one above it that has one (RFC 7489, 6.6.3)."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        place = ".".join(labels[start:])
        found = _texts(resolver, f"_dmarc.{place}")
        if found is None or any(text.lower().startswith("v=dmarc1") for text in found):
            return place, found
    return domain, ()


def _texts(resolver: dns.resolver.Resolver, name: str) -> tuple[str, ...] | None:
    return _ask(resolver, name, "TXT", lambda row: b"".join(row.strings).decode("utf-8", "replace")[:_LONGEST])


def _hosts(resolver: dns.resolver.Resolver, name: str) -> tuple[str, ...] | None:
    return _ask(resolver, name, "MX", lambda row: row.exchange.to_text(omit_final_dot=True).rstrip("."))


def _ask(resolver: dns.resolver.Resolver, name: str, kind: str, read: Callable[[Any], str]) -> tuple[str, ...] | None:
    try:
        answer = resolver.resolve(name, kind, lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError, ValueError):
        return None
    return tuple(read(row) for row in list(answer)[:_MOST])


def _resolver() -> dns.resolver.Resolver:
    """The machine's own, or the one the installation names (DNS_SERVER)."""
    if not settings.DNS_SERVER:
        return dns.resolver.Resolver()
    host, _colon, port = settings.DNS_SERVER.rpartition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], int(port)
    return resolver
