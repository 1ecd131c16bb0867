"""Administrators name servers; none of them leads into the installation's own network."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reaching import HostRefused, is_public, post_form, reach


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:0a00:0001::",
    ],
)
def test_our_own_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_the_internet_is(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_an_address_hides_what_it_is(ip):
    number = int(ip)
    for prefix in ("::ffff:", "64:ff9b::"):
        assert is_public(f"{prefix}{number >> 16:x}:{number & 0xFFFF:x}") == is_public(str(ip))


def test_a_host_of_our_own_is_refused(settings, listener):
    settings.PRIVATE_MAIL_SERVERS = False
    for host in ("127.0.0.1", "localhost", "0177.0.0.1", "2130706433"):
        with pytest.raises(HostRefused):
            reach(host, listener, 2)
    with pytest.raises(HostRefused):
        post_form(f"https://localhost:{listener}/token", {}, timeout=2)


def test_it_is_reached_where_the_installation_allows_it(settings, listener):
    settings.PRIVATE_MAIL_SERVERS = True
    reach("127.0.0.1", listener, 2).close()


def test_the_address_that_was_judged_is_the_one_connected_to(settings, listener, monkeypatch):
    """A name that means the internet when it is asked about, and us when it is asked again."""
    settings.PRIVATE_MAIL_SERVERS = False
    asked = []

    def answers(host, port, *_more, **_named):
        asked.append(host)
        where = "9.9.9.9" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    connected = []
    monkeypatch.setattr(socket, "getaddrinfo", answers)
    monkeypatch.setattr(socket.socket, "connect", lambda _wire, address: connected.append(address))
    reach("rebinding.example", listener, 2).close()

    assert asked == ["rebinding.example"]
    assert connected == [("9.9.9.9", listener)]


def test_one_address_inside_is_enough_to_refuse(settings, monkeypatch):
    settings.PRIVATE_MAIL_SERVERS = False
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, 993)) for where in ("9.9.9.9", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_named: both)
    with pytest.raises(HostRefused):
        reach("both.example", 993, 2)


@pytest.mark.parametrize(
    "url", ["http://login.example/token", "https://", "https://me:secret@login.example/", "file:///etc"]
)
def test_a_form_is_posted_to_https_alone(url):
    with pytest.raises(ValueError, match="https"):
        post_form(url, {}, timeout=1)
