"""A mail's parts (RFC 2046): a tree, cut within limits. A mail inside a mail is one part of it, a file."""

import re
from dataclasses import dataclass, field

from notifications.mail import limits, transfer
from notifications.mail.headers import Headers, read_head
from notifications.mail.parameters import value_and_parameters

_GUESSED = re.compile(rb"\n--([^\r\n]{1,200})\r*\n(?=content-)", re.IGNORECASE)
_MIME_HEAD = re.compile(rb"(?:mime-version|content-(?:type|transfer-encoding)):[^\r\n]", re.IGNORECASE)
_LIKE_BOUNDARIES = 100_000  # lines that only begin like one, in a mail made to be slow
_LINE_ENDS = re.compile(rb"[\r\n]*")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


@dataclass
class Part:
    """One part: its head, and where its body lies in `data`. A part with children has no content of its own."""

    data: bytes
    headers: Headers
    start: int
    end: int
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    depth: int = 0
    children: list["Part"] = field(default_factory=list)

    @property
    def encoding(self) -> str:
        return transfer.name_of(self.headers.get("content-transfer-encoding"))

    @property
    def file_name(self) -> str:
        return self.disposition_parameters.get("filename") or self.parameters.get("name", "")

    def content(self) -> bytes:
        return transfer.unwrap(self.data[self.start : self.end], self.encoding)


@dataclass
class Structure:
    root: Part
    troubles: list[str] = field(default_factory=list)
    is_too_much: bool = False


def read_structure(raw: bytes) -> Structure:
    """The tree of a mail's parts."""
    structure = Structure(_root(raw))
    waiting = [structure.root]
    count = 1
    while waiting:
        part = waiting.pop()
        structure.troubles.extend(part.headers.troubles)
        structure.is_too_much |= part.end - part.start > limits.MAIL_BYTES
        if not part.type.startswith("multipart/"):
            continue
        if part.depth >= limits.DEPTH or count >= limits.PARTS:
            structure.is_too_much = True
            structure.troubles.append("It is nested too deeply, or has too many parts; the rest is kept as a file.")
            continue
        _divide(part, limits.PARTS - count, structure)
        count += len(part.children)
        waiting.extend(part.children)
    return structure


def _root(raw: bytes) -> Part:
    """The whole mail. Where its head does not say what it is, being cut off or ended too early, its body may."""
    root = _part(raw, _beginning(raw), len(raw))
    if root.headers.raw("content-type"):
        return root
    if _MIME_HEAD.match(raw, root.start):
        more = _part(raw, root.start, len(raw))
        more.headers.fields = [*root.headers.fields, *more.headers.fields]
        more.headers.charset = more.headers.charset or root.headers.charset
        return more
    if _GUESSED.match(raw, max(root.start - 1, 0)):
        root.type = "multipart/mixed"
    return root


def _beginning(raw: bytes) -> int:
    """Where the head begins: after a byte order mark, empty lines and the line with which an mbox sets mails apart."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    found = _LINE_ENDS.match(raw, start)
    return found.end() if found else start


def _part(data: bytes, start: int, end: int, *, default: str = "text/plain", depth: int = 0) -> Part:
    headers, body = read_head(data, start, end)
    part = Part(data, headers, min(body, end), end, depth=depth)
    part.type, part.parameters = _type(headers, default)
    for value in headers.all("content-disposition"):
        part.disposition, part.disposition_parameters = value_and_parameters(value)
        if part.disposition:
            break
    return part


def _type(headers: Headers, default: str) -> tuple[str, dict[str, str]]:
    for value in headers.all("content-type"):
        name, parameters = value_and_parameters(value)
        if _TYPE.fullmatch(name):
            return name, parameters
        if name.startswith("multipart"):
            return "multipart/mixed", parameters
        if name in ("text", "plain", "plain/text", "text/"):
            return "text/plain", parameters
        if name == "html":
            return "text/html", parameters
        if parameters:
            return "multipart/mixed" if "boundary" in parameters else default, parameters
    return default, {}


def _divide(part: Part, at_most: int, structure: Structure) -> None:
    """Finds the parts of a multipart; one without any is a text."""
    found = _sections(part, at_most + 1)
    if not found and part.encoding in ("base64", "quoted-printable"):
        # RFC 2045, 6.4 forbids to encode a multipart; some do.
        part.data = b"\n" + part.content()
        part.start, part.end = 1, len(part.data)
        found = _sections(part, at_most + 1)
    if not found:
        if part.data[part.start : part.end].strip():
            structure.troubles.append("It says it has parts, but none was found.")
        part.type, part.parameters = "text/plain", {}
        return
    if len(found) > at_most:
        structure.is_too_much = True
        structure.troubles.append("It has too many parts; the rest was not read.")
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    part.children = [
        _part(part.data, start, end, default=default, depth=part.depth + 1) for start, end in found[:at_most]
    ]


def _sections(part: Part, at_most: int) -> list[tuple[int, int]]:
    declared = part.parameters.get("boundary", "").strip()
    found = _between(part, declared.encode("utf-8", "replace"), at_most) if declared else []
    if not found:
        guessed = _GUESSED.search(part.data, max(part.start - 1, 0), part.end)
        if guessed:
            found = _between(part, guessed[1].rstrip(), at_most)
    return found


def _between(part: Part, boundary: bytes, at_most: int) -> list[tuple[int, int]]:
    if part.data.count(b"\n--" + boundary, part.start, part.end) > _LIKE_BOUNDARIES:
        return []
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*\r*(?=\n|\Z)")
    sections: list[tuple[int, int]] = []
    begin: int | None = None
    for found in line.finditer(part.data, max(part.start - 1, 0), part.end):
        if begin is not None:
            sections.append((begin, _without_line_end(part.data, begin, found.start())))
            if len(sections) >= at_most:
                return sections
        begin = None if found[1] else min(found.end() + 1, part.end)
    if begin is not None:  # the mail was cut before its end
        sections.append((begin, part.end))
    return [(start, end) for start, end in sections if end > start]


def _without_line_end(data: bytes, begin: int, end: int) -> int:
    """A part ends before the line end that belongs to the boundary."""
    while end > begin and data[end - 1 : end] == b"\r":
        end -= 1
    return max(begin, end)
