"""What a mail says, gathered from its parts: its texts, its HTML and its files."""

import html
import mimetypes
import re
from dataclasses import dataclass, field

from notifications.mail import charsets, flowed, html_text, limits, names, pictures, sanitising, sealed, tnef, transfer
from notifications.mail.files import Found, content_id, file_in
from notifications.mail.parsed import Label
from notifications.mail.structure import Part, read_structure

_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_FOR_FEW = frozenset({"text/x-amp-html", "text/watch-html"})  # the same once more, for some programs and watches
_WRAPPED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_WRAPPED_DEEPEST = 3
_IS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_ENRICHED = re.compile(r"<param>[^<]{0,500}</param>|</?[A-Za-z][A-Za-z0-9-]{0,40}>", re.IGNORECASE | re.DOTALL)
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 0xFEFF))


@dataclass
class Block:
    """One stretch of the mail in its versions; the HTML is sanitised."""

    plain: str = ""
    html: str = ""


@dataclass
class Body:
    blocks: list[Block] = field(default_factory=list)
    files: list[Found] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    wrapped: int = 0  # signatures opened so far
    locations: dict[str, str] = field(
        default_factory=dict
    )  # Content-IDs of pictures the HTML names by Content-Location

    @property
    def has_text(self) -> bool:
        return any(block.plain.strip() or block.html.strip() for block in self.blocks)

    def whole_html(self) -> str:
        if not any(block.html.strip() for block in self.blocks):
            return ""
        return "\n".join(block.html or as_html(block.plain) for block in self.blocks)


def read_body(root: Part) -> Body:
    body = Body()
    _read(root, body)
    _open_wrapped(body)
    body.blocks = _paired(body.blocks)
    if len(body.files) > limits.FILES:
        body.troubles.append("It has too many files; the rest was left out.")
        del body.files[limits.FILES :]
    return body


def _paired(blocks: list[Block]) -> list[Block]:
    """A text and, after it, the same text as HTML are versions of one, even where the mail does not say so."""
    paired: list[Block] = []
    for block in blocks:
        last = paired[-1] if paired else Block()
        is_plain, is_page = last.plain.strip() and not last.html, block.html and not block.plain.strip()
        if is_plain and is_page and last.plain.split() == html_text.text_of(block.html).split():
            last.html = block.html
        else:
            paired.append(block)
    return paired


def as_html(plain: str) -> str:
    return f"<div>{html.escape(plain, quote=False)}</div>".replace("\n", "<br>") if plain.strip() else ""


def _read(part: Part, body: Body, *, alternative: bool = False, encrypted: bool = False) -> None:
    if part.type == "multipart/alternative":
        _read_alternative(part, body)
    elif part.type == "multipart/related":
        _read_related(part, body)
    elif part.children:
        for child in part.children:
            _read(child, body, encrypted=encrypted or part.type == "multipart/encrypted")
    elif part.type.startswith("multipart/") and not _content(part, body).strip():
        return
    elif part.type in _TEXTS and not encrypted and _is_said(part, body, alternative=alternative):
        _read_text(part, body)
    elif alternative and part.type in _FOR_FEW:
        return
    elif not (part.type == "application/applefile" and part.file_name == ""):
        _read_file(part, body, encrypted=encrypted)


def _read_alternative(part: Part, body: Body) -> None:
    """The same in several versions: the first plain text and the last HTML (RFC 2046, 5.1.4)."""
    block = Block()
    for child in part.children:
        own = Body(locations=body.locations)
        _read(child, own, alternative=True)
        body.files.extend(own.files)
        body.troubles.extend(own.troubles)
        plain = "\n\n".join(found.plain for found in own.blocks if found.plain.strip())
        block.html = own.whole_html() or block.html
        block.plain = block.plain or plain
    body.blocks.append(block)


def _read_related(part: Part, body: Body) -> None:
    """A page and what it shows. The page is named by `start`, else it is the first part (RFC 2387)."""
    start = part.parameters.get("start", "").strip("<> ")
    first = next((child for child in part.children if start and start in child.headers.get("content-id")), None)
    if first is None and part.children:
        first = part.children[0]
    body.locations.update(_located(part, first))
    if first is not None:
        _read(first, body, alternative=True)
    for child in part.children:
        if child is not first:
            _read(child, body)


def _located(part: Part, page: Part | None) -> dict[str, str]:
    """Pictures by their Content-Location (RFC 2557); one without a Content-ID is given one."""
    located: dict[str, str] = {}
    for number, child in enumerate(part.children):
        location = child.headers.get("content-location").strip()
        if child is page or not location or not child.type.startswith("image/"):
            continue
        if not child.headers.get("content-id"):
            child.headers.fields.append(("Content-ID", b"<location-%d@mail>" % number))
        located[location] = content_id(child.headers.get("content-id"))
    return located


