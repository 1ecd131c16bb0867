"""What was written now, and what a mail only repeats of earlier ones. Quotes are folded away, never deleted."""

import re
from collections.abc import Sequence

from notifications.mail.heads import LONGEST_LINE, head_at
from notifications.mail.quote_words import (
    ABOVE_THIS_LINE,
    BEGINS_ATTRIBUTION,
    FORWARDED_LINE,
    MYSELF,
    ORIGINAL_LINE,
    SENT_FROM,
    WROTE,
)
from notifications.mail.quoting_html import split_html

__all__ = ["split", "split_html"]

LOOKED_AT = 200_000  # characters; what lies behind goes where the text before it went
LINES_LOOKED_AT = 20_000
LINES_OF_ATTRIBUTION = 4

QUOTED = re.compile(r"^\s{0,3}[>＞]")
RULER = re.compile(r"^\s{0,4}[_\-=]{8,}\s*$")
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.")
CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.? [^\W\d]{3,})")


def split(text: str) -> tuple[str, str]:
    """What was written now, and what is quoted: (new, quoted). Every line of the text is in one of them, in its order.

    A quoted block at the end or, below which all of the answer stands, at the beginning is quoted. Answers between
    quotes stay as they lie, with the quotes that they answer. Signatures are not quotes. A mail that only passes on
    another without a word of its own is new as a whole. Linear in the text's length, whatever it says.
    """
    seen, unseen = _looked_at(text)
    lines = seen.split("\n")
    if not any(line.strip() for line in lines):
        return text, ""
    is_quote = _marks(lines)
    start, end = _fold(lines, is_quote)
    if start == end:
        return text.strip("\n"), ""
    if end == len(lines):
        quoted, new = "\n".join(lines[start:]) + unseen, "\n".join(lines[:start])
    else:
        quoted, new = "\n".join(lines[start:end]), "\n".join(lines[:start] + lines[end:]) + unseen
    return new.strip("\n"), quoted.strip("\n")


def _looked_at(text: str) -> tuple[str, str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    end = min(LOOKED_AT, len(text))
    if text.count("\n", 0, end) > LINES_LOOKED_AT:
        end = len("\n".join(text.split("\n", LINES_LOOKED_AT)[:LINES_LOOKED_AT]))
    return text[:end], text[end:]


def _marks(lines: Sequence[str]) -> list[bool]:
    """For each line whether it is quoted: by a mark of its own, or for standing below the head of an earlier mail."""
    marks = [bool(QUOTED.match(line[:8])) for line in lines]
    place = 0
    while place < len(lines):
        if marks[place]:
            place += 1
            continue
        if _begins_the_rest(lines, place):
            return marks[:place] + [True] * (len(lines) - place)
        count = _attribution(lines, place)
        if count:
            below = _next_words(lines, place + count)
            if below < len(lines) and marks[below]:
                marks[place:below] = [True] * (below - place)
                place = below
                continue
            if _is_sure(" ".join(lines[place : place + count])):
                return marks[:place] + [True] * (len(lines) - place)
        place += 1
    return marks


def _begins_the_rest(lines: Sequence[str], place: int) -> bool:
    """Does from this line on everything belong to an earlier mail?"""
    line = lines[place][:LONGEST_LINE]
    if not line.strip():
        return False
    if ORIGINAL_LINE.match(line) or FORWARDED_LINE.match(line):
        return True
    if len(line) < 160 and ABOVE_THIS_LINE.search(line):
        return True
    if RULER.match(line):
        below = _next_words(lines, place + 1)
        return below < len(lines) and head_at(lines, below) is not None
    return head_at(lines, place) is not None


def _attribution(lines: Sequence[str], place: int) -> int:
    """How many lines from here on say who wrote what follows: "Den 5 jan 2026 kl 10:00 skrev Anna:". Nought: none."""
    first = lines[place][:LONGEST_LINE]
    if not first.strip():
        return 0
    together = ""
    for count in range(1, LINES_OF_ATTRIBUTION + 1):
        if place + count > len(lines):
            return 0
        line = lines[place + count - 1][:LONGEST_LINE].strip()
        if not line:
            return 0
        together = f"{together} {line}" if together else line
        if line.rstrip(" \u00a0*_").endswith((":", "：")) and WROTE.search(together):
            return count if _names_somebody(together, count) else 0
        if count == 1 and not (BEGINS_ATTRIBUTION.match(first) or ADDRESS.search(first)):
            return 0
    return 0


def _names_somebody(words: str, count: int) -> bool:
    """One line may be short ("Anna skrev:"); what spreads over several must bear a date or an address to be one."""
    return count == 1 or bool(CLOCK.search(words) or DAY.search(words) or ADDRESS.search(words))


def _is_sure(words: str) -> bool:
    """Is this an attribution even where the quote below bears no marks? A sentence that ends in "skrev:" is not."""
    if MYSELF.search(words) or len(words) > LONGEST_LINE:
        return False
    signs = (CLOCK.search(words), DAY.search(words), ADDRESS.search(words))
    return sum(sign is not None for sign in signs) >= 2 and bool(
        BEGINS_ATTRIBUTION.match(words) or ADDRESS.search(words)
    )


def _next_words(lines: Sequence[str], place: int) -> int:
    """The next line that is not empty; a few empty ones may lie between a head and its quote."""
    last = min(place + 4, len(lines))
    while place < last and not lines[place].strip():
        place += 1
    return place


def _fold(lines: Sequence[str], is_quote: Sequence[bool]) -> tuple[int, int]:
    """From which line up to which the text is to be folded away; nothing where both are the same."""
    blocks = _blocks(lines, is_quote)
    if not blocks:
        return 0, 0
    own = [place for place, line in enumerate(lines) if line.strip() and not is_quote[place]]
    if not own:
        return (0, 0) if _is_passed_on(lines) else (0, len(lines))
    start, end = blocks[-1]
    if own[-1] < start:
        return start, len(lines)
    if _is_signature(lines, end):
        return start, end
    if len(blocks) == 1 and own[0] >= end:
        return 0, end
    return 0, 0


def _blocks(lines: Sequence[str], is_quote: Sequence[bool]) -> list[tuple[int, int]]:
    """The runs of quoted lines, with empty ones between them."""
    blocks: list[tuple[int, int]] = []
    start = last = -1
    for place, line in enumerate(lines):
        if is_quote[place]:
            start = place if start < 0 else start
            last = place
        elif line.strip() and start >= 0:
            blocks.append((start, last + 1))
            start = -1
    if start >= 0:
        blocks.append((start, last + 1))
    return blocks


def _is_passed_on(lines: Sequence[str]) -> bool:
    """Without a word of its own: does the mail pass another one on, rather than send back what it answers?"""
    first = next(place for place, line in enumerate(lines) if line.strip())
    return not QUOTED.match(lines[first][:8]) and not _attribution(lines, first)


def _is_signature(lines: Sequence[str], start: int) -> bool:
    """Is all from here on a signature, below a quote?"""
    rest = [line.strip() for line in lines[start : start + 200] if line.strip()]
    return bool(rest) and (rest[0] == "--" or (len(rest) <= 2 and bool(SENT_FROM.match(rest[0][:LONGEST_LINE]))))
