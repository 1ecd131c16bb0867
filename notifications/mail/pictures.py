"""Pictures that HTML shows otherwise than by their Content-ID: written into it, or named by where they were."""

import re

from notifications.mail import names, transfer
from notifications.mail.files import Found

_SOURCE = re.compile(r"""(\bsrc\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_DATA = re.compile(r"data:(image/(?:png|jpeg|jpg|gif|webp|bmp));base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_AT_MOST = 50


def taken_out(html: str, locations: dict[str, str]) -> tuple[str, list[Found]]:
    """The HTML with all its pictures named by Content-ID, and the files that were written into it (RFC 2397)."""
    found: list[Found] = []

    def named(match: re.Match[str]) -> str:
        source = (match[2] or match[3] or "").strip()
        if source in locations:
            return f'{match[1]}"cid:{locations[source]}"'
        data = _DATA.fullmatch(source) if source[:5].lower() == "data:" and len(found) < _AT_MOST else None
        if data is None:
            return match[0]
        kind = data[1].lower().replace("jpg", "jpeg")
        cid = f"picture-{len(found) + 1}@mail"
        content = transfer.from_base64(data[2].encode("ascii", "replace"))
        found.append(Found(names.made_up(kind), kind, content, content_id=cid))
        return f'{match[1]}"cid:{cid}"'

    if locations or "data:image/" in html.lower():
        html = _SOURCE.sub(named, html)
    return html, found
