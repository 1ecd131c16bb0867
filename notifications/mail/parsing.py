"""The one way to read a mail: `parse(raw)`. Usable on any `.eml`, without a database or settings."""

import logging
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.message import Message as MailMessage
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import unquote

from notifications.mail import addresses, bodies, charsets, html_text, limits, sanitising, words
from notifications.mail.authentication import results_of
from notifications.mail.bodies import Body
from notifications.mail.bounces import is_bounce
from notifications.mail.files import as_files
from notifications.mail.forwarding import forwarded_in
from notifications.mail.headers import Headers
from notifications.mail.machines import machine_of
from notifications.mail.message_tree import message_of
from notifications.mail.parsed import Forwarded, Label, Machine, MailFile, ParsedMail, Report
from notifications.mail.quoting import split
from notifications.mail.quoting_reports import split_report
from notifications.mail.reports import reports_of
from notifications.mail.structure import Structure, read_structure
from notifications.mail.thanks import is_thanks

log = logging.getLogger(__name__)

T = TypeVar("T")

# Who the mail was handed to says more than whom it is addressed to.
_RECIPIENT_HEADERS = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-rcpt-to")
_ADDRESSEES = ("to", "cc", "resent-to", "resent-cc", "bcc")
_ID = re.compile(r"<[^<>\s]{1,500}>")
_LIST_POST = re.compile(r"<mailto:([^<>?\s]{3,254})[?>]", re.I)
_EMPTY_LINES = re.compile(r"\n{4,}")
_STUB = 4  # a plain text this many times shorter than the HTML only says that there is HTML
_STUB_LENGTH = 300


def parse(raw: bytes) -> ParsedMail:
    """What a mail says (RFC 5322, 2045 to 2049). Never raises, whatever the bytes: what cannot be read is left as it
    came, and named in `troubles`; what is too large or nested too deeply is read as far as the limits go.

    Takes well under a second and about twice the mail's size in memory.
    """
    troubles: list[str] = []
    is_too_large = len(raw) > limits.MAIL_BYTES
    if is_too_large:
        troubles.append("It is larger than 50 MB; only its beginning was read.")
        raw = raw[: limits.BEGINNING_BYTES]
    if b"\n" not in raw[: limits.HEAD_BYTES] and b"\r" in raw[: limits.HEAD_BYTES]:
        raw = raw.replace(b"\r", b"\n")
    structure = _tried(read_structure, _unread(), troubles, raw)
    structure.is_too_much |= is_too_large
    body = _tried(bodies.read_body, None, troubles, structure.root) or _as_it_came(structure)
    message = _tried(message_of, MailMessage(), troubles, structure.root)
    return _assembled(structure, body, message, troubles)


def _unread() -> Structure:
    return read_structure(b"")


def _as_it_came(structure: Structure) -> Body:
    """The body as a text, undivided: better than none."""
    root = structure.root
    return Body([bodies.Block(plain=charsets.decode(root.data[root.start : root.end][: limits.BEGINNING_BYTES]))])


