"""Which files are pictures a browser may show: decided by their first bytes, never by name or claimed type."""


def picture_type(head: bytes) -> str | None:
    """The media type of a PNG, JPEG, GIF or WebP picture from its first 12 bytes or more; None for all else.

    SVG is left out on purpose: it is a document that can run scripts.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return None
