"""A mail as it goes over the wire: text and HTML as alternatives, files after them, all ASCII, so that every server can
carry it."""

import re
import secrets
from base64 import encodebytes
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable

File = tuple[str, str, bytes]  # name, type, content

_LINE = 78  # RFC 5322, 2.1.1
_BYTES_OF_A_WORD = 39  # 52 in base64: with the header's name an encoded word stays within 76 (RFC 2047, 2)
_LONGEST_TOKEN = 900  # of the 998 that a line may have


def write(headers: Iterable[tuple[str, str]], *, text: str, html: str, files: Iterable[File] = ()) -> bytes:
    """The mail with these headers, made ASCII before (`words`, `formataddr`). Raises ValueError for one that is not, or
    that would begin another, and for a file whose name or type is not plain. Files of text are in UTF-8."""
    kind, body = _multipart("alternative", [_part("plain", text), _part("html", html)])
    enclosed = [_enclosed(*one) for one in files]
    if enclosed:
        kind, body = _multipart("mixed", [f"Content-Type: {kind}\r\n\r\n".encode() + body, *enclosed])
    every = (*headers, ("MIME-Version", "1.0"), ("Content-Type", kind))
    return "".join(_header(name, value) for name, value in every).encode("ascii") + b"\r\n" + body


def _multipart(kind: str, parts: list[bytes]) -> tuple[str, bytes]:
    """The type that goes into a header, and the body."""
    boundary = f"=_{secrets.token_hex(12)}"  # no quoted-printable text can hold "=_" (RFC 2045, 6.7)
    line = b"--" + boundary.encode()
    body = b"".join(b"%s\r\n%s" % (line, part) for part in parts)
    return f'multipart/{kind}; boundary="{boundary}"', b"%s%s--\r\n" % (body, line)


def _enclosed(name: str, kind: str, content: bytes) -> bytes:
    if not (re.fullmatch(r"[\w.-]+", name, re.ASCII) and re.fullmatch(r"[\w./=; -]+", kind, re.ASCII)):
        raise ValueError("A file along with a mail has a plain name and type")
    charset = '; charset="utf-8"' if kind.startswith("text/") else ""  # else it counts as ASCII (RFC 2046, 4.1.2)
    head = (
        f'Content-Type: {kind}{charset}; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + encodebytes(content).replace(b"\n", b"\r\n")


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


def _part(kind: str, content: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    lines = content.replace("\r\n", "\n").encode("utf-8", "replace")
    return head.encode() + b2a_qp(lines, istext=True).replace(b"\n", b"\r\n") + b"\r\n"