def _assembled(structure: Structure, body: Body, message: MailMessage, troubles: list[str]) -> ParsedMail:
    headers = structure.root.headers
    subject = headers.decoded("subject")
    clean, text = _tried(_texts, ("", ""), troubles, body)
    found = as_files(body.files, sanitising.pictures_in(clean))
    machine = _tried(machine_of, None, troubles, message)
    reports: tuple[Report, ...] = _tried(reports_of, (), troubles, message)
    new, quoted = _tried(split_report if machine is Machine.REPORT else split, (text, ""), troubles, text)
    sender = _tried(addresses.certain_sender, None, troubles, headers.all("from"))
    return ParsedMail(
        sender=sender.address if sender else "",
        sender_name=sender.name if sender else _tried(addresses.name_in, "", troubles, headers.all("from")),
        subject=subject,
        new_text=new,
        quoted_text=quoted,
        html=clean,
        attachments=found,
        machine=machine,
        is_automatic=machine is not None,
        is_bounce=machine is Machine.REPORT and _tried(is_bounce, True, troubles, message, reports),
        reports=reports,
        recipients=_tried(_recipients, (), troubles, headers),
        reply_to=_tried(_addresses, (), troubles, headers.all("reply-to")),
        list_address=_tried(_list_address, "", troubles, headers),
        message_id=_first(headers.all("message-id")),
        in_reply_to=_first(headers.all("in-reply-to")),
        references=_message_ids(headers.all("references"))[-100:],
        sent_at=_tried(_sent_at, None, troubles, headers.get("date")),
        forwarded=_tried(_forwarded, None, troubles, subject, text, clean, found),
        is_thanks=_tried(is_thanks, False, troubles, new),
        authentication=_tried(results_of, (), troubles, message),
        is_too_much=structure.is_too_much,
        troubles=tuple(dict.fromkeys([*troubles, *structure.troubles, *body.troubles])),
    )


def _list_address(headers: Headers) -> str:
    found = _LIST_POST.search(headers.get("list-post")[:1000])
    return unquote(found[1]) if found else ""


def _tried(read: Callable[..., T], otherwise: T, troubles: list[str], *arguments: object) -> T:
    """What one step finds; where it fails, the mail is read without it."""
    try:
        return read(*arguments)
    except Exception:
        log.exception("A step of reading a mail failed: %s", read.__name__)
        troubles.append("A part of it could not be read.")
        return otherwise


def _texts(body: Body) -> tuple[str, str]:
    """The sanitised HTML and the text: what the plain version says, or the HTML's words where there is none."""
    pieces = []
    for block in body.blocks:
        of_html = html_text.text_of(block.html) if _is_needed(block) else ""
        pieces.append(of_html if of_html and _is_stub(block.plain, of_html) else block.plain)
    text = "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip())
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return body.whole_html(), _EMPTY_LINES.sub("\n\n\n", lines).strip("\n")


def _is_needed(block: bodies.Block) -> bool:
    return bool(block.html.strip()) and len(block.plain.strip()) < max(_STUB_LENGTH, len(block.html) // 50)


def _is_stub(plain: str, of_html: str) -> bool:
    said = len(plain.split())
    return not plain.strip() or (said * _STUB < len(of_html.split()) and len(of_html) > _STUB_LENGTH)


def _recipients(headers: Headers) -> tuple[str, ...]:
    handed = [value for name in _RECIPIENT_HEADERS for value in headers.all(name)]
    return _addresses([*handed, *(value for name in _ADDRESSEES for value in headers.all(name))])


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        for named in addresses.addresses_in(value):
            found.setdefault(named.address.lower(), named.address)
            if len(found) >= limits.ADDRESSES:
                return tuple(found.values())
    return tuple(found.values())


def _first(values: list[str]) -> str:
    return next(iter(_message_ids(values)), "")


def _message_ids(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(words.decoded(value))))


def _sent_at(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date[:200])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC) if 1980 <= aware.year <= 2200 else None
    except OverflowError:
        return None


def _forwarded(subject: str, text: str, html: str, files: tuple[MailFile, ...]) -> Forwarded | None:
    """The mail that was passed on: in the text, or as the one mail that is attached."""
    found = forwarded_in(subject, text, html)
    mails = [file.content for file in files if file.label is Label.MESSAGE]
    if found is not None or len(mails) != 1:
        return found
    inside = read_structure(mails[0][: limits.BEGINNING_BYTES]).root
    sender = addresses.certain_sender(inside.headers.all("from"))
    own_subject = inside.headers.decoded("subject")
    # Else it is attached to something, not passed on.
    if sender is None or (text.strip() and not (own_subject and own_subject in subject)):
        return None
    said = _texts(bodies.read_body(inside))[1]
    return Forwarded(sender=sender.address, sender_name=sender.name, subject=own_subject, text=said)
