"""A mail's formatted words, as our pages show them.

They were sanitised when the mail was read (`notifications.mail`), and are once more here: to put the addresses of this
reader's pictures in their places the HTML has to be parsed anyway, and so no page relies on what some row says. What
passes is words, lists, tables, links that lead out, and pictures that came with the very message, each a link to itself
so that it can be seen large; nothing that runs, loads from elsewhere, or takes over the page's looks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import nh3
from django.utils.html import escape
from django.utils.translation import gettext as _

# Hard spaces take nh3 the square of their number in time; a sign that means nothing stands in for them meanwhile.
_STAND_IN = "\ue0a0"
_TAGS = set(
    "p div span br hr wbr b strong i em u s strike del ins sub sup small big mark abbr cite q dfn var samp bdi bdo tt "
    "center address figure figcaption blockquote pre code kbd ul ol li dl dt dd caption a img "
    "table colgroup col thead tbody tfoot tr td th".split()
)
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_ALWAYS = {"img": {"loading": "lazy"}}
_LEADS_OUT = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_NUMBERS = {"colspan": 2, "rowspan": 2, "start": 4, "width": 4, "height": 4}  # digits at most
# A heading or a landmark in a mail is none of the page's.
_HEADING = re.compile(r"<h[1-6]\b[^>]*>", re.IGNORECASE)
_END_OF_HEADING = re.compile(r"</h[1-6]\s*>", re.IGNORECASE)
# As nh3 writes tags: attributes in double quotes, which are escaped inside.
_LINK_OR_PICTURE = re.compile(r'<(?:(?P<a>a)|(?P<end>/a)|(?P<img>img))(?P<attributes>(?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_LANDMARK = re.compile(r"<(/?)(?:main|header|footer|section|article|nav|aside)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Formatted:
    """HTML that may stand in our pages, made by `formatted` and nowhere else. `placed`: the ids of the files shown in
    it."""

    html: str
    placed: frozenset[int]


def formatted(html: str, files: Iterable[Any]) -> Formatted:
    """A message's HTML with its pictures in place: an <img src="cid:…"> gets the `url` of the picture among `files`
    that has this Content-ID (RFC 2392); any other picture is left out, but for its words."""
    pictures = {file.content_id: file for file in files if file.content_id and file.is_image}
    placed: set[int] = set()

    def pass_on(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            picture = pictures.get(unquote(value[4:]).strip("<>")) if value[:4].lower() == "cid:" else None
            if picture is None:
                return None
            placed.add(picture.pk)
            return str(picture.url)
        if name == "href":
            return value if _LEADS_OUT.match(value.strip()) else None
        if name in _NUMBERS:
            return value if value.isascii() and value.isdigit() and len(value) <= _NUMBERS[name] else None
        return value

    plainer = _END_OF_HEADING.sub("</strong></p>", _HEADING.sub("<p><strong>", _LANDMARK.sub(r"<\1div>", html)))
    clean = nh3.clean(
        plainer.replace(_STAND_IN, "").replace("&nbsp;", _STAND_IN).replace("\u00a0", _STAND_IN),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        set_tag_attribute_values=_ALWAYS,
        attribute_filter=pass_on,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
    shown = _with_links(clean.replace(_STAND_IN, "\u00a0"), {escape(one.url): one for one in pictures.values()})
    return Formatted(shown, frozenset(placed))


def _with_links(clean: str, pictures: dict[str, Any]) -> str:
    """Each picture a link to itself, where it stands in none; with its file's name for whoever does not see it, where
    the mail says nothing better."""
    in_link = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal in_link
        if not found["img"]:
            in_link = bool(found["a"])
            return found[0]
        attributes = dict(_ATTRIBUTE.findall(found["attributes"]))
        picture = pictures.get(attributes.get("src", ""))
        if picture is None:
            return found[0]
        if not attributes.get("alt", "").strip():
            attributes["alt"] = escape(_("Picture: %s") % picture.name)
        image = "<img" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"
        return image if in_link else f'<a href="{attributes["src"]}">{image}</a>'

    return _LINK_OR_PICTURE.sub(replaced, clean)
