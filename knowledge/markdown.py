"""Markdown as our pages show it: parsed by markdown-it without any HTML of the writer's, then sanitised by nh3.

What passes is headings (one level below the page's own), paragraphs, lists, tables, quotes, code, emphasis, links, and
pictures that are the text's own files, written `![words](file:12)`. Nothing loads from elsewhere.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from accounts.folding import fold_text

LONGEST = 100_000  # characters; what is beyond is not read
GAP = "[…]"  # stands in a draft where something that may be somebody's was left out
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
_PARSER.validateLink = lambda url: True  # type: ignore[method-assign]  # `file:` is ours; what may stay is judged below
_LINKS = MarkdownIt("zero", {"html": False}).enable("link")
_TAGS = set(
    "p br hr strong em s blockquote pre code ul ol li a img table thead tbody tr th td h2 h3 h4 h5 h6 div".split()
)
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "div": {"class", "tabindex"},
    "h2": {"id"},
    "h3": {"id"},
}
_LEADS_ON = re.compile(r"(?:https?://|mailto:|tel:|/(?![/\\])|#)", re.IGNORECASE)
_NO_WORD = re.compile(r"[^a-z0-9]+")
_FILE = re.compile(r"file:(\d{1,18})\Z")
_NAMED = re.compile(r"file:(\d{1,18})(?!\d)")
_WIDE = '<div class="article__wide" tabindex="0">'  # a wide table is scrolled by itself, also with the keyboard


@dataclass(frozen=True)
class Heading:
    level: int  # 2 or 3
    anchor: str
    words: str


@dataclass(frozen=True)
class Rendered:
    """HTML that may stand in our pages, made by `render` and nowhere else."""

    html: str
    headings: tuple[Heading, ...] = ()


def render(text: str, files: Mapping[int, str] | None = None) -> Rendered:
    """The text as HTML. `files`: the addresses of the files it may show, by their ids; other pictures are left out,
    but for their words."""
    tokens = _PARSER.parse(text[:LONGEST])
    headings = _lower(tokens)
    addresses = files or {}
    known = set(addresses.values())
    for token in (child for one in tokens for child in (one, *(one.children or ()))):
        found = _FILE.match(str(token.attrs.get("src") or token.attrs.get("href") or ""))
        if found:
            token.attrs["src" if token.type == "image" else "href"] = addresses.get(int(found[1]), "")
        if token.type == "image":
            token.attrs["loading"] = "lazy"

    def pass_on(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if value in known else None
        return _led_on(tag, name, value)

    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    html = html.replace("<table>", f"{_WIDE}<table>").replace("</table>", "</table></div>")
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=pass_on,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return Rendered(clean, tuple(headings))


def render_line(text: str) -> Rendered:
    """A line whose links lead on, written `[words](/help/address/)`; all other marks are what they are."""
    html = _LINKS.renderInline(text[:LONGEST])
    clean = nh3.clean(
        html, tags={"a"}, attributes={"a": {"href"}}, attribute_filter=_led_on, link_rel="noopener noreferrer"
    )
    return Rendered(clean)


def files_named(text: str) -> set[int]:
    """The ids of the files a text names, whether as pictures or as links."""
    return {int(found) for found in _NAMED.findall(text)}


def plain(text: str) -> str:
    """The words alone, for searching and for mails as text: no marks, one line a block."""
    tree = SyntaxTreeNode(_PARSER.parse(text[:LONGEST]))
    blocks = (_words(node) for node in tree.walk() if node.type in ("inline", "fence", "code_block"))
    return "\n".join(block for block in blocks if block)


def _led_on(tag: str, name: str, value: str) -> str | None:
    return value if name != "href" or _LEADS_ON.match(value.strip()) else None


def _words(node: SyntaxTreeNode) -> str:
    parts = (one for one in node.walk() if one.type in ("text", "code_inline", "fence", "code_block", "softbreak"))
    return "".join(" " if one.type == "softbreak" else one.content for one in parts).strip()


def _lower(tokens: list[Token]) -> list[Heading]:
    """Headings begin one level below the page's own, whichever mark the writer begins with; the first two levels get
    an anchor."""
    found: list[Heading] = []
    highest = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    times: Counter[str] = Counter()
    for position, token in enumerate(tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        level = min(int(token.tag[1]) - highest + 2, 6)
        token.tag = f"h{level}"
        if token.type == "heading_open" and level <= 3:
            words = _words(SyntaxTreeNode([tokens[position + 1]]))
            anchor = _NO_WORD.sub("-", fold_text(words)).strip("-") or "part"
            times[anchor] += 1
            anchor = f"part-{anchor}" + (f"-{times[anchor]}" if times[anchor] > 1 else "")
            token.attrs["id"] = anchor
            found.append(Heading(level, anchor, words))
    return found
