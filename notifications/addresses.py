"""Words as they may stand in a mail's header: no line ends, no control characters, domains in ASCII."""

import re
import unicodedata

import idna

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})
# The same categories, which no version of Unicode adds to, as one pattern: whole mails are looked through.
_UNFIT_IN_BODIES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MAIL_ID = re.compile(r"<[!-;=?-~]{3,250}>", re.ASCII)  # RFC 5322, 3.6.4, as far as it is safe in a header


def ascii_address(address: str) -> str:
    """A mail address with its domain as mail servers write it (IDNA 2008). Raises ValueError where there is none."""
    local, separator, domain = address.strip().rpartition("@")
    if not (separator and local and domain and local.isascii()):
        raise ValueError("No mail server takes this address")
    try:
        name = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as reason:
        raise ValueError("No mail server takes this address") from reason
    if any(char.isspace() or ord(char) < 32 for char in local + name):
        raise ValueError("No mail server takes this address")
    return f"{local}@{name}"


def header_line(text: str) -> str:
    """Text as one line of a header: line ends and control characters become spaces, marks that turn the reading
    direction around (and can make a subject say something else) go, and nothing in it passes for an encoded word.
    """
    plain = "".join(" " if unicodedata.category(char) in _UNFIT else char for char in text if char not in _TURNING)
    return " ".join(plain.split()).replace("=?", "= ?")


def mail_id_in_header(mail_id: str) -> str:
    """A Message-ID of somebody else's mail as ours may name it; empty where it cannot stand in a header."""
    return mail_id if _MAIL_ID.fullmatch(mail_id) else ""


def body_text(text: str) -> str:
    """Text as it may stand in a mail: without control characters; line ends are LF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT_IN_BODIES.sub("", lines)
