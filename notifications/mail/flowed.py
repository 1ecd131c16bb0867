"""Text as it was typed, where a mailer broke its lines for transport (RFC 3676, format=flowed)."""

import re

_QUOTES = re.compile(r">*")


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Lines that end in a space go on in the next one of the same quote; the separator of signatures never does."""
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        marks = _QUOTES.match(line)
        depth = marks.end() if marks else 0
        body = line[depth:]
        if body.startswith(" "):
            body = body[1:]  # space-stuffed (RFC 3676, 4.4)
        flows = body.endswith(" ") and body != "-- "
        if flows and delsp:
            body = body[:-1]
        if open_depth is not None and open_depth == depth and body != "-- ":
            lines[-1] += body
        else:
            lines.append(f"{'>' * depth} {body}" if depth else body)
        open_depth = depth if flows else None
    return "\n".join(lines)
