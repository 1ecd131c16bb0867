"""Answers to a form's questions: how they are kept, and how they are said in the reader's words."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.folding import fold_text
from tickets.enums import FieldAccess, FieldKind, MessageKind
from tickets.models import Attachment, FieldAnswer, FormField, Message, Ticket

SAID_BY_CHOICES = (FieldKind.CHOICE, FieldKind.CHOICES)


@dataclass(frozen=True)
class ShownAnswer:
    key: str
    label: str
    value: str
    url: str = ""  # of the file, where a file was the answer


def with_colon(label: str) -> str:
    """A label as it stands before its value: a question has its own mark already."""
    return str(label) if str(label).endswith(("?", "!", ":")) else f"{label}:"


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


def mark_of(value: str) -> str:
    """A short mark of a kept answer, by which a page tells what it showed."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def shown_answers(
    ticket: Ticket, *, staff: bool = True, file_url: Callable[[Attachment], str] | None = None
) -> list[ShownAnswer]:
    """The ticket's answers as they were asked for, in the reader's language; internal ones for staff only. Files get
    the address under which this reader reaches them."""
    answers = FieldAnswer.objects.filter(ticket=ticket)
    if not staff:
        answers = answers.exclude(access=FieldAccess.INTERNAL)
    rows = list(answers)
    urls = _file_urls(ticket, file_url) if file_url and any(row.kind == FieldKind.FILE for row in rows) else {}
    return [ShownAnswer(row.key, row.label, value_in_words(row), urls.get((row.key, row.value), "")) for row in rows]


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


def _file_urls(ticket: Ticket, file_url: Callable[[Attachment], str]) -> dict[tuple[str, str], str]:
    """The addresses of the files that answer questions, by key and name. They hang on the ticket's first message:
    nobody who takes part later puts another file behind an answer."""
    first = Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY).order_by("pk").values("pk")[:1]
    files = Attachment.objects.filter(message__in=first).exclude(field_key="").order_by("-pk")  # of two, the first
    return {(file.field_key, file.name): file_url(file) for file in files}


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
