"""A mail as it goes over the wire: text and HTML as alternatives, all ASCII, so that every server can carry it."""

import secrets
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable

_LINE = 78  # RFC 5322, 2.1.1
_BYTES_OF_A_WORD = 39  # 52 in base64: with the header's name an encoded word stays within 76 (RFC 2047, 2)
_LONGEST_TOKEN = 900  # of the 998 that a line may have


def write(headers: Iterable[tuple[str, str]], *, text: str, html: str) -> bytes:
    """The mail with these headers, made ASCII before (`words`, `formataddr`). Raises ValueError for one that is not, or
    that would begin another."""
    boundary = f"=_{secrets.token_hex(12)}"  # no quoted-printable text can hold "=_" (RFC 2045, 6.7)
    every = (*headers, ("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative; boundary="{boundary}"'))
    head = "".join(_header(name, value) for name, value in every).encode("ascii")
    parts = (_part("plain", text, boundary), _part("html", html, boundary))
    return b"%s\r\n%s--%s--\r\n" % (head, b"".join(parts), boundary.encode())


def words(text: str) -> str:
    """Somebody's words as a header's value: as they are, or in encoded words (RFC 2047)."""
    is_plain = text.isascii() and "=?" not in text and all(len(token) <= _LONGEST_TOKEN for token in text.split(" "))
    return text if is_plain else " ".join(_encoded(text))


def _encoded(text: str) -> Iterable[str]:
    chunk = b""
    for character in text:
        code = character.encode("utf-8", "replace")
        if len(chunk) + len(code) > _BYTES_OF_A_WORD:
            yield _word(chunk)
            chunk = b""
        chunk += code
    yield _word(chunk)


def _word(chunk: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(chunk, newline=False).decode()}?="


def _header(name: str, value: str) -> str:
    """Folded at spaces, though never before the first word, which some readers would take for one with a space."""
    if "\r" in value or "\n" in value:
        raise ValueError(f"{name} has more than one line")
    first, *others = value.split(" ")
    lines = [f"{name}: {first}"]
    for token in others:
        if token and len(lines[-1]) + 1 + len(token) > _LINE:
            lines.append(f" {token}")
        else:
            lines[-1] += f" {token}"
    return "\r\n".join(lines) + "\r\n"


def _part(kind: str, content: str, boundary: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = content.replace("\r\n", "\n").encode("utf-8", "replace")
    return head.encode() + b2a_qp(lines, istext=True).replace(b"\n", b"\r\n") + b"\r\n"
