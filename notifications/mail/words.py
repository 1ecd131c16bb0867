"""Encoded words in headers (RFC 2047), as they are written rather than as they should be."""

import binascii
import re

from notifications.mail.charsets import decode

# Illegal spaces inside are taken (RFC 2047, 2 forbids them, mailers write them); a language may follow the charset
# (RFC 2231, 5). In Q a question mark may be left as it is, if what ends the word is unmistakable.
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_LOOSE_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([qQ])\?([^\s]{1,998}?)\?=(?=[\s,;<\")]|$)")
_CUT_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\s]*)\??$")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_CONTROLS = dict.fromkeys((*range(32), 127, *range(128, 160), 8232, 8233), " ")


def decoded(text: str) -> str:
    """A header's text with its encoded words decoded, on one line and without control characters."""
    if not text:
        return ""
    # UTF-7 and the like can bring halves of characters, which no database and no socket takes.
    whole = _replaced(text).encode("utf-8", "replace").decode("utf-8")
    return " ".join(whole.translate(_CONTROLS).split())


def _replaced(text: str) -> str:
    if "=?" not in text:
        return text
    found = list(_WORD.finditer(text)) or list(_LOOSE_WORD.finditer(text))
    cut = _CUT_WORD.search(text, found[-1].end() if found else 0)
    if cut:
        found.append(cut)
    pieces: list[str] = []
    waiting, label, end = b"", "", 0
    for word in found:
        between = text[end : word.start()]
        own = word[1].lower()
        if waiting and (own != label or between.strip()):
            pieces.append(decode(waiting, label))
            waiting = b""
        # Space between two encoded words only keeps them apart (RFC 2047, 6.2); a character may be cut between them.
        if between.strip() or not end:
            pieces.append(between)
        waiting, label, end = waiting + _bytes(word[2], word[3]), own, word.end()
    if waiting:
        pieces.append(decode(waiting, label))
    return "".join([*pieces, text[end:]])


def _bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        # Bytes that should have been encoded stay what they are.
        return binascii.a2b_qp(text.replace("_", " ").replace("=\n", "").encode("utf-8", "replace"), header=False)
    letters = _NOT_BASE64.sub("", text)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")
