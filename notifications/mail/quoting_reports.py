"""What a report about a delivery says, and the copy of the mail it is about."""

import re

from notifications.mail.quoting import LOOKED_AT

_COPY = re.compile(
    r"^[^\n]{0,80}\b(?:(?:copy|header|headers|text|body|part|lines) of (?:the|your)(?: original| first part of the)?|"
    r"original|returned|unsent|undelivered|source) (?:message|mail|e-mail)\b[^\n]{0,60}$",
    re.I | re.M,
)
_FIELD = re.compile(r"[> \t]{0,8}[A-Za-z][A-Za-z-]{1,40}:(?:\s|$)")
_RULED = re.compile(r"-{3,60} ?original message ?-{3,60}$", re.I)
_SENTENCE = re.compile(r"\b(?:if|you|please|see)\b", re.I)
_TRACE = re.compile(r"^[> ]{0,3}(?:Return-Path|Received):[ \t]", re.M)
_TRIED = 50


def split_report(text: str) -> tuple[str, str]:
    """What a server reports, and the copy of the mail it could not deliver: (new, quoted), the whole text together.

    A report is no answer: heads of mails in it ("This relates to a message with the following header fields") and what
    stands below them belong to what it says. Only what it announces as a copy, or the trace of a mail's way
    (RFC 5322, 3.6.7), begins the other mail.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    begins = _copy_in(text[:LOOKED_AT])
    if begins is None or not text[:begins].strip():
        return text.strip("\n"), ""
    return text[:begins].strip("\n"), text[begins:].strip("\n")


def _copy_in(text: str) -> int | None:
    trace = _TRACE.search(text)
    end = trace.start() if trace else len(text)
    for number, found in enumerate(_COPY.finditer(text, 0, end)):
        if number >= _TRIED:
            break
        below = text[found.end() : found.end() + 2_000].strip().split("\n")
        if _RULED.match(found[0].strip()) or (
            not _SENTENCE.search(found[0]) and any(_FIELD.match(line) for line in below[:2])
        ):
            return found.start()
    return trace.start() if trace else None
