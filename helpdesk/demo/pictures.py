"""A picture for a demo mail, drawn here: a panel with one lamp lit."""

import struct
import zlib

WIDTH, HEIGHT = 240, 120
GREY, DARK, RED = (214, 218, 224), (58, 66, 78), (200, 46, 40)


def panel() -> bytes:
    """A PNG (ISO/IEC 15948) of one colour a pixel."""
    rows = b"".join(b"\0" + b"".join(bytes(_colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _colour(x: int, y: int) -> tuple[int, int, int]:
    if 20 <= x < 140 and 20 <= y < 60:
        return DARK
    return RED if (x - 190) ** 2 + (y - 40) ** 2 < 15**2 else GREY


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
