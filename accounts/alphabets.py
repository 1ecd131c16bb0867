"""Addresses that look like another one: letters of several alphabets in one word, or of one that passes for Latin."""

import unicodedata

from accounts.folding import fold_address

# Letters that most typefaces draw like a Latin one (Unicode's confusables, those of Cyrillic and Greek in small).
_LIKE_LATIN = frozenset("асԁеԛһіјӏоорԗгѕуԝхѵԍьαγινορτυχωϲϳ")


def foreign_letter(text: str) -> str:
    """The first letter that is not Latin; empty when there is none."""
    return next((char for char in text if char.isalpha() and _alphabet(char) != "LATIN"), "")


def looks_like_another(domain: str) -> bool:
    """Whether a label of the domain mixes alphabets, or is written all in letters that pass for Latin ones.

    A domain in its ASCII form (xn--…) is read as it is shown.
    """
    return any(_label_misleads(label) for label in shown_domain(domain).split("."))


def shown_domain(domain: str) -> str:
    """The domain with its letters, as mail programs show it."""
    labels = fold_address(f"x@{domain}").rpartition("@")[2].split(".")
    return ".".join(_shown(label) for label in labels)


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _label_misleads(label: str) -> bool:
    letters = [char for char in label if char.isalpha()]
    alphabets = {_alphabet(char) for char in letters}
    if len(alphabets) > 1 and not alphabets <= _WRITTEN_TOGETHER:
        return True
    return bool(letters) and alphabets != {"LATIN"} and all(char in _LIKE_LATIN for char in letters)


_WRITTEN_TOGETHER = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "LATIN"}


def _alphabet(char: str) -> str:
    return unicodedata.name(char, "UNKNOWN").split()[0].split("-")[0]
