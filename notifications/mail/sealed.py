"""What is signed by being wrapped (S/MIME, RFC 8551, 3.5.2): the mail inside a signature, without proving it."""

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_OCTETS, _OCTETS_OF_OCTETS, _EXPLICIT = 0x04, 0x24, 0xA0
_DEEPEST = 4


def signed_inside(content: bytes) -> bytes | None:
    """The content of a CMS SignedData (RFC 5652, 5.2); None where it is something else, or broken.

    The signature is not checked: what comes out is to be believed no more than any other mail.
    """
    start = content.find(_SIGNED_DATA, 0, 64)
    at = content.find(_DATA, start) if start >= 0 else -1
    if at < 0:
        return None
    try:
        return _octets(content, at + len(_DATA), 0)[0]
    except (IndexError, ValueError):
        return None


def _octets(data: bytes, at: int, depth: int) -> tuple[bytes, int]:
    """The bytes of one element, its pieces joined, and where the next one begins (X.690, 8.1 and 8.7)."""
    if depth > _DEEPEST:
        raise ValueError("Nested too deeply")
    kind = data[at]
    length, begin = _length(data, at + 1)
    if kind == _OCTETS and length is not None:
        if begin + length > len(data):
            raise ValueError("Cut")
        return data[begin : begin + length], begin + length
    if kind not in (_OCTETS_OF_OCTETS, _EXPLICIT):
        raise ValueError("No content")
    end = len(data) if length is None else begin + length
    pieces = []
    while begin < end and data[begin : begin + 2] != b"\0\0":
        piece, begin = _octets(data, begin, depth + 1)
        pieces.append(piece)
    return b"".join(pieces), begin + 2 if length is None else end


def _length(data: bytes, at: int) -> tuple[int | None, int]:
    """An element's length, None where its end is marked instead, and where its content begins (X.690, 8.1.3)."""
    first = data[at]
    if first == 0x80:
        return None, at + 1
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size
