"""Answers to a topic's own questions, in the reader's words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tickets.enums import FieldKind
from tickets.models import FieldAnswer, Ticket
from tickets.models.topics import in_readers_language


@dataclass(frozen=True)
class ShownAnswer:
    key: str
    label: str
    value: str


def shown_answers(ticket: Ticket) -> list[ShownAnswer]:
    """The ticket's answers; where their question is gone, as they were kept."""
    answers = FieldAnswer.objects.filter(ticket=ticket).select_related("field")
    return [
        ShownAnswer(answer.key, answer.field.label if answer.field else answer.label, _value(answer))
        for answer in answers
    ]


def _value(answer: FieldAnswer) -> str:
    if answer.field is None:
        return answer.value
    if answer.field.kind == FieldKind.CHECKBOX:
        return _("Yes")
    if answer.field.kind == FieldKind.CHOICE:
        chosen: dict[str, str] = next(
            (choice for choice in answer.field.choices if choice["value"] == answer.value), {}
        )
        return in_readers_language(chosen.get("sv", ""), chosen.get("en", "")) or answer.value
    try:
        if answer.field.kind == FieldKind.DATE:
            return date_format(datetime.fromisoformat(answer.value), "DATE_FORMAT")
        if answer.field.kind == FieldKind.DATE_TIME:
            return date_format(localtime(datetime.fromisoformat(answer.value)), "DATETIME_FORMAT")
    except (ValueError, OverflowError):
        pass
    return answer.value
