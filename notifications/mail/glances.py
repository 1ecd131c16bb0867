"""A short look at a message's headers and its words: enough to judge it by, whatever is wrong with it."""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

LONGEST_HEADER = 2_000
MOST_PARTS = 200
ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]@]{1,64}@[^\s<>\"'(),:;\[\]@]{1,253}")


def header(message: Message, name: str) -> str:
    """The first header of that name in one line, encoded words read, cut at a length nobody needs more of."""
    value = message.get(name)
    return "" if value is None else _in_one_line(str(value))


def headers(message: Message, name: str, most: int = 20) -> list[str]:
    """All headers of that name, the topmost first: the last server to touch the mail wrote it."""
    return [_in_one_line(str(value)) for value in message.get_all(name, [])[:most]]


def address_in(words: str) -> str:
    """The last thing that looks like an address: `boss@corp.test <x@evil.test>` is x's."""
    found = ADDRESS.findall(words[:LONGEST_HEADER])
    return found[-1].strip(".").lower() if found else ""


def parts_of(message: Message) -> Iterator[Message]:
    """The message and its parts in their order, those of mails inside it too; never more than MOST_PARTS, and without
    recursion, so that no nesting is too deep."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        yield part
        inside = part.get_payload()
        if isinstance(inside, list):
            waiting.extend(reversed([one for one in inside if isinstance(one, Message)]))


def first_text(message: Message, most: int) -> str:
    """The beginning of the first text/plain part, in whatever charset, for recognising what a machine says."""
    for part in parts_of(message):
        if part.get_content_type() == "text/plain":
            return words_of(part, most)
    return ""


def words_of(part: Message, most: int) -> str:
    """A part's content as text, cut. Charsets are guessed in the plainest way: only ASCII words are looked for."""
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return ""
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw[:most].decode("utf-8")
    except UnicodeDecodeError:
        return raw[:most].decode("latin-1")


def _in_one_line(value: str) -> str:
    line = " ".join(value[:LONGEST_HEADER].split())
    if "=?" not in line:
        return line
    try:
        return "".join(_decoded(word, charset) for word, charset in decode_header(line))
    except (HeaderParseError, ValueError):
        return line


def _decoded(word: bytes | str, charset: str | None) -> str:
    if isinstance(word, str):
        return word
    try:
        return word.decode(charset or "utf-8", "replace")
    except LookupError:
        return word.decode("latin-1")
