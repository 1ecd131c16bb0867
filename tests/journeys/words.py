"""The product's own texts, so that a journey names what a reader presses in either language without repeating it."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation.trans_real import translation as catalogue_of


def words(language: str, text: str, context: str = "", **values: Any) -> str:
    """What the product says in `language` for one of its texts. Fails for a text that it does not have."""
    key = f"{context}\x04{text}" if context else text
    assert key in catalogue_of("sv")._catalog, f"the product has no text {text!r} (any more), or no Swedish for it"
    with translation.override(language):
        said = pgettext(context, text) if context else gettext(text)
    return " ".join((said % values if values else said).split())


def counted(language: str, one: str, many: str, count: int, **values: Any) -> str:
    with translation.override(language):
        return ngettext(one, many, count) % {"counter": count, **values}
