"""Connections to servers that a portal's administrators name: never to the installation's own machines and network,
unless whoever runs it allows that (PRIVATE_MAIL_SERVERS). The address that was judged is the one that is connected to,
so that a name that means something else a moment later leads nowhere."""

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address is its last 32 bits
_LONGEST_ANSWER = 64 * 1024
_PATIENCE = 3  # times the limit of one step: so long all of a conversation over HTTP may take


class HostRefused(OSError):
    """The host lies inside the installation's own network, where no portal may reach."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; what stands inside another (RFC 4291, 6052, 3056) counts."""
    ip = ip_address(address.partition("%")[0])
    inner = _embedded(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        ip = inner
    return ip.is_global and not ip.is_multicast


def reach(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to a host somebody named. Raises HostRefused, and OSError as `socket.create_connection` does."""
    trouble: OSError | None = None
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not settings.PRIVATE_MAIL_SERVERS and not all(is_public(str(entry[4][0])) for entry in found):
        raise HostRefused(f"{host} lies inside our own network")
    for family, kind, protocol, _name, address in found:
        wire = socket.socket(family, kind, protocol)
        try:
            wire.settimeout(timeout)
            wire.connect(address)
        except OSError as failure:
            wire.close()
            trouble = failure
        else:
            return wire
    raise trouble or OSError(f"{host} has no address")


@contextlib.contextmanager
def cut_after(seconds: float, wire: socket.socket) -> Iterator[None]:
    """A server that sends a byte now and then keeps within every time limit of a socket; here all has to end."""
    # Of its own, because TLS takes a socket over, and may be at it in another thread.
    with socket.socket(fileno=os.dup(wire.fileno())) as same:

        def cut() -> None:
            with contextlib.suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(seconds, cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            watch.join()


def post_form(url: str, fields: Mapping[str, str], *, timeout: float) -> tuple[int, dict[str, Any]]:
    """Post a form to an address somebody named, https alone and no step further where it sends us: the status, and what
    the answer's JSON says (empty where it is none). Raises HostRefused, ValueError for no such address, OSError."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise ValueError("No https address")
    connection = HTTPSConnection(parts.hostname, parts.port or 443, timeout=timeout)
    until_answered = contextlib.ExitStack()

    def guarded(address: tuple[str, int], seconds: float | None, _source: object) -> socket.socket:
        wire = reach(address[0], address[1], seconds)
        until_answered.enter_context(cut_after(timeout * _PATIENCE, wire))
        return wire

    connection._create_connection = guarded  # type: ignore[attr-defined]  # http.client's seam for tunnels
    where = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        connection.request(
            "POST", where, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
        )
        answer = connection.getresponse()
        said = json.loads(answer.read(_LONGEST_ANSWER))
    except ValueError:
        said = {}
    except HTTPException as nonsense:
        raise OSError(str(nonsense) or type(nonsense).__name__) from nonsense
    finally:
        until_answered.close()
        connection.close()
    return answer.status, said if isinstance(said, dict) else {}


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