def _is_said(part: Part, body: Body, *, alternative: bool) -> bool:
    """Whether a text belongs to what the mail says; else it is a file."""
    if part.disposition == "attachment":
        return not part.file_name and (alternative or part.depth == 0)
    if not part.file_name or alternative or part.depth == 0:
        return True
    # A first text with no more than a `name` is the text itself: some mailers name it.
    return not body.has_text and part.type == "text/plain" and not part.disposition_parameters.get("filename")


def _content(part: Part, body: Body) -> bytes:
    try:
        return part.content()
    except (ValueError, MemoryError):
        body.troubles.append("A part could not be decoded; it is kept as it came.")
        return part.data[part.start : part.end]


def _read_text(part: Part, body: Body) -> None:
    content = _content(part, body)
    if len(content) > limits.TEXT_BYTES or (part.type == "text/html" and len(content) > limits.HTML_BYTES):
        body.troubles.append("A text is too long; its beginning is shown, and all of it is kept as a file.")
        body.files.append(Found(names.made_up(part.type, "text"), part.type, content))
        content = content[: limits.HTML_BYTES]
    text = text_in(content, part)
    if part.type == "text/html" or _IS_HTML.match(text):
        body.blocks.append(_html_block(text, content, body))
        return
    if part.type != "text/plain":
        text = _ENRICHED.sub("", text.replace("<<", "\x00")).replace("\x00", "<")
    if "\nbegin" in f"\n{text[:5]}" or "\nbegin" in text:
        text = _without_uuencoded(content, text, part, body)
    if text.strip() or not body.blocks:
        body.blocks.append(Block(plain=text))


def _html_block(text: str, content: bytes, body: Body) -> Block:
    if not sanitising.is_too_deep(text):
        with_pictures, found = pictures.taken_out(text, body.locations)
        body.files.extend(found)
        return Block(html=sanitising.sanitised(with_pictures).strip())
    body.troubles.append("Its HTML is nested too deeply; its words are shown, and all of it is kept as a file.")
    body.files.append(Found(names.made_up("text/html", "text"), "text/html", content))
    return Block(plain=sanitising.words_of(text))


def text_in(content: bytes, part: Part) -> str:
    """A text part's text, with plain line ends and without control characters."""
    label = part.parameters.get("charset", "") or part.headers.charset
    if part.type == "text/html" and not charsets.codec_named(label):
        label = charsets.in_html(content) or label
    text = charsets.decode(content, label).replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    if part.parameters.get("format", "").lower() == "flowed" and part.type == "text/plain":
        text = flowed.unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    return text


def _without_uuencoded(content: bytes, text: str, part: Part, body: Body) -> str:
    found = transfer.uuencoded(content)
    if not found:
        return text
    pieces, position = [], 0
    for name, data, start, end in found:
        bare = names.bare(name) or "file"
        body.files.append(Found(bare, mimetypes.guess_type(bare)[0] or "application/octet-stream", data))
        pieces.append(content[position:start])
        position = end
    return text_in(b"".join([*pieces, content[position:]]), part)


def _read_file(part: Part, body: Body, *, encrypted: bool) -> None:
    try:
        found = file_in(part, encrypted=encrypted)
    except (ValueError, MemoryError):
        body.troubles.append("A part could not be decoded; it is kept as it came.")
        found = Found("file.bin", part.type, part.data[part.start : part.end])
    inside = sealed.signed_inside(found.content) if part.type in _WRAPPED and body.wrapped < _WRAPPED_DEEPEST else None
    if inside is not None:
        found.label = Label.SIGNATURE
        body.wrapped += 1
        _read(read_structure(inside).root, body)
    if found.content or part.file_name or found.label:
        body.files.append(found)
    if found.label is Label.ENCRYPTED and part.type != "application/pgp-encrypted":
        body.troubles.append("It is encrypted; what it says can only be read with the recipient's key.")


def _open_wrapped(body: Body) -> None:
    """Takes the files out of a winmail.dat, and its text where the mail has no other."""
    for found in list(body.files):
        if not tnef.is_tnef(found.content_type, found.name, found.content):
            continue
        inside = tnef.opened(found.content)
        if inside is None or not (inside.files or inside.plain or inside.html):
            body.troubles.append("What Outlook wrapped in winmail.dat could not be read; the file is kept.")
            continue
        if not body.has_text and (inside.plain or inside.html):
            html_block = _html_block(inside.html, inside.html.encode(), body) if inside.html else Block()
            body.blocks.append(Block(inside.plain or html_block.plain, html_block.html))
        place = body.files.index(found)
        body.files[place : place + 1] = inside.files
