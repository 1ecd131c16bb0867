"""A mail that was passed on: who wrote it first, and what it said. An agent passes a customer's mail on to the desk."""

import re

from notifications.mail.glances import ADDRESS
from notifications.mail.heads import Head, head_at
from notifications.mail.parsed import Forwarded
from notifications.mail.quote_words import FORWARDED_LINE, ORIGINAL_LINE
from notifications.mail.quoting import attribution_at

LINES_LOOKED_AT = 400
LOOKED_AT = 200_000

# "VB:", "Fwd:", "WG:", "TR:" …: by which mail programs say that a mail is passed on, in front of its subject.
FORWARD_SUBJECT = re.compile(
    r"^\s{0,4}(?:\[[^\]]{1,40}\]\s{0,2})?(?:fwd?|vb|vs|videresend|redir\.|vl|wg|tr|rv|i|enc|doorst|pd|ilt|fs|转发|轉寄|"
    r"пересл)"
    r"\s?(?:\[\d+\])?\s?[:：]",
    re.I,
)
QUOTE_MARK = re.compile(r"^\s?> ?", re.M)
MAILTO = re.compile(r"mailto:([^\"'?>\s]{3,320})", re.I)


def forwarded_in(subject: str, text: str, html: str) -> Forwarded | None:
    """The mail that was passed on in this one, None where none was.

    `text` is the whole text. It is one where a line says so ("---------- Forwarded message", "Begin forwarded
    message:"), or where the subject does and a head of From, Sent and Subject follows. `sender` is the bare address in
    that head, empty where it shows only a name; then `html` is asked, where the name is a link. Nothing of it proves
    anything: it is text that the sender could have changed.
    """
    lines = text[:LOOKED_AT].replace("\r\n", "\n").split("\n")
    head, quoted = _head(lines[:LINES_LOOKED_AT], bool(FORWARD_SUBJECT.match(subject[:100])))
    if head is None:
        return _below_attribution(subject, lines[:LINES_LOOKED_AT])
    name, address = _who(head.says.get("from", ""))
    body = "\n".join(lines[head.end :]) + text[LOOKED_AT:]
    if quoted:
        body = QUOTE_MARK.sub("", body)
    return Forwarded(
        sender=address or _linked(html, name),
        sender_name=name,
        subject=head.says.get("subject", "")[:998],
        text=body.strip("\n"),
    )


def _head(lines: list[str], subject_says_so: bool) -> tuple[Head | None, bool]:
    """The head of the mail passed on, and whether it stands behind quote marks, as Apple Mail writes it."""
    plain = [QUOTE_MARK.sub("", line) for line in lines]
    for place, line in enumerate(plain):
        if FORWARDED_LINE.match(line[:200]) or (subject_says_so and ORIGINAL_LINE.match(line[:200])):
            below = next((at for at in range(place + 1, len(plain)) if plain[at].strip()), None)
            head = None if below is None else head_at(plain, below, is_announced=True)
            if head is not None:
                return head, lines[head.start].lstrip().startswith(">")
        if subject_says_so and (head := head_at(plain, place)) is not None:
            return head, lines[place].lstrip().startswith(">")
    return None, False


def _below_attribution(subject: str, lines: list[str]) -> Forwarded | None:
    """As Outlook on a Mac writes it: `Den 9 jan 10:00 skrev "Anna Ek" <anna@…> följande:`"""
    says_so = FORWARD_SUBJECT.match(subject[:100])
    if says_so is None:
        return None
    for place in range(len(lines)):
        words, count = attribution_at(lines, place)
        found = {address.lower() for address in ADDRESS.findall(words)}
        if len(found) == 1:
            name = re.search(r"[\"“„«]([^\"“”»]{1,200})[\"“”»]", words)
            body = "\n".join(QUOTE_MARK.sub("", line) for line in lines[place + count :]).strip("\n")
            return Forwarded(found.pop(), name[1].strip() if name else "", subject[says_so.end() :].strip(), body)
    return None


def _who(value: str) -> tuple[str, str]:
    """`Anna Ek <anna@firm.test>`, `Anna Ek [mailto:anna@firm.test]`, `anna@firm.test<mailto:…>` → name and address."""
    value = value.replace("mailto:", " ")
    addresses = {found.strip(".").lower() for found in ADDRESS.findall(value)}
    if len(addresses) != 1:
        return ("", "") if addresses else (value.strip(" \"'*")[:200], "")
    name = re.split(r"[<\[(]", value, maxsplit=1)[0].strip(" \"'*,")
    return ("" if "@" in name else name[:200]), addresses.pop()


def _linked(html: str, name: str) -> str:
    """The address behind the name in the head's HTML."""
    if not name or not html:
        return ""
    place = html.find(name)
    while place >= 0:
        near = MAILTO.search(html, max(0, place - 300), place + len(name) + 300)
        if near:
            found = ADDRESS.search(near[1])
            return found[0].strip(".").lower() if found else ""
        place = html.find(name, place + len(name))
    return ""
