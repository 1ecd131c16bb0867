"""What a mail says, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Label(StrEnum):
    """What a part is, where that is not just a file."""

    CALENDAR = "calendar"
    ENCRYPTED = "encrypted"
    SIGNATURE = "signature"
    MESSAGE = "message"  # a mail inside the mail


class Machine(StrEnum):
    """What kind of machine wrote a mail."""

    REPLY = "reply"  # out of office, acknowledgements
    BULK = "bulk"  # newsletters, mailing lists
    REPORT = "report"  # about the delivery of a mail (RFC 3464), or its being read


@dataclass(frozen=True)
class MailFile:
    """A file in a mail. `name` is a bare name without folders and control characters, which another file of the mail
    may have too; `content_id` without brackets,
    for a picture that the HTML shows in place (`is_inline`)."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False
    label: Label | None = None


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one recipient (RFC 3464). `is_final`: the mail will never arrive; else it is late,
    or arrived. `message_id` and `recipient` are those of the mail reported on, empty where it does not say."""

    recipient: str
    message_id: str
    is_final: bool
    status: str = ""
    words: str = ""


@dataclass(frozen=True)
class Forwarded:
    """A mail that somebody passed on, as far as its head can be read. `text` is what it said."""

    sender: str
    sender_name: str
    subject: str
    text: str


@dataclass(frozen=True)
class Authentication:
    """One Authentication-Results header (RFC 8601): `by` is who wrote it; `dkim_domain` the domain that passed."""

    by: str
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    dkim_domain: str = ""
    spf_domain: str = ""


@dataclass(frozen=True)
class ParsedMail:
    """A mail as read. Nothing here is to be believed: anybody can write anything into a mail.

    `sender` is the bare address of From, empty when that cannot be said for certain (none, several, not readable).
    `recipients` are all addresses it says it is for, the surest first; `list_address` is that of the mailing list or
    group it came through (List-Post, RFC 2369). `new_text` is what was written now,
    `quoted_text` what it repeats of earlier mails; together they are the whole text. `html` is the whole of the HTML,
    sanitised, empty where there was none; pictures in place are <img src="cid:…">. `troubles` says in English, for the
    ledger, what was broken or left out. `is_too_much`: it is larger or nested deeper than is read, so that part of it
    may be missing here. Message-IDs keep their angle brackets.
    """

    sender: str
    subject: str
    new_text: str
    quoted_text: str = ""
    attachments: tuple[MailFile, ...] = ()
    is_automatic: bool = False
    is_bounce: bool = False
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    list_address: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    html: str = ""
    machine: Machine | None = None
    reports: tuple[Report, ...] = ()
    forwarded: Forwarded | None = None
    is_thanks: bool = False
    authentication: tuple[Authentication, ...] = ()
    is_too_much: bool = False
    troubles: tuple[str, ...] = field(default=())
