"""Sanitised HTML as plain text: what a reader of the page would read, quotes marked as mails mark them."""

import re
from html import unescape

_PIECE = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^">]|"[^"]*")*)>|([^<]+)|<')
_HREF = re.compile(r'\shref="([^"]*)"')
_BLOCKS = frozenset(
    "address blockquote center dd div dl dt figure figcaption footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre "
    "section table tbody tfoot thead tr ul".split()
)
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote"})
_SPACES = re.compile(r"[ \t\n\r\f]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_DEEPEST = 20


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quote = 0
        self.pre = 0
        self.lists: list[int | None] = []
        self.links: list[tuple[str, int]] = []
        self.is_fresh = True  # nothing on this line yet

    def text(self, text: str) -> None:
        if self.pre:
            first, *rest = unescape(text).replace("\r", "").split("\n")
            self.add(first)
            for line in rest:
                self.end_line()
                self.add(line)
            return
        plain = unescape(_SPACES.sub(" ", text)).replace("\xa0", " ")
        if self.is_fresh or (self.line and self.line[-1].endswith(" ")):
            plain = plain[1:] if plain.startswith(" ") else plain
        self.add(plain)

    def add(self, text: str) -> None:
        if text:
            self.line.append(text)
            self.is_fresh = False

    def end_line(self) -> None:
        marks = ">" * min(self.quote, _DEEPEST)
        text = "".join(self.line).rstrip()
        self.lines.append(f"{marks} {text}".rstrip() if marks else text)
        self.line = []
        self.is_fresh = True

    def begin_block(self, *, apart: bool) -> None:
        if self.line:
            self.end_line()
        if apart and self.lines and self.lines[-1].strip(">"):
            self.end_line()

    def open(self, tag: str, rest: str) -> None:
        if tag == "br":
            self.end_line()
        elif tag == "hr":
            self.begin_block(apart=False)
            self.add("---")
            self.end_line()
        elif tag in ("td", "th"):
            if self.line:
                self.add(" ")
        elif tag == "a":
            href = _HREF.search(rest)
            self.links.append((unescape(href[1]) if href else "", len(self.line)))
        elif tag in _BLOCKS:
            self.begin_block(apart=tag in _APART and not (self.lists and tag in ("ul", "ol", "p")))
            self._enter(tag)

    def _enter(self, tag: str) -> None:
        if tag == "blockquote":
            self.quote += 1
        elif tag == "pre":
            self.pre += 1
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            number = self.lists[-1] if self.lists else None
            self.add("  " * max(len(self.lists[:_DEEPEST]) - 1, 0) + (f"{number}. " if number else "- "))
            if number:
                self.lists[-1] = number + 1
            self.is_fresh = True

    def close(self, tag: str) -> None:
        if tag == "a" and self.links:
            self._end_link(*self.links.pop())
        elif tag in _BLOCKS:
            self.begin_block(apart=False)
            if tag == "blockquote":
                self.quote = max(self.quote - 1, 0)
            elif tag == "pre":
                self.pre = max(self.pre - 1, 0)
            elif tag in ("ul", "ol") and self.lists:
                self.lists.pop()
            if tag in _APART and not (self.lists and tag in ("ul", "ol", "p")):
                self.begin_block(apart=True)

    def _end_link(self, href: str, begun: int) -> None:
        """The address of a link, where its words do not say it."""
        words = "".join(self.line[begun:]).strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:")
        if bare and words and href.startswith(("http", "mailto:")) and not _same(words, bare):
            self.add(f" <{bare}>")


def text_of(html: str) -> str:
    """The text of HTML that `sanitising.sanitised` has made well-formed."""
    writer = _Writer()
    for closes, tag, rest, text in _PIECE.findall(html):
        if text:
            writer.text(text)
        elif closes:
            writer.close(tag)
        elif tag:
            writer.open(tag, rest)
    writer.end_line()
    return _EMPTY_LINES.sub("\n\n", "\n".join(writer.lines)).strip("\n")


def _same(words: str, address: str) -> bool:
    def plain(text: str) -> str:
        return re.sub(r"^https?://(www\.)?|/$", "", text.strip().lower()).removeprefix("www.")

    return plain(words) == plain(address) or plain(address).partition("?")[0] == plain(words)
