"""ISO-2022-JP as it is written: with the letters that vendors added, which the standard (RFC 1468) does not have."""

import re

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")


def decoded(data: bytes) -> str:
    """The text, by way of the vendors' own set, where the same letters stand in the same places."""
    pieces: list[str] = []
    shift, begin = b"(B", 0
    for found in _ESCAPE.finditer(data):
        pieces.append(_piece(data[begin : found.start()], shift))
        shift, begin = found[1], found.end()
    return "".join([*pieces, _piece(data[begin:], shift)])


def _piece(data: bytes, shift: bytes) -> str:
    if shift in (b"$@", b"$B"):
        return b"".join(_shifted(data[at : at + 2]) for at in range(0, len(data), 2)).decode("cp932", "replace")
    if shift == b"(I":
        return bytes(byte | 0x80 for byte in data).decode("cp932", "replace")
    if shift == b"$(D":
        return (b"\x1b$(D" + data + b"\x1b(B").decode("iso2022_jp_ext", "replace")
    return data.decode("cp932", "replace")


def _shifted(pair: bytes) -> bytes:
    """A letter's place in JIS X 0208, as Shift JIS writes it; line ends and the like as they are."""
    if len(pair) < 2 or not all(0x21 <= byte <= 0x7E for byte in pair):
        return pair
    row, cell = pair
    first = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    second = cell + ((0x20 if cell >= 0x60 else 0x1F) if row % 2 else 0x7E)
    return bytes((first, second))
