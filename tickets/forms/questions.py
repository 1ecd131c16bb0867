"""A form's own questions as form fields, and their answers as they are kept."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.forms.fields import LineField
from tickets.enums import FieldKind, Need
from tickets.forms.fields import BodyField
from tickets.models import FormField


def form_field(question: FormField) -> forms.Field:
    """The form field that asks a topic's question."""
    shared: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": question.need == Need.ALWAYS,
        "error_messages": {"required": _("Answer this question.")},
    }
    if question.kind == FieldKind.LONG_TEXT:
        return BodyField(rows=4, **shared)
    if question.kind == FieldKind.CHOICE:
        shared["error_messages"]["invalid_choice"] = _("Choose one of the answers in the list.")
        return forms.ChoiceField(choices=[("", _("Choose …")), *_choices(question)], **shared)
    if question.kind == FieldKind.CHECKBOX:
        return forms.BooleanField(**shared)
    if question.kind == FieldKind.NUMBER:
        shared["error_messages"]["invalid"] = _("Write a number, such as 12 or 3.5.")
        return forms.DecimalField(max_digits=20, decimal_places=6, **shared)
    if question.kind == FieldKind.DATE:
        shared["error_messages"]["invalid"] = _("Write a date, such as 2026-11-21.")
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared)
    if question.kind == FieldKind.DATE_TIME:
        shared["error_messages"]["invalid"] = _("Write a date and a time, such as 2026-11-21 14:30.")
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **shared)
    return LineField(max_length=200, **shared)


def kept_answer(value: Any) -> str:
    """An answer as text: dates in ISO 8601, a checkbox as "yes" or nothing."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return "" if value is None else str(value)


def _choices(question: FormField) -> list[tuple[str, str]]:
    language = "sv" if (get_language() or "").startswith("sv") else "en"
    return [
        (choice["value"], choice.get(language) or choice.get("sv") or choice.get("en") or choice["value"])
        for choice in question.choices
    ]
