"""Where in an HTML mail the earlier mail begins: by the marks mail programs leave, not by reading its words."""

import re

LOOKED_AT = 2_000_000
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,15})\b([^<>]{0,2000})>")
HIDDEN = (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"), ("<title", "</title"))
VOID = frozenset("br hr img input meta link area base col embed source track wbr".split())

# What Gmail, Yahoo, Outlook, Thunderbird, Apple Mail, Proton, Tuta, Zoho, QQ and GMX put on the element.
MARKS = re.compile(
    r"gmail_quote|gmail_attr|gmail_extra|yahoo_quoted|divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|moz-cite-prefix|"
    r"moz-forward-container|protonmail_quote|tutanota_quote|zmail_extra|zmail_quote|stopSpelling|"
    r"mail-editor-reference-message|"
    r"ms-outlook-mobile-reference-message|isForwardContent|isReplyContent|gmx_quote|WhoWroteThis|AppleMailQuote|"
    r"type=[\"']?cite|replyforwardmessage|ForwardedMessage|email_quote|quoted-text|wrote-header|BlockquoteReply",
    re.I,
)
NOT_BESIDE = re.compile(r"gmail_signature|ms-outlook-mobile-signature", re.I)
# Outlook's line above From/Sent/To, in a reply from the desktop: a div with a border on top and nothing else.
OUTLOOK_RULE = re.compile(
    r"border:\s?none;\s?border-top:\s?solid\s?#?[0-9a-z]{3,12} 1\.0pt;\s?padding:\s?3\.0pt 0[a-z]{0,2} 0", re.I
)
WORDS = re.compile(r"<[^<>]*>|-->|&nbsp;|&#160;|&zwnj;|[\s\u00a0\u200b\u200c>]")


def split_html(html: str) -> tuple[str, str]:
    """The HTML of what was written now, and of what is quoted: (new, quoted). ("…", "") where no mail program's mark
    is found, or where answers stand between the quotes.

    Both are pieces as they stood in the source, elements left open or closed too often: only for a parser that mends
    them, as a browser's or a sanitiser's does. Linear in the length.
    """
    seen = html[:LOOKED_AT]
    for opened, closed in HIDDEN:
        seen = _blanked(seen, opened, closed)
    place = _quote(seen)
    if place is None:
        return html, ""
    start, end = place
    if _says_something(seen[end:]):
        if _says_something(seen[:start]) or _quote(seen[end:]) is not None:
            return html, ""  # answers between the quotes: they stay as they lie
        return html[:start] + html[end:], html[start:end]
    if not _says_something(seen[:start]):
        return html, ""
    return html[:start], html[start:]


def _quote(html: str) -> tuple[int, int] | None:
    """From where to where the first marked element reaches; to the end where it only marks where the quote begins."""
    for tag in TAG.finditer(html):
        if tag[1] or NOT_BESIDE.search(tag[3]):
            continue
        if OUTLOOK_RULE.search(tag[3]):
            return tag.start(), len(html)
        if MARKS.search(tag[3]):
            return tag.start(), _end_of_quotes(html, tag)
    return None


def _end_of_quotes(html: str, tag: re.Match[str]) -> int:
    """The end of the element, and of the marked ones that follow it at once: "… wrote:" and then the quote."""
    if tag[2].lower() in VOID or re.search(r"RplyFwdMsg|appendonsend|stopSpelling|reference-message", tag[3], re.I):
        return len(html)
    end = _end_of_element(html, tag)
    while True:
        following = TAG.search(html, end)
        if following is None or following[1] or _says_something(html[end : following.start()]):
            return end
        if not MARKS.search(following[3]):
            if following[2].lower() not in {"br", "div", "p", "span"}:
                return end
            if following[2].lower() == "br":
                end = following.end()
                continue
            return end
        end = _end_of_element(html, following)


def _end_of_element(html: str, opened: re.Match[str]) -> int:
    name, depth = opened[2].lower(), 1
    for tag in TAG.finditer(html, opened.end()):
        if tag[2].lower() == name and not tag[3].endswith("/"):
            depth += -1 if tag[1] else 1
            if depth == 0:
                return tag.end()
    return len(html)


def _says_something(html: str) -> bool:
    body = re.split(r"<body\b[^<>]*>", html, maxsplit=1, flags=re.I)[-1]
    return bool(WORDS.sub("", body))


def _blanked(html: str, opened: str, closed: str) -> str:
    """What no reader sees becomes as many blanks: places stay what they were. What is never closed hides nothing."""
    low, kept, place = html.lower(), [], 0
    if len(low) != len(html):  # a letter that is two in lower case
        low = html
    while (start := low.find(opened, place)) >= 0 and (end := low.find(closed, start)) >= 0:
        kept.append(html[place:start] + " " * (end - start))
        place = end
    return "".join(kept) + html[place:]
