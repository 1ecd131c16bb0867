"""The head of an earlier mail inside a text: From, Sent, To, Subject, as Outlook, phones and webmail write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.mail.quote_words import KIND_OF_LABEL

LONGEST_LINE = 400  # more of a line says nothing about what kind of line it is
MOST_LINES = 14
LABEL = re.compile(r"^[\s|*_]{0,6}([^\s:*：][^:*：]{0,24}?)[ *\u00a0]{0,3}[:：][ *_\u00a0\t]{0,8}(.*)$")


@dataclass(frozen=True)
class Head:
    """Where a head stands (lines `start` up to and without `end`) and what its labels say, by kind."""

    start: int
    end: int
    says: dict[str, str]


def label_of(line: str) -> tuple[str, str] | None:
    """What kind of label a line bears ("from", "sent", "to", "subject") and what stands behind it."""
    found = LABEL.match(line[:LONGEST_LINE])
    if found is None:
        return None
    kind = KIND_OF_LABEL.get(found[1].strip().lower())
    return (kind, found[2].strip(" *\u00a0")) if kind else None


def head_at(lines: Sequence[str], start: int, is_announced: bool = False) -> Head | None:
    """The head that begins in this line, or None.

    It must begin with who wrote, when or to whom, and say who wrote, and either when and about what, or an address and
    two things more: "Från: Lund, Till: Umeå, Datum: 3 maj" is a journey, not a mail. Below a line that announces a
    mail (`is_announced`) it may begin with any label.
    """
    first = label_of(lines[start])
    if first is None or (not is_announced and first[0] == "subject"):
        return None
    says: dict[str, str] = {}
    end, strangers, kind = start, 0, ""
    for place in range(start, min(start + MOST_LINES, len(lines))):
        line = lines[place]
        labelled = label_of(line)
        if labelled is not None:
            kind = labelled[0]
            if kind == "from" and says.get(kind):
                break
            says.setdefault(kind, labelled[1])
            end, strangers = place + 1, 0
        elif line.strip():
            strangers += 1
            if strangers > 1 or len(says) >= 4:
                break
            if not says.get(kind):  # the value stands in the line below its label
                says[kind] = line.strip()[:LONGEST_LINE]
                end, strangers = place + 1, 0
        elif len(says) >= 3 and "subject" in says:
            break
    return Head(start, end, says) if _is_of_a_mail(says) else None


def _is_of_a_mail(says: dict[str, str]) -> bool:
    if not says.get("from"):
        return False
    if "sent" in says and "subject" in says:
        return True
    return len(says) >= 3 and any("@" in value for value in says.values())
