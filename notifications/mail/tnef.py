"""winmail.dat: what Outlook wraps in its own format (MS-OXTNEF)."""

import logging
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from tnefparse import TNEF  # type: ignore[import-untyped]

from notifications.mail import charsets, limits, names
from notifications.mail.files import Found

_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_MAGIC = b"\x78\x9f\x3e\x22"

logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)


@dataclass
class Opened:
    plain: str = ""
    html: str = ""
    files: list[Found] = field(default_factory=list)


def is_tnef(content_type: str, name: str, content: bytes) -> bool:
    return content.startswith(_MAGIC) and (content_type in _TYPES or name.lower().endswith(".dat"))


def opened(content: bytes) -> Opened | None:
    """What is inside; None where it cannot be read, or is too much."""
    if len(content) > limits.TNEF_BYTES:
        return None
    try:
        tnef = TNEF(content, do_checksum=False)
        found = Opened(_text(tnef.body), _text(tnef.htmlbody))
        for attached in tnef.attachments[: limits.FILES]:
            found.files.append(_file(attached))
    except Exception:  # what the library raises on broken files is not to be foreseen, not even by it
        return None
    return found


def _text(body: Any) -> str:
    if isinstance(body, bytes):
        return charsets.decode(body, charsets.in_html(body)).rstrip("\x00")
    return str(body).rstrip("\x00") if body else ""


def _file(attached: Any) -> Found:
    name = names.bare(str(attached.long_filename() or attached.name or "")) or names.made_up("application/octet-stream")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Found(name, kind, bytes(attached.data or b""))
