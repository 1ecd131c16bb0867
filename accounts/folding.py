"""One spelling for comparing: mail addresses that reach the same mailbox, words that look the same to a reader."""

import re
import unicodedata

import idna


def fold_address(address: str) -> str:
    """The key two spellings of one mail address share: case folded, the domain in its ASCII (IDNA 2008) form.

    Does not judge whether the address is valid; a domain that IDNA refuses keeps its folded spelling.
    """
    local, separator, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    if not separator:
        return address.strip().casefold()
    try:
        domain = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        domain = domain.casefold()
    return f"{local.casefold()}@{domain}"


# What a mail domain is made of, in ASCII: two labels at least, the last one no number (RFC 1123, RFC 3696).
MAIL_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+\Z)[a-z0-9-]{2,63}")


def fold_domain(text: str) -> str:
    """A mail domain as it is compared: in its ASCII (IDNA 2008) form; empty when it is none.

    Takes it also with the @ before it or the dot behind it, with which people write it.
    """
    typed = unicodedata.normalize("NFC", text.strip().removeprefix("@").removesuffix("."))
    try:
        domain = idna.encode(typed, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""
    return domain if MAIL_DOMAIN.fullmatch(domain) else ""


def unfold_domain(domain: str) -> str:
    """A domain in ASCII as people write it: "xn--by-xia.se" is "åby.se"."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def fold_text(text: str) -> str:
    """Text as it is searched: case folded, accents dropped ("Åby" is found by "aby"), white space single."""
    plain = unicodedata.normalize("NFKD", text.replace("\x00", ""))  # first: what it takes apart may be a capital
    plain = unicodedata.normalize("NFKD", plain.casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def clean_text(text: str) -> str:
    """What somebody typed, without the characters no database or mail can carry (NUL); line ends are LF."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


# Characters that turn the direction of what stands around them (Unicode, UAX 9): a name must not rewrite a sentence.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean_line(text: str) -> str:
    """One line of typed text: control characters become spaces, white space is single, nothing turns its direction."""
    if text.isprintable():  # holds none of these; most lines do not, and imports clean many
        return " ".join(text.split())
    plain = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text.translate(TURNING))
    return " ".join(plain.split())


def mask_address(address: str) -> str:
    """An address its owner recognises and nobody else learns: "a…@kund.example"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
