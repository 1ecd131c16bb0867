"""Bytes to text, whatever they claim to be: a wrong or unknown label makes text that can be read, never an error."""

import codecs
import re

from notifications.mail import guessing, japanese

_NAMES = {
    # What mailers write, and what they mean. The Windows sets are supersets of those they are confused with.
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "euc-cn": "gb18030",
    "x-euc-cn": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "x-ansi": "cp1252",
    "ansi": "cp1252",
    "windows1252": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "cp-850": "cp850",
    "x-unknown": "",
    "unknown-8bit": "",
    "unknown": "",
    "us-ascii": "",
    "ascii": "",
    "default": "",
    "8bit": "",
    "binary": "",
}
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
# Sets of one byte a character: any bytes are valid in them, so that the label proves nothing against UTF-8.
_ONE_BYTE = re.compile(r"(cp125\d|iso8859[_-]\d+|mac[_-]\w+|cp8\d\d|koi8[_-]\w)", re.ASCII)
# UTF-8 is valid in some of these, too, but text in them is hardly ever valid UTF-8.
_SEVERAL_BYTES = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "euc_kr", "iso2022_jp_ext"})
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\(D)")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_C1 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


def decode(data: bytes, label: str = "") -> str:
    """The text in `data`, which says it is in the charset `label`. Never raises."""
    for mark, name in _BOMS:
        if data.startswith(mark) and (name == "utf-8-sig" or len(data) % 2 == 0):
            return data.decode(name, "replace")
    name = codec_named(label)
    if data.isascii() and b"\x1b" not in data and name != "utf-7" and not name.startswith(("utf-16", "utf-32", "hz")):
        return data.decode("ascii")
    if not name or _ONE_BYTE.fullmatch(name):
        found = _strictly(data, "utf-8")
        if found is not None and b"\x1b" not in data:
            return found
    if name in _SEVERAL_BYTES and (found := _strictly(data, "utf-8")) and sum(char > "\x7f" for char in found) > 1:
        return found
    if name in ("", "cp1252") and (likely := guessing.likely_charset(data)):
        return data.decode(likely, "replace")
    if name:
        found = _strictly(data, name)
        if found is not None:
            return found
    return _guessed(data, name)


def codec_named(label: str) -> str:
    """Python's name for a charset, empty for one that does not exist, or that says nothing."""
    plain = label.strip(" \t\"'").lower().removeprefix("charset=").replace(" ", "")
    plain = plain.removeprefix("3d").strip("\"'")
    if plain in _NAMES:
        return _NAMES[plain]
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return ""
    is_charset = getattr(found, "_is_text_encoding", True) and found.name not in _NO_CHARSETS
    return _NAMES.get(found.name, found.name) if is_charset else ""


def in_html(data: bytes) -> str:
    """The charset an HTML page says it is in; empty where it does not say."""
    found = _META.search(data[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError, LookupError):
        return None


def _guessed(data: bytes, name: str) -> str:
    """What the bytes look like, when they are not what they say."""
    if _ISO_2022.search(data):
        return japanese.decoded(data)
    found = _strictly(data, "utf-8")
    if found is not None:
        return found
    if name and _mostly_right(data, name):
        return data.decode(name, "replace")
    if _mostly_right(data, "utf-8"):
        return data.decode("utf-8", "replace")
    likely = guessing.likely_charset(data)
    return data.decode(likely, "replace") if likely else _as_windows(data)


def _mostly_right(data: bytes, name: str) -> bool:
    """Whether only a few bytes are wrong in it, as where a text was cut in the middle of a character."""
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, ValueError, LookupError):
        return False
    wrong = text.count("\ufffd")
    right = sum(1 for char in text if ord(char) > 0x7F) - wrong
    return wrong * 4 <= right


def _as_windows(data: bytes) -> str:
    text = data.decode("cp1252", "replace")
    return text if "\ufffd" not in text else data.decode("latin-1").translate(_C1)
