"""Mails that were made to stop, fool or drown who reads them."""

import base64
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.mail import limits
from notifications.mail.parsed import ParsedMail
from notifications.mail.parsing import parse
from tests.measuring import seconds_of

MAILS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))]
HEAD = b"From: a@kund.example\nTo: b@larm.example\nSubject: x\nMIME-Version: 1.0\n"
MB = 1024 * 1024


def nested(depth: int) -> bytes:
    parts = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return HEAD + b"".join(parts) + b"Content-Type: text/plain\n\nhello\n"


def html(text: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html\n\n" + text


def multipart(text: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + text


def wrapped(times: int) -> bytes:
    """A mail in a signature in a signature …"""
    head, mail = bytes.fromhex("06092a864886f70d010702"), b"\nhello\n"
    for _ in range(times):
        size = len(mail).to_bytes(4, "big")
        mail = (
            b"Content-Type: application/pkcs7-mime\n\n"
            + head
            + bytes.fromhex("06092a864886f70d010701")
            + (b"\xa0\x80\x04\x84" + size + mail)
        )
    return HEAD + mail


HOSTILE: dict[str, Callable[[], bytes]] = {
    "2,000 brackets": lambda: b"From: " + b"<" * 2000 + b"\n\nhello",
    "30,000 brackets and comments": lambda: b"From: " + b"<(" * 30_000 + b"\n\nhello",
    "one long word": lambda: b"From: " + b"a" * 60_000 + b"\n\nhello",
    "an @ after each letter": lambda: b"From: " + b"a@" * 30_000 + b"\n\nhello",
    "quotes that never end": lambda: HEAD + b"Cc: " + b'"\\' * 30_000 + b"\n\nhello",
    "10,000 recipients": lambda: HEAD + b"Cc: " + b"a@b.example," * 10_000 + b"\n\nhello",
    "encoded words that never end": lambda: b"Subject: " + b"=?utf-8?q?" * 6000 + b"\n\nhello",
    "200,000 headers": lambda: b"X-A: b\n" * 200_000 + b"\nhello",
    "a header of 20 MB": lambda: b"Subject: " + b"a" * 20 * MB + b"\n\nhello",
    "nested 900 deep": lambda: nested(900),
    "nested 20,000 deep": lambda: nested(20_000),
    "a mail in a mail, 900 deep": lambda: HEAD + (b"Content-Type: message/rfc822\n\n" + HEAD) * 900 + b"\nhello",
    "a signature in a signature, 2,000 deep": lambda: wrapped(2000),
    "100,000 parts": lambda: multipart(b"--b\n\nx\n" * 100_000),
    "one boundary at every depth": lambda: multipart(b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 20_000),
    "lines like boundaries": lambda: multipart(b"\n--b x" * 2_000_000),
    "a boundary and spaces": lambda: multipart(b"\n--b" + b" " * 10 * MB),
    "900 files of one name": lambda: multipart(b"--b\nContent-Type: image/png; name=a.png\n\nx\n" * 900),
    "8,000 pieces of a parameter": lambda: HEAD + b"Content-Type: text/plain; " + b"a*0=b; " * 8000 + b"\n\nhello",
    "200,000 elements left open": lambda: html(b"<div>" * 200_000),
    "formatting left open in paragraphs": lambda: html(b"<i>x</p>" * 100_000),
    "a million ampersands": lambda: html(b"&" * 1_000_000),
    "300,000 hard spaces": lambda: html("\u00a0".encode() * 300_000),
    "100,000 hard spaces by name": lambda: html(b"&nbsp;" * 100_000),
    "paragraphs without an end": lambda: html(b"<p>" * 250_000),
    "quotes in quotes": lambda: html(b"<blockquote>x" * 60_000),
    "many quote heads": lambda: HEAD + b"\n" + b"On 2026 wrote:\n" * 50_000,
    "many files that never end": lambda: HEAD + b"\n" + b"begin 644 x\n" * 50_000,
    "a date of digits": lambda: b"Date: " + b"1" * 60_000 + b"\n" + HEAD + b"\nhello",
    "only line ends": lambda: b"\r" * 10 * MB,
    "nothing but NUL": lambda: b"\0" * MB,
    "broken winmail.dat": lambda: (
        HEAD
        + b"Content-Type: application/ms-tnef; name=winmail.dat\n\n"
        + b"\x78\x9f\x3e\x22"
        + bytes(range(256)) * 4000
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_less_than_a_second(name: str):
    raw = HOSTILE[name]()
    mails: list[ParsedMail] = []

    assert seconds_of(lambda: mails.append(parse(raw))) < 1
    assert "A part of it could not be read." not in mails[0].troubles


@pytest.mark.parametrize("lines", [b"", b"--b\nContent-Type: text/plain\n\nSee the film.\n--b\n"])
def test_a_film_of_35_mb_needs_less_than_200_mb(lines: bytes):
    kind = b"Content-Type: video/mp4; name=film.mp4\nContent-Transfer-Encoding: base64\n\n"
    film = base64.encodebytes(bytes(range(256)) * 140_000)
    raw = multipart(lines + kind + film + b"--b--\n") if lines else HEAD + kind + film
    tracemalloc.start()
    mails: list[ParsedMail] = []

    seconds = seconds_of(lambda: mails.append(parse(raw)))

    (mail,), peak = mails, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [file.name for file in mail.attachments] == ["film.mp4"]
    assert len(mail.attachments[0].content) == 256 * 140_000
    assert peak < 150 * MB  # besides the mail itself
    assert seconds < 1


def test_of_a_mail_that_is_too_large_the_beginning_is_read():
    mail = parse(HEAD + b"\nhello\n" + b"x" * limits.MAIL_BYTES)

    assert mail.is_too_much
    assert mail.sender == "a@kund.example"
    assert mail.new_text.startswith("hello")


def test_what_is_nested_too_deeply_is_kept_and_said():
    mail = parse(nested(900))

    assert mail.is_too_much
    assert mail.troubles
    assert b"hello" in mail.attachments[0].content


@pytest.mark.parametrize(
    "header",
    [
        "boss@larm.example <mallory@evil.test>",
        "boss@larm.example, mallory@evil.test",
        "<boss@larm.example><mallory@evil.test>",
        "<mallory@evil.test> <boss@larm.example>",
        "Boss <boss@larm.example>, Mallory <mallory@evil.test>",
        "group: boss@larm.example, mallory@evil.test;",
        "Boss",
        "",
        "@",
        "boss@",
        "MAILER-DAEMON",
        "Boss <power quadrant boss@larm.example>",
    ],
)
def test_a_sender_that_is_not_certain_is_none(header: str):
    assert parse(f"From: {header}\nSubject: x\n\nhello".encode()).sender == ""


@pytest.mark.parametrize(
    ("header", "sender", "name"),
    [
        ("eva@kund.example", "eva@kund.example", ""),
        ("<eva@kund.example>", "eva@kund.example", ""),
        ("Eva Berg <eva@kund.example>", "eva@kund.example", "Eva Berg"),
        ("eva@kund.example <eva@kund.example>", "eva@kund.example", "eva@kund.example"),
        ("eva@kund.example (Eva Berg)", "eva@kund.example", "Eva Berg"),
        ('"Berg, Eva" <eva@kund.example>', "eva@kund.example", "Berg, Eva"),
        ("Berg, Eva <eva@kund.example>", "eva@kund.example", "Berg, Eva"),
        ("=?utf-8?Q?Berg,_Eva?= <eva@kund.example>", "eva@kund.example", "Berg, Eva"),
        ('"=?utf-8?Q?Eva_Bj=C3=B6rk?=" <eva@kund.example>', "eva@kund.example", "Eva Björk"),
        ("Eva Björk <eva@kund.example>", "eva@kund.example", "Eva Björk"),
        ('"boss@larm.example" <mallory@evil.test>', "mallory@evil.test", "boss@larm.example"),
        ("Eva (at home <boss@larm.example>) <eva@kund.example>", "eva@kund.example", "Eva"),
        ("Eva <eva@kund.example", "eva@kund.example", "Eva"),
        ("Eva <mailto:eva@kund.example>", "eva@kund.example", "Eva"),
        ("Eva eva@kund.example", "eva@kund.example", ""),
    ],
)
def test_a_sender_that_is_certain(header: str, sender: str, name: str):
    mail = parse(f"From: {header}\nSubject: x\n\nhello".encode())

    assert mail.sender == sender
    assert mail.sender_name == name


def test_nothing_in_a_mail_breaks_out_of_a_line_or_a_folder():
    mail = parse(
        b"From: a@kund.example\nSubject: =?utf-8?Q?hello=0D=0ABcc:_x=00?=\nMIME-Version: 1.0\n"
        b'Content-Type: text/plain; name="=?utf-8?Q?=2E=2E/=2E=2E/a=00b=0A.txt?="\n'
        b"Content-Disposition: attachment\n\nhello\0"
    )

    assert mail.subject == "hello Bcc: x"
    assert [file.name for file in mail.attachments] == ["a b .txt"]


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="http://evil.test"></iframe>',
        '<form action="http://evil.test"><input name=a></form>',
        "<style>*{color:red}</style>",
        '<p style="position:fixed">x</p>',
        '<link rel=stylesheet href="//evil.test">',
        '<img src="https://evil.test/seen.png">',
        '<table background="https://evil.test/seen.png"><tr><td>x',
        '<svg onload="alert(1)"></svg>',
        '<a href="cid:x">x</a>',
        '<div class="button danger" id="main">x</div>',
        '<base href="https://evil.test/">',
        '<meta http-equiv=refresh content="0;url=//evil.test">',
    ],
)
def test_html_does_nothing_when_it_is_looked_at(bad: str):
    shown = parse(html(f"<p>Hello</p>{bad}".encode())).html

    assert shown.startswith("<p>Hello</p>")
    for word in ("alert", "evil.test", "<script", "style", "<form", "<input", "<meta", "class", "main", "cid:"):
        assert word not in shown


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One of our mails with bytes changed, cut out, doubled or put where they do not belong."""
    raw = bytearray(draw(st.sampled_from(MAILS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        size = draw(st.integers(0, 200))
        match draw(st.sampled_from(["change", "cut", "double", "put", "end"])):
            case "change":
                raw[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
            case "cut":
                del raw[at : at + size]
            case "double":
                raw[at:at] = raw[at : at + size]
            case "put":
                raw[at:at] = draw(
                    st.sampled_from(
                        [b"\r\n", b"\n\n", b"=?", b"?=", b"--", b'"', b"<", b">", b"\x00", b"\xff", b"=", b"&"]
                    )
                )
            case _:
                del raw[at:]
    return bytes(raw)


@settings(max_examples=150, deadline=None)
@given(raw=mutated())
def test_no_mutation_of_a_mail_makes_reading_fail(raw: bytes):
    mail = parse(raw)

    assert "A part of it could not be read." not in mail.troubles
    assert all("/" not in file.name and file.name for file in mail.attachments)
    assert "\n" not in mail.subject


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=500))
def test_any_bytes_are_a_mail(raw: bytes):
    mail = parse(raw)

    assert "A part of it could not be read." not in mail.troubles
