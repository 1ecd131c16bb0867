"""Content-Transfer-Encoding: what a part's bytes are once unwrapped. A wrong label leaves them as they are."""

import binascii
import re

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_TIDIED = 2_000_000
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(code for code in range(256) if code not in _LETTERS)
_PADDED = re.compile(rb"=+")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,250})\r*$", re.MULTILINE)
_UU_END = re.compile(rb"^(?:end|====)[ \t]*\r*$", re.MULTILINE)
UUENCODED = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


def name_of(header: str) -> str:
    """The encoding a header names: "base64" in `Base64; (as usual)`."""
    found = _NAME.search(header.lower())
    return found[0] if found else ""


def unwrap(data: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        has_spaces = len(data) < _TIDIED and (b"= " in data or b"=\t" in data)
        return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data) if has_spaces else data)
    if encoding == "base64":
        return from_base64(data)
    if encoding in UUENCODED:
        found = uuencoded(data)
        return found[0][1] if found else data
    return data


def from_base64(data: bytes) -> bytes:
    """Decoded; text that only claims to be base64 as it is. A boundary that was not declared ends it."""
    if b"\n--" in data:
        data = data[: data.index(b"\n--")]
    if not looks_like_base64(data):
        return data
    try:
        if b"=" not in data.rstrip(b"\r\n\t =-") or len(data) > 10_000_000:
            return binascii.a2b_base64(data)
    except (binascii.Error, ValueError):
        pass
    return b"".join(_tolerantly(piece) for piece in _PADDED.split(data) if piece)


def _tolerantly(data: bytes) -> bytes:
    letters = data.translate(None, delete=_OTHERS)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def looks_like_base64(data: bytes) -> bool:
    sample = data[:4000].strip()
    if not sample:
        return True
    words = sample.split()
    other = len(sample.translate(None, delete=_LETTERS + b"=\r\n\t "))
    # Sentences have short words; encoded lines are long, but for the last.
    return other * 10 < len(sample) + 40 and (len(words) < 4 or sum(map(len, words)) / len(words) > 15)


def uuencoded(data: bytes) -> list[tuple[str, bytes, int, int]]:
    """The files between `begin 644 name` and `end` in a text: name, content, and where they stand."""
    found: list[tuple[str, bytes, int, int]] = []
    position = 0
    while len(found) < 100 and (begin := _UU_BEGIN.search(data, position)):
        end = _UU_END.search(data, begin.end())
        if end is None:
            break
        content = _uu_lines(data[begin.end() : end.start()].strip(b"\r\n"), begin[0].startswith(b"begin-base64"))
        if content is not None:
            found.append((begin[1].decode("utf-8", "replace").strip(), content, begin.start(), end.end()))
            position = end.end()
        else:
            position = begin.end()
    return found


def _uu_lines(data: bytes, is_base64: bool) -> bytes | None:
    """None where it is no uuencoded file after all."""
    if is_base64:
        return from_base64(data)
    pieces = []
    for line in data.splitlines():
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders write too many bytes: what counts is the length in the first letter.
            needed = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                pieces.append(binascii.a2b_uu(line[:needed]))
            except binascii.Error:
                return None
    return b"".join(pieces)
