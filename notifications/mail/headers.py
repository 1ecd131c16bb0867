"""A mail's or a part's head: where it ends, and the headers in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from notifications.mail import charsets, guessing, limits, words

_END = re.compile(rb"\n\r*\n")
_FIRST = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:(.*)", re.DOTALL)
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|reply-to|return-path|in-reply-to"
    rb"|references|sender|delivered-to|dkim-signature|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"""(?:charset\s*=\s*["']?|=\?)([\w.:-]{1,40})""", re.IGNORECASE)


@dataclass
class Headers:
    """The headers of one head, in order. Names are found whatever their case."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    charset: str = ""  # what bytes beyond ASCII are likely in, where they are not UTF-8
    troubles: list[str] = field(default_factory=list)

    def raw(self, name: str) -> list[bytes]:
        return [value for found, value in self.fields if found.lower() == name]

    def all(self, name: str) -> list[str]:
        """Every value of a header: unfolded, its bytes as text, its encoded words as they are."""
        return [self.as_text(value) for value in self.raw(name)]

    def get(self, name: str) -> str:
        found = self.raw(name)
        return self.as_text(found[0]) if found else ""

    def decoded(self, name: str) -> str:
        """The first value that says anything, for people to read."""
        return next((text for value in self.all(name) if (text := words.decoded(value))), "")

    def as_text(self, value: bytes) -> str:
        return charsets.decode(value, self.charset).replace("\x00", "")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, self.as_text(value)) for name, value in self.fields)


def read_head(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The head that begins at `start`, and where the body after it begins."""
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return Headers(), start + (1 if raw[start : start + 1] == b"\n" else 2)
    found = _END.search(raw, start, end)
    head_end, body = (found.start() + 1, found.end()) if found else (end, end)
    headers = Headers()
    if head_end - start > limits.HEAD_BYTES:
        headers.troubles.append("Its head is too long; only the beginning was read.")
        head_end = start + limits.HEAD_BYTES
    stopped = _read_lines(raw[start:head_end], headers)
    if stopped is not None:
        headers.troubles.append("No empty line ends its head.")
        body = start + stopped
    headers.charset = _likely_charset(raw[start:head_end]) or _charset_by_its_looks(headers)
    return headers, body


def _read_lines(head: bytes, headers: Headers) -> int | None:
    """Fills `headers`; tells where a line stands that can only be the body's, if one does."""
    lines: list[tuple[str, list[bytes]]] = []
    position = 0
    for line in head.splitlines(keepends=True) if b"\n" not in head else head.split(b"\n"):
        text = line.rstrip(b"\r\n") if lines else line.strip()
        if text[:1] in b" \t" and lines and text:
            lines[-1][1].append(text)
        elif first := _FIRST.fullmatch(text):
            if len(lines) >= limits.HEADERS:
                headers.troubles.append("It has too many headers; the rest was not read.")
                break
            lines.append((first[1].decode("ascii"), [first[2]]))
        elif text.strip() and not text.startswith((b"From ", b">From ")):
            below = head[position:].split(b"\n", 200)[1:]
            if text.startswith(b"--") or not any(_KNOWN.match(later) for later in below):
                headers.fields = _unfolded(lines)
                return position
            headers.troubles.append("A line in its head is no header.")
            if lines:
                lines[-1][1].append(b" " + text)
        position += len(line) + 1
    headers.fields = _unfolded(lines)
    return None


def _likely_charset(head: bytes) -> str:
    """One that a head itself can be in: its ASCII stays ASCII in it."""
    for found in _CHARSET.findall(head):
        label = found.decode("ascii", "replace")
        if not label.lower().startswith(("utf-16", "utf-32", "utf-7", "unicode")):
            return str(label)
    return ""


def _charset_by_its_looks(headers: Headers) -> str:
    """That of a subject written in bytes; the text below is likely in the same one, but may be too short to tell."""
    subject = next(iter(headers.raw("subject")), b"")
    if subject.isascii():
        return ""
    try:
        subject.decode("utf-8")
    except UnicodeDecodeError:
        return guessing.likely_charset(subject)
    return ""


def _unfolded(lines: list[tuple[str, list[bytes]]]) -> list[tuple[str, bytes]]:
    return [(name, b"".join(values).strip()[: limits.HEADER_BYTES]) for name, values in lines]
