"""The answers one can choose among, as an administrator writes them: one a line, in both languages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.folding import clean_line
from accounts.forms.fields import BodyField
from tickets.field_rules import BETWEEN, MOST_CHOICES


class ChoiceLinesField(BodyField):
    """Lines such as "Brand | Fire", "fire | Brand | Fire" or just "Malmö"; cleans to a FormField's choices."""

    def clean(self, value: Any) -> list[dict[str, str]]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_CHOICES:
            raise forms.ValidationError(
                _("A question can have at most %(limit)d answers to choose among.") % {"limit": MOST_CHOICES}
            )
        return [choice_of(line) for line in lines]


def choice_of(line: str) -> dict[str, str]:
    """One line as a choice. Without a value of its own its first words are the value. Raises ValidationError."""
    parts = [clean_line(part) for part in line.split(BETWEEN)]
    if len(parts) > 3:
        raise forms.ValidationError(_("“%s” has more than three parts. Write: value | Swedish | English") % line[:80])
    if not any(parts):
        raise forms.ValidationError(_("One line has nothing but lines between. Write its words, or take it away."))
    if len(parts) == 3:
        value, swedish, english = parts
    else:
        value, swedish, english = "", parts[0], parts[1] if len(parts) == 2 else ""
    return {"value": value or swedish or english, "sv": swedish, "en": english}


def lines_of(choices: Iterable[dict[str, str]]) -> str:
    """Choices as lines, each as short as it can be."""
    return "\n".join(_line_of(choice) for choice in choices)


def _line_of(choice: dict[str, str]) -> str:
    value, swedish, english = choice["value"], choice.get("sv", ""), choice.get("en", "")
    if value == swedish:
        return f"{swedish} {BETWEEN} {english}" if english else swedish
    return f"{value} {BETWEEN} {swedish} {BETWEEN} {english}".rstrip()
