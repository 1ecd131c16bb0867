"""What was written now, and what a mail only repeats of earlier ones. Quotes are folded away, never deleted."""

import re
from collections.abc import Sequence

from notifications.mail.heads import LONGEST_LINE, head_at
from notifications.mail.marks import is_mark
from notifications.mail.quote_words import (
    ABOVE_THIS_LINE,
    BEGINS_ATTRIBUTION,
    CLOSING,
    FORWARDED_LINE,
    GREETING,
    MYSELF,
    ORIGINAL_LINE,
    SENT_FROM,
    WROTE,
    WROTE_LINE,
)
from notifications.mail.quoting_html import split_html

__all__ = ["attribution_at", "split", "split_html"]

LOOKED_AT = 100_000  # characters; what lies behind goes where the text before it went
LINES_LOOKED_AT = 5_000
LINES_OF_ATTRIBUTION = 4

QUOTED = re.compile(r"^\s{0,3}[>＞]")
RULER = re.compile(r"^\s{0,4}[_\-=]{8,}\s*$")
RULE_ABOVE = re.compile(r"^\s{0,4}[_\-=*]{3,}\s*$")  # a line across the page, as text has it
# As GroupWise writes it: ">>> Anna Ek <anna@firm.test> 2026-01-05 10:00 >>>", and no marks below.
GROUPWISE = re.compile(
    r"^>>> [^\n>]{1,100}(?:<[^<>\s]{1,254}> )?[^\n<>]{0,60}\d{1,2}[:.]\d{2}[^\n<>]{0,12} >>>\s{0,4}$"
)
ENDS_ATTRIBUTION = re.compile(r"(?:[:：]|(?:wrote|skrev|schrieb|a écrit|skriver) ?-{2,20})[\s*_\u00a0]{0,4}$", re.I)
# "2026/1/5 Anna Ek <anna@firm.test>", as Gmail wrote for long; and a link that was cut out of the quote around it.
DATED_SENDER = re.compile(r"^\d{4}[/.-]\d{1,2}[/.-]\d{1,2},? [^<>]{0,100}<[^<>\s@]{1,64}@[^<>\s]{1,253}>$")
ANGLED = re.compile(r"[<(][^<>()\s@]{1,64}@[^<>()\s]{1,253}[>)]")
# Marks that only turn the reading, around every name in Hebrew and Arabic.
TURNS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
LONE_LINK = re.compile(r"^\s{0,8}[<(\[]?(?:https?://|mailto:)[^\s<>]{1,900}[>)\]]?(?: >)?$", re.I)
# An answer and "On Mon, 5 Jan 2026 at 10:00, Anna wrote:" in one line, as some phones leave it.
SHARED_LINE = re.compile(
    r"(?<=[^\s>-])[ \t]{1,8}(?=(?:-{3} )?On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, |\d{1,4}[ ./-])"
    r"[^\n]{8,200}(?<= )wrote:[ \t]{0,4}\n\s{0,4}>)|(?<=\w)(?=--- On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), "
    r"[^\n]{8,200}(?<= )wrote:[ \t]{0,4}\n\s{0,4}>)"
)
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.")
CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.? [^\W\d]{3,})")


def split(text: str) -> tuple[str, str]:
    """What was written now, and what is quoted: (new, quoted). Every line of the text is in one of them, in its order.

    A quoted block at the end or, below which all of the answer but a greeting stands, at the beginning is quoted.
    Answers between quotes stay as they lie, with the quotes that they answer. Signatures are not quotes. A mail that
    only passes on another without a word of its own is new as a whole. Linear in the text's length, whatever it says.
    """
    seen, unseen = _looked_at(text)
    lines = SHARED_LINE.sub("\n", seen).split("\n")
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
    for place in range(1, len(lines) - 1):
        if marks[place - 1] and marks[place + 1] and LONE_LINK.match(lines[place][:LONGEST_LINE]):
            marks[place] = True
    place = 0
    while place < len(lines):
        if marks[place] and not GROUPWISE.match(lines[place][:LONGEST_LINE]):
            place += 1
            continue
        if marks[place] or _begins_the_rest(lines, place):
            return marks[:place] + [True] * (len(lines) - place)
        count = _attribution(lines, place)
        if count:
            below = _next_words(lines, place + count)
            if below < len(lines) and marks[below]:
                marks[place:below] = [True] * (below - place)
                place = below
                continue
            if _is_sure(_together(lines, place, count)):
                return marks[:place] + [True] * (len(lines) - place)
        place += 1
    return marks


