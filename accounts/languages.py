"""Texts a portal keeps in both languages."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def in_readers_language(swedish: str, english: str) -> str:
    """The text in the reader's language, or in the other one where it is missing."""
    first, second = (swedish, english) if (get_language() or "").startswith("sv") else (english, swedish)
    return first or second


def foreign_language(swedish: str, english: str) -> str:
    """The language of what `in_readers_language` gives, where it is not the reader's own; else empty."""
    is_swedish = (get_language() or "").startswith("sv")
    own, other = (swedish, english) if is_swedish else (english, swedish)
    return ("en" if is_swedish else "sv") if other and not own else ""


def in_quotes(words: object) -> str:
    """Words in the quotation marks of the reader's language."""
    return _("“%s”") % words
