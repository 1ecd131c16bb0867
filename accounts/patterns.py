"""Patterns that administrators write and strangers' texts are held against.

They run in RE2, which takes time in proportion to the text whatever the pattern: none of them can be made to take for
ever. Its syntax is that of the usual regular expressions, without look-around and back-references.
"""

from functools import lru_cache
from typing import Any

import re2

LONGEST = 200  # characters of a pattern
MEMORY = 1 << 16  # bytes a compiled pattern may take: the larger it is, the longer each text takes


class PatternError(ValueError):
    """The pattern is not one; the message says why, in English, as RE2 does."""


def check_pattern(pattern: str) -> None:
    """Raise PatternError unless `pattern` can be used."""
    if len(pattern) > LONGEST:
        raise PatternError(f"longer than {LONGEST} characters")
    _compiled(pattern, False)


def fits_wholly(pattern: str, text: str) -> bool:
    """Whether the whole of `text` is as the pattern says. Raises PatternError."""
    return _compiled(pattern, False).fullmatch(text) is not None


def is_found_in(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in `text`, in upper or lower case. Raises PatternError."""
    return _compiled(pattern, True).search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str, ignoring_case: bool) -> Any:
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = MEMORY, False, not ignoring_case
    try:
        return re2.compile(pattern, options)
    except re2.error as wrong:
        said = wrong.args[0] if wrong.args else ""
        raise PatternError(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from None
