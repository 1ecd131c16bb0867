"""The files of a mail."""

import re
from dataclasses import dataclass

from notifications.mail import limits, names, transfer
from notifications.mail.headers import read_head
from notifications.mail.parsed import Label, MailFile
from notifications.mail.structure import Part

_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_SEALED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_CONTENT_ID = re.compile(r"[^\s<>\"]{1,200}")
_LIKE_A_NAME = re.compile(r"[^<>@:]{1,100}\.[A-Za-z][A-Za-z0-9]{1,4}")
_STEMS = {
    "message/delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "text/rfc822-headers": "headers",
    "text/calendar": "invite",
    "application/pgp-signature": "signature",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/ms-tnef": "winmail",
}


@dataclass
class Found:
    """A file as it stands in the mail, before it is known where the HTML shows it."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    location: str = ""
    label: Label | None = None


def file_in(part: Part, *, encrypted: bool = False) -> Found:
    """The file that a part is."""
    content = part.content()
    name = names.bare(part.file_name)
    if part.encoding in transfer.UUENCODED and not name:
        inside = transfer.uuencoded(part.data[part.start : part.end])
        name = names.bare(inside[0][0]) if inside else ""
    described = part.headers.decoded("content-description") if not name else ""
    if _LIKE_A_NAME.fullmatch(described):
        name = names.bare(described)
    if not name:
        subject = subject_of(content) if part.type == "message/rfc822" else ""
        name = names.bare(part.headers.get("content-location").partition("?")[0]) if not subject else ""
        name = name if "." in name else names.made_up(part.type, _STEMS.get(part.type, ""), subject)
    return Found(
        name=name,
        content_type=part.type,
        content=content,
        content_id=content_id(part.headers.get("content-id")),
        location=part.headers.get("content-location").strip(),
        label=label_of(part, encrypted=encrypted),
    )


def content_id(header: str) -> str:
    found = _CONTENT_ID.search(header)
    return found[0] if found else ""


def subject_of(mail: bytes) -> str:
    headers, _body = read_head(mail, 0, min(len(mail), limits.HEAD_BYTES))
    return headers.decoded("subject")


def label_of(part: Part, *, encrypted: bool = False) -> Label | None:
    if part.type == "text/calendar" or part.file_name.lower().endswith(".ics"):
        return Label.CALENDAR
    if part.type in _SIGNATURES:
        return Label.SIGNATURE
    if part.type in _SEALED:
        return Label.SIGNATURE if "signed" in part.parameters.get("smime-type", "") else Label.ENCRYPTED
    if encrypted:
        return Label.ENCRYPTED
    return Label.MESSAGE if part.type in ("message/rfc822", "message/global") else None


def as_files(found: list[Found], shown: list[str]) -> tuple[MailFile, ...]:
    """The files as the mail names them; `shown` are the Content-IDs of the pictures the HTML shows."""
    ids = set(shown)
    return tuple(
        MailFile(
            name=file.name,
            content_type=file.content_type,
            content=file.content,
            content_id=file.content_id,
            is_inline=bool(file.content_id) and file.content_id in ids,
            label=file.label,
        )
        for file in found
    )
