"""What is kept of what people search for: words alone, never what names or reaches somebody."""

import re
import unicodedata

from accounts.folding import clean_line

LONGEST = 100
_ADDRESS = re.compile(r"\S*@\S*")
# Telephones, personal and account numbers, as people write them: six digits or more, with what they put between.
_DIGITS = re.compile(r"(?:\d[\s().+/:–-]*){6,}", re.ASCII)
_EDGES = ".,;:!?\"'()[]+-–/ "


def countable(words: str) -> str:
    """The words as they are counted: in small letters, at most LONGEST characters, without mail addresses and long
    numbers; empty where nothing is left that says what was looked for."""
    plain = unicodedata.normalize("NFKC", clean_line(words)).lower()
    text = _tidy(_DIGITS.sub(" ", _tidy(_ADDRESS.sub(" ", plain))))  # tidied first: marks must not part a number
    kept = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]
    return kept if any(char.isalpha() for char in kept) else ""


def _tidy(text: str) -> str:
    return " ".join(part for part in (word.strip(_EDGES) for word in text.split()) if part)
