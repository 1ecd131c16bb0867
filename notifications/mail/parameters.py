"""Content-Type and Content-Disposition: a value and its parameters (RFC 2045, 5.1; continuations by RFC 2231)."""

import re
from urllib.parse import unquote_to_bytes

from notifications.mail import charsets, words

_PARAMETER = re.compile(r""";?\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""", re.DOTALL)
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NO_SEMICOLON = re.compile(r"\s*([A-Za-z][^\s=\"();]{0,100})\s+([A-Za-z-]{1,30}\*?\s*=.*)", re.DOTALL)
_AT_MOST = 200


def value_and_parameters(header: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=utf-8` → ("text/plain", {"charset": "utf-8"}). Names in lower case; the first of a name
    counts; values decoded."""
    value, _semicolon, rest = header.partition(";")
    if forgotten := _NO_SEMICOLON.match(value):
        value, rest = forgotten[1], f"{forgotten[2]};{rest}"
    plain = _COMMENT.sub("", value).strip().strip("\"'").lower()
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for number, found in enumerate(_PARAMETER.finditer(rest)):
        if number >= _AT_MOST:
            break
        name = _PIECE.fullmatch(found[1].lower())
        if name:
            place = int(name[2] or 0)
            pieces.setdefault(name[1], {}).setdefault(place, (_unquoted(found[2]), bool(name[3])))
            if name[3] and not name[2]:
                pieces[name[1]] = {0: (_unquoted(found[2]), True)}  # RFC 2231 says more than what it stands beside
    return plain, {name: _joined(parts) for name, parts in pieces.items()}


def _unquoted(value: str) -> str:
    plain = value.strip()
    if plain.startswith('"'):
        # A Windows path is not escaped by those who write one.
        inner = plain[1:].removesuffix('"')
        return inner if re.match(r"[A-Za-z]:\\|\\\\", inner) else _ESCAPED.sub(r"\1", inner)
    return plain.strip("'") if plain[:1] == "'" == plain[-1:] else plain


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    ordered = [parts[place] for place in sorted(parts)]
    if not any(encoded for _value, encoded in ordered):
        return words.decoded("".join(value for value, _encoded in ordered))
    label = ""
    data = b""
    for place, (value, encoded) in enumerate(ordered):
        text = value
        if encoded and place == 0 and text.count("'") >= 2:
            label, _language, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return charsets.decode(data, label)
