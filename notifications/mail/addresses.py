"""Addresses in headers (RFC 5322, 3.4), read without being fooled: who is named, and whether that is certain."""

import re
from dataclasses import dataclass

from notifications.mail import limits, words

# An encoded word stays whole, whatever is left unencoded in it.
_WORD = re.compile(
    r'=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=|"(?:[^"\\]|\\.)*"|\\.|[()<>,;:"]|(?:(?!=\?)[^()<>,;:"\\])+|=', re.DOTALL
)
# From the beginning of a word only: else a long word without an @ would be tried from each of its letters.
_ADDRESS = re.compile(
    r"""(?<![^\s@<>()\[\],;:"\\])(?:[^\s@<>()\[\],;:"\\]+|"(?:[^"\\\x00-\x1f]|\\.){1,64}")@(?:[^\s@<>()\[\],;:"'\\]+|\[[0-9A-Fa-f.:IPv]+\])"""
)
_SCHEME = re.compile(r"(?:mailto|smtp):", re.IGNORECASE)
_LONGEST = 254  # RFC 5321, 4.5.3.1.3
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Named:
    """An address and the name beside it. `is_certain`: nothing else in it could be read as another address."""

    address: str
    name: str = ""
    is_certain: bool = True


def addresses_in(header: str) -> list[Named]:
    """Every address in a header, in order; at most `limits.ADDRESSES`. What bears none is left out."""
    found: list[Named] = []
    for piece in _divided(header):
        named = piece.read()
        if named is not None:
            found.append(named)
        if len(found) >= limits.ADDRESSES:
            break
    return found


def certain_sender(headers: list[str]) -> Named | None:
    """Who wrote a mail, by its From headers; None where that cannot be said for certain: with two headers or two
    addresses (RFC 5322, 3.6 and 3.6.2 allow several authors, but no answer can be for one of them), or with one
    address dressed up as another."""
    if len(headers) != 1:
        return None
    # Some encode the whole header, where only a name may be (RFC 2047, 5).
    found = addresses_in(headers[0]) or addresses_in(words.decoded(headers[0]))
    distinct = {named.address.lower() for named in found}
    if len(distinct) != 1 or not all(named.is_certain for named in found):
        return None
    names = [named.name for named in found if named.name]
    if len(found) == 1:
        # "Berg, Eva <eva@…>" without quotes: what stands before the comma is part of the name.
        names = [_whole_name(headers[0], found[0])]
    return Named(found[0].address, names[0] if names else "")


def name_in(headers: list[str]) -> str:
    """The name a mail gives its sender, who may not be certain."""
    return next((named.name for header in headers for named in addresses_in(header) if named.name), "")


@dataclass
class _Piece:
    """What stands between two commas."""

    words: list[str]
    quoted: list[bool]
    written: list[str]
    comments: list[str]
    angled: list[str]

    def read(self) -> Named | None:
        bare = " ".join(word for word, quoted in zip(self.words, self.quoted, strict=True) if not quoted)
        if self.angled:
            inside = [address for text in self.angled if (address := _bare(text))]
            if not inside:
                return None
            outside = {found.strip("'").lower() for found in _ADDRESS.findall(bare)} - {inside[0].lower()}
            name = words.decoded(" ".join(self.words)) or words.decoded(" ".join(self.comments))
            certain = len({address.lower() for address in inside}) == 1 and not outside
            return Named(inside[0], _plain(name), certain)
        whole = "".join(self.written).strip()
        if whole.startswith('"') and len(whole) <= _LONGEST and _ADDRESS.fullmatch(whole):  # a quoted local part
            return Named(whole, _plain(words.decoded(" ".join(self.comments))))
        found = _ADDRESS.findall(" ".join(self.words) if not bare.strip() or "@" not in bare else bare)
        found = [address for address in found if len(address) <= _LONGEST]
        if not found:
            return None
        name = " ".join(word for word in [*self.words, *self.comments] if found[0] not in word)
        return Named(_end_cut(found[0]), _plain(words.decoded(name)), len(set(found)) == 1)


class _Divider:
    """Cuts a header at its commas; comments, quoted text and angle brackets are never cut. Groups are dissolved."""

    def __init__(self) -> None:
        self.pieces = [_Piece([], [], [], [], [])]
        self.comment: list[str] = []
        self.depth = 0
        self.inside: list[str] | None = None

    def take(self, word: str) -> None:
        if self.depth or word == "(":
            self._comment(word)
        elif self.inside is not None:
            self._angled(word)
        elif word == "<":
            self.inside = []
        elif word in ",;":
            self.pieces.append(_Piece([], [], [], [], []))
        elif word == ":" and not self.pieces[-1].angled:
            self.pieces[-1] = _Piece([], [], [], [], [])  # the name of a group
        elif word.strip():
            self._said(word)

    def _comment(self, word: str) -> None:
        self.depth += (word == "(") - (word == ")")
        self.comment.append(word)
        if not self.depth:
            self.pieces[-1].comments.append("".join(self.comment[1:-1]))
            self.comment = []

    def _angled(self, word: str) -> None:
        if self.inside is not None and word != ">":
            self.inside.append(word if word != "<" or "".join(self.inside).strip() else "")
            return
        self.pieces[-1].angled.append("".join(self.inside or []))
        self.inside = None

    def _said(self, word: str) -> None:
        is_quoted = word.startswith('"') and len(word) > 1
        self.pieces[-1].words.append(_ESCAPED.sub(r"\1", word[1:-1]) if is_quoted else word.strip())
        self.pieces[-1].quoted.append(is_quoted)
        self.pieces[-1].written.append(word)


def _divided(header: str) -> list[_Piece]:
    divider = _Divider()
    for word in _WORD.findall(header[: limits.HEADER_BYTES]):
        divider.take(word)
    if divider.inside is not None:
        divider.take(">")
    return divider.pieces


def _bare(text: str) -> str:
    """The address between angle brackets, without the route that obsolete mails write before it."""
    plain = text.strip()
    if plain.startswith("@") and ":" in plain:
        plain = plain.rpartition(":")[2]
    plain = _end_cut(_SCHEME.sub("", plain).strip("'"))
    plain = plain[1:-1] if plain[:1] == '"' == plain[-1:] else plain
    return plain if _ADDRESS.fullmatch(plain) and len(plain) <= _LONGEST else ""


def _end_cut(address: str) -> str:
    return address.rstrip(".")


def _plain(name: str) -> str:
    return " ".join(name.split()).strip("'\" ")[:200]


def _whole_name(header: str, named: Named) -> str:
    before = header.partition("<")[0] if "<" in header else ""
    if "," in before and '"' not in before and "@" not in before and ":" not in before:
        return _plain(words.decoded(before))
    return named.name
