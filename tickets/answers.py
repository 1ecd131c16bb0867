"""Answers to a form's questions: how they are kept, and how they are said in the reader's words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.folding import fold_text
from tickets.enums import FieldAccess, FieldKind
from tickets.models import FieldAnswer, FormField, Ticket

SAID_BY_CHOICES = (FieldKind.CHOICE, FieldKind.CHOICES)


@dataclass(frozen=True)
class ShownAnswer:
    key: str
    label: str
    value: str


def kept_answer(ticket: Ticket, field: FormField, value: str) -> FieldAnswer:
    """An answer with its question as it is asked now, not saved yet."""
    words = _words(field, value)
    return FieldAnswer(
        ticket=ticket,
        field=field,
        key=field.key,
        kind=field.kind,
        access=field.access,
        label_sv=field.label_sv,
        label_en=field.label_en,
        value=value,
        words_sv=words[0],
        words_en=words[1],
        search_key=fold_text(" ".join({*words, value}))[:400] if field.is_searchable else "",
    )


def shown_answers(ticket: Ticket, *, staff: bool = True) -> list[ShownAnswer]:
    """The ticket's answers as they were asked for, in the reader's language; internal ones for staff only."""
    answers = FieldAnswer.objects.filter(ticket=ticket)
    if not staff:
        answers = answers.exclude(access=FieldAccess.INTERNAL)
    return [ShownAnswer(answer.key, answer.label, value_in_words(answer)) for answer in answers]


def value_in_words(answer: FieldAnswer) -> str:
    """What was answered, as the reader says it."""
    if answer.kind == FieldKind.CHECKBOX:
        return _("Yes")
    if answer.kind in SAID_BY_CHOICES:
        return answer.words
    try:
        if answer.kind == FieldKind.DATE:
            return date_format(datetime.fromisoformat(answer.value), "DATE_FORMAT")
        if answer.kind == FieldKind.DATE_TIME:
            return date_format(localtime(datetime.fromisoformat(answer.value)), "DATETIME_FORMAT")
    except (ValueError, OverflowError):
        pass
    return answer.value


def _words(field: FormField, value: str) -> tuple[str, str]:
    if field.kind not in SAID_BY_CHOICES:
        return "", ""
    choices = {choice["value"]: choice for choice in field.choices}
    said = [choices.get(one, {}) | {"value": one} for one in value.splitlines()]
    swedish, english = (
        ", ".join(choice.get(first) or choice.get(second) or choice["value"] for choice in said)
        for first, second in (("sv", "en"), ("en", "sv"))
    )
    return swedish, english