def _begins_the_rest(lines: Sequence[str], place: int) -> bool:
    """Does from this line on everything belong to an earlier mail?"""
    line = lines[place][:LONGEST_LINE]
    if not line.strip():
        return False
    if ORIGINAL_LINE.match(line) or FORWARDED_LINE.match(line) or WROTE_LINE.match(line):
        return True
    if len(line) < 160 and (is_mark(line) or ABOVE_THIS_LINE.match(line)):
        return True
    if RULE_ABOVE.match(line):
        below = _next_words(lines, place + 1)
        return below < len(lines) and head_at(lines, below) is not None
    return head_at(lines, place) is not None


def _attribution(lines: Sequence[str], place: int) -> int:
    """How many lines from here on say who wrote what follows: "Den 5 jan 2026 kl 10:00 skrev Anna:". Nought: none."""
    if not lines[place].strip():
        return 0
    together = ""
    for count, line in enumerate(lines[place : place + LINES_OF_ATTRIBUTION], start=1):
        part = TURNS.sub("", line[:LONGEST_LINE]).strip()
        if not part:
            return 0
        together = f"{together} {part}" if together else part
        if ENDS_ATTRIBUTION.search(part) or DATED_SENDER.match(together):
            return count if _names_somebody(together, count) else 0
        if count == 1 and not (BEGINS_ATTRIBUTION.match(part) or ADDRESS.search(part) or _says_when(part)):
            return 0
    return 0


def _together(lines: Sequence[str], place: int, count: int) -> str:
    return " ".join(TURNS.sub("", line[:LONGEST_LINE]) for line in lines[place : place + count])


def _says_when(words: str) -> bool:
    return bool(CLOCK.search(words) and DAY.search(words))


def attribution_at(lines: Sequence[str], place: int) -> tuple[str, int]:
    """The line that surely says who wrote what follows, if one stands here, and how many lines it takes; ("", 0)."""
    count = _attribution(lines, place)
    words = _together(lines, place, count)
    return (words, count) if count and _is_sure(words) else ("", 0)


def _names_somebody(words: str, count: int) -> bool:
    """One line may be short ("Anna skrev:"); without the word, or over several lines, it must bear more."""
    address, clock, day = ADDRESS.search(words), CLOCK.search(words), DAY.search(words)
    if WROTE.search(words):
        return count == 1 or any((address, clock, day))
    return bool(address) or bool(clock and day)


def _is_sure(words: str) -> bool:
    """Is this an attribution even where the quote below bears no marks? A sentence that ends in "skrev:" is not."""
    if MYSELF.search(words) or len(words) > LONGEST_LINE:
        return False
    clock, day, address = CLOCK.search(words), DAY.search(words), ADDRESS.search(words)
    if clock and day and ANGLED.search(words):  # in whatever language, or without a word at all
        return True
    if not WROTE.search(words):  # "2026-01-05 11:28 GMT+01:00 anna@firm.test:"
        return bool(clock and day and address) and words[:1].isdigit()
    return sum(map(bool, (clock, day, address))) >= 2 and bool(BEGINS_ATTRIBUTION.match(words) or address)


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
    if len(blocks) == 1:
        before = [place for place in own if place < start]
        if not before:
            return 0, end
        if len(before) == 1 and GREETING.match(lines[before[0]][:LONGEST_LINE]):
            return start, end
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
    line = lines[first].lstrip("> ")[:LONGEST_LINE]
    if FORWARDED_LINE.match(line):
        return True
    return not QUOTED.match(lines[first][:8]) and not _attribution(lines, first)


def _is_signature(lines: Sequence[str], start: int) -> bool:
    """Is all from here on, below a quote, a signature, or what a mailing list adds?"""
    rest = [line.strip()[:LONGEST_LINE] for line in lines[start : start + 200] if line.strip()]
    if not rest:
        return False
    if rest[0] == "--" or (len(rest) <= 8 and (RULER.match(rest[0]) or CLOSING.match(rest[0]))):
        return True
    return len(rest) <= 2 and bool(SENT_FROM.match(rest[0]))
