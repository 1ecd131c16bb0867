"""What a mail says, made fit for a ticket."""

import re
import unicodedata
from collections.abc import Iterable

from accounts.folding import fold_address

SUBJECT_LIMIT = 200
TEXT_LIMIT = 200_000  # characters; what a longer mail says is in its original
_LOOKED_AT = 1_000
_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
# What mail programs put before a subject: English, Swedish, Norwegian, Danish, Finnish, German, Dutch, French, Spanish,
# Italian, Portuguese and Polish; also numbered, as in "Re[2]:" and "Re(2):".
_PREFIX = re.compile(
    r"(?:re|sv|vs|aw|antw|antwoord|odp|res|rif|réf|tr|fw|fwd|vb|vl|vid|wg|doorst|rv|enc|i|pd)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\[#(\d{1,18})\]", re.ASCII)
_TOKEN = re.compile(r"(?:\+|%(?:25)?2B)[rb][0-9a-z]{1,13}-[0-9a-f]{16}(?=@|%(?:25)?40)", re.ASCII | re.IGNORECASE)
_OPENER = r"[A-Za-z0-9_.:=~%-]{16,}"
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean_subject(subject: str) -> str:
    """The subject as the sender meant it: one line without what mail programs put before it, and without a ticket's
    number in brackets. Empty where nothing is left."""
    line = _one_line(_NUMBER.sub(" ", subject[:_LOOKED_AT]))
    while (found := _PREFIX.match(line)) is not None:
        line = line[found.end() :]
    return line[:SUBJECT_LIMIT].strip()


def numbers_in(subject: str) -> list[int]:
    """The tickets a subject names, as our mails write it: [#1234]."""
    return [int(number) for number in _NUMBER.findall(subject[:_LOOKED_AT])]


def first_words(text: str, limit: int = 80) -> str:
    """The beginning of a text as one line, cut between words; for what has no subject."""
    line = _one_line(text[:_LOOKED_AT])
    return line if len(line) <= limit else line[:limit].rpartition(" ")[0].strip() or line[:limit]


def fit(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text as any database takes it: without NUL and halves of characters; cut where it is endless."""
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return plain.encode("utf-8", "replace").decode("utf-8")[:limit]


def fit_line(text: str, limit: int) -> str:
    """The same for one line."""
    return _one_line(text[: limit * 4])[:limit].strip()


def is_fit_address(address: str) -> bool:
    """Whether somebody can be written down, and answered, under this address."""
    local, _at, domain = address.rpartition("@")
    plain = address.isprintable() and not any(char.isspace() for char in address) and fit(address) == address
    return bool(local and domain and plain) and len(fold_address(address)) <= _ADDRESS >= len(address)


def without_secrets(text: str, hosts: Iterable[str]) -> str:
    """Text without what opens doors on our own pages: the links in our mails are for the reader of each alone, and
    whoever answers quotes them to everybody on the ticket. Of such a link the page's address is left."""
    names = "|".join(re.escape(host) for host in hosts if host)
    if names:
        # Also as part of another address, as mail filters rewrite links; and never far into endless ones.
        start = rf"(https?(?::|%3A)(?:/|%2F){{2}}(?:{names})(?:(?::|%3A)\d{{1,5}})?)(?:/|%2F)"
        link = re.compile(rf"{start}[^\s\"'<>]{{0,80}}?{_OPENER}[^\s\"'<>)\]]*", re.IGNORECASE)
        text = link.sub(r"\1/", text)
    return _TOKEN.sub("", text)


def _one_line(text: str) -> str:
    plain = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text.translate(_TURNING)
    )
    return " ".join(fit(plain).split())
