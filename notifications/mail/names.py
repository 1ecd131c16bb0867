"""Names of a mail's files: bare and readable."""

import mimetypes
import re
import unicodedata

from notifications.mail import limits

_UNFIT = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_ENDINGS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/pjpeg": ".jpg",
    "text/plain": ".txt",
    "text/html": ".html",
}
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}$")


def bare(name: str) -> str:
    """A name without folders, control characters and marks that turn the reading; empty if nothing is left."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/")[:4000])
    plain = "".join(" " if char in "\t\r\n" else char for char in plain)
    plain = "".join(char for char in plain if unicodedata.category(char) not in _UNFIT)
    plain = " ".join(plain.rpartition("/")[2].split()).strip(" .") if plain.strip("/. ") else ""
    return _shortened(plain)


def made_up(content_type: str, label: str = "", subject: str = "") -> str:
    """A name for a file that has none."""
    stem = bare(subject.replace("/", "-").replace("\\", "-")) or label or content_type.partition("/")[0]
    stem = {"application": "file", "text": "text", "image": "image"}.get(stem, stem)
    ending = _ENDINGS.get(content_type) or mimetypes.guess_extension(content_type) or ".bin"
    return _shortened(stem[: limits.NAME_LENGTH - len(ending)] + ending)


def _shortened(name: str) -> str:
    if len(name) <= limits.NAME_LENGTH:
        return name
    stem, ending = _divided(name)
    return stem[: limits.NAME_LENGTH - len(ending)].rstrip() + ending


def _divided(name: str) -> tuple[str, str]:
    ending = _ENDING.search(name)
    return (name[: ending.start()], ending[0]) if ending and ending.start() else (name, "")
