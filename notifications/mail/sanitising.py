"""HTML from a mail, made harmless: no script, style, form or frame, and nothing is fetched when it is looked at."""

import re
from collections import Counter
from html import unescape

import nh3

_TAGS = frozenset(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em "
    "figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small "
    "span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr".split()
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "class", "id"},
    "a": {"href"},
    "blockquote": {"type", "cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "tr": {"align", "valign"},
}
# Only the marks by which mailers set off what they quote; any other class or id could borrow the portal's own looks.
_QUOTE_MARKS = frozenset(
    "gmail_quote gmail_quote_container gmail_attr gmail_extra gmail_signature moz-cite-prefix moz-forward-container "
    "yahoo_quoted yahoo-quoted-begin protonmail_quote zmail_extra tutanota_quote OutlookMessageHeader "
    "WordSection1 AppleMailQuote divRplyFwdMsg appendonsend mail-editor-reference-message-container "
    "OLK_SRC_BODY_SECTION ms-outlook-mobile-reference-message isForwardContent isReplyContent".split()
)
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_NUMBER = re.compile(r"\d{1,4}")
_PICTURE = re.compile(r'<img((?:[^">]|"[^"]*")*)>')
_SOURCE = re.compile(r'\ssrc="([^"]*)"')
_ALTERNATIVE = re.compile(r'\salt="([^"]*)"')
_DEEPEST = 300
_ELEMENTS = 60_000
# Hard spaces take nh3 the square of their number in time; a sign that means nothing stands in for them meanwhile.
_HARD_SPACE = re.compile("\u00a0|&nbsp;?|&#160;|&#x0*a0;", re.I)
_STAND_IN = "\ue0a0"
_REFERENCES = 50_000
_ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_END_OF_COMMENT = re.compile(r"--!?>")
_ANY_TAG = re.compile(r"<[^<>]*>")
# Without content, or ended by the next of their kind.
_NEVER_DEEP = frozenset(
    "area base br col dd dt embed frame hr img input li link meta option p param source tbody td th "
    "tr track wbr".split()
)
_CID = re.compile(r'<img(?:[^">]|"[^"]*")*?\ssrc="cid:([^"]*)"')
_DROPPED = {"script", "style", "title", "head", "noscript", "template", "object", "iframe", "svg", "math", "select"}


def sanitised(html: str) -> str:
    """HTML that can be shown: pictures only those that came with the mail (`cid:`); a remote one leaves its words."""
    clean = nh3.clean(
        _HARD_SPACE.sub(_STAND_IN, html.replace("\x00", "").replace(_STAND_IN, "")),
        tags=set(_TAGS),
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return _PICTURE.sub(_picture, clean.replace(_STAND_IN, "\u00a0"))


def is_too_deep(html: str) -> bool:
    """Whether elements are nested, or left open, so deep that reading them takes the square of it in time; so do very
    many character references one after another."""
    if _HARD_SPACE.sub(" ", html).count("&") > _REFERENCES or html.count("<") > _ELEMENTS:
        return True
    opened: Counter[str] = Counter()
    depth = 0
    for closes, name in _ELEMENT.findall(_without_comments(html)):
        tag = name.lower()
        if tag in _NEVER_DEEP:
            continue
        if not closes:
            opened[tag] += 1
            depth += 1
        elif opened[tag]:
            opened[tag] -= 1
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False


def _without_comments(html: str) -> str:
    """Outlook hides several hundred elements from other programs in one. What is never closed hides nothing here."""
    kept, place = [], 0
    while (start := html.find("<!--", place)) >= 0 and (end := _END_OF_COMMENT.search(html, start + 2)):
        kept.append(html[place:start])
        place = end.end()
    return "".join([*kept, html[place:]])


def words_of(html: str) -> str:
    """The words of HTML that is too deep to be read as HTML."""
    return "\n".join(line for text in unescape(_ANY_TAG.sub("\n", html)).split("\n") if (line := text.strip()))


def pictures_in(html: str) -> list[str]:
    """The Content-IDs of the pictures that sanitised HTML shows in place."""
    return [_plain(found) for found in _CID.findall(html)]


def _kept(tag: str, name: str, value: str) -> str | None:
    if name in ("class", "id"):
        return next((mark for mark in value.split() if mark in _QUOTE_MARKS), None)
    if name == "src":
        return value if value.lower().startswith("cid:") else None
    if name == "href":
        return None if value.lower().startswith("cid:") else value
    if name == "cite":
        return None
    if name in ("width", "height", "colspan", "rowspan", "span", "start", "value"):
        return value if _NUMBER.fullmatch(value) else None
    return value


def _picture(found: re.Match[str]) -> str:
    if _SOURCE.search(found[1]):
        return found[0]
    words = _ALTERNATIVE.search(found[1])
    return words[1].replace("<", "&lt;").replace(">", "&gt;") if words else ""


def _plain(attribute: str) -> str:
    return attribute.replace("&amp;", "&")
