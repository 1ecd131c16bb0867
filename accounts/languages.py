"""Texts a portal keeps in both languages."""

from django.utils.translation import get_language


def in_readers_language(swedish: str, english: str) -> str:
    """The text in the reader's language, or in the other one where it is missing."""
    first, second = (swedish, english) if (get_language() or "").startswith("sv") else (english, swedish)
    return first or second
