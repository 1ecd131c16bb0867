"""The charset of a text that says nothing of it, or nothing true: only where most letters are beyond ASCII, as they are
in no text in Latin letters."""

import re
from collections.abc import Callable

_SAMPLE = 4000
_MOST = 0.6
# A word of these alone, in whatever order, is German or from the north rather than what else its bytes can be.
_NORTHERN = set("åäöÅÄÖüÜßæøÆØéÉ".encode("latin-1"))
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_SMALL_CYRILLIC = re.compile("[\u0430-\u044f\u0451]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")


def _share(pattern: re.Pattern[str], text: str) -> float:
    beyond = sum(1 for char in text if ord(char) > 0x7F) or 1
    return len(pattern.findall(text)) / beyond


def _is_japanese(text: str) -> bool:
    return _share(_KANA, text) > 0.3 and _share(_HALF_WIDTH, text) < 0.1


def _is_korean(text: str) -> bool:
    return _share(_HANGUL, text) > 0.85


def _is_chinese(text: str) -> bool:
    return _share(_HAN, text) > 0.6


def _is_cyrillic(text: str) -> bool:
    # The two Cyrillic sets swap capitals and small letters with each other; texts are mostly small.
    return _share(_CYRILLIC, text) > 0.9 and _share(_SMALL_CYRILLIC, text) > 0.6


# In this order: Chinese bytes make Korean or Japanese words only by chance, and never as many.
_CANDIDATES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("cp932", _is_japanese),
    ("euc_jp", _is_japanese),
    ("cp949", _is_korean),
    ("koi8-r", _is_cyrillic),
    ("cp1251", _is_cyrillic),
    ("gb18030", _is_chinese),
    ("big5hkscs", _is_chinese),
)


def likely_charset(data: bytes) -> str:
    """Python's name of the charset; empty where the text gives no reason to take one."""
    sample = data[:_SAMPLE]
    letters = _LETTER.findall(sample)
    if {byte for byte in sample if byte > 0x7F} <= _NORTHERN:
        return ""
    if sum(letter > b"\x7f" for letter in letters) < _MOST * len(letters) or len(letters) < 6:
        return ""
    for name, fits in _CANDIDATES:
        text = sample.decode(name, "replace")
        if text.count("\ufffd") <= 1 and fits(text):
            return name
    return ""
