"""What somebody else has changed while a form was open, beside what was typed in it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from knowledge.comparing import Part, difference

SEEN = "seen"


@dataclass(frozen=True)
class Differing:
    """One field in which theirs and yours are not the same; `parts` lead from theirs to yours."""

    label: str
    parts: tuple[Part, ...]


def ask_seen(form: forms.Form, mark: str) -> None:
    """Let a form remember what its writer had read when they began."""
    form.fields[SEEN] = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    form.initial = {**form.initial, SEEN: mark}


def show_both(form: forms.Form, theirs: forms.Form) -> list[Differing]:
    """What is different between what was typed and what stands there now (`theirs`: a new form of it). Whoever saves
    the form now has been shown both, and means it."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data[SEEN] = theirs.initial[SEEN]  # type: ignore[index]
    both = ((field, _in_words(theirs[field.name]), _in_words(field)) for field in form.visible_fields())
    return [Differing(str(field.label), difference(there, here)) for field, there, here in both if there != here]


def _in_words(field: BoundField) -> str:
    """What a field says, as somebody reads it."""
    value, choices = field.value(), getattr(field.field, "choices", None)
    if choices is not None:
        chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
        return ", ".join(str(label) for key, label in choices if str(key) in chosen and label)
    shown: Any = field.field.widget.format_value(value)
    text = str(shown or "").strip().replace("\r\n", "\n")
    return text.replace("T", " ") if isinstance(field.field, forms.DateTimeField) else text
