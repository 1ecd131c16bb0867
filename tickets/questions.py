"""Which of a form's questions are asked, and of whom. No database here."""

from collections.abc import Iterable, Mapping
from enum import Enum

from accounts.models import User
from tickets.enums import FieldAccess, FieldKind, Need
from tickets.models import FormField

NO_QUESTION = (FieldKind.HEADING,)  # kinds that only say something


class Asked(Enum):
    """Whom a form asks."""

    KNOWN = "known"  # signed in, with an organisation
    UNKNOWN = "unknown"
    STAFF = "staff"


def asked_person(person: User | None) -> Asked:
    """What a customer who files is to us: known only with an organisation (T15)."""
    return Asked.KNOWN if person is not None and person.organisation_id else Asked.UNKNOWN


def may_answer(question: FormField, asked: Asked) -> bool:
    """Whether an answer is taken from this side; staff answer everything."""
    return asked == Asked.STAFF or question.access == FieldAccess.CUSTOMER


def must_answer(question: FormField, asked: Asked) -> bool:
    """Whether the form is not taken without an answer, if the question is asked at all."""
    if question.kind in NO_QUESTION or not may_answer(question, asked):
        return False
    if asked == Asked.STAFF and question.access != FieldAccess.CUSTOMER:
        return False  # staff often know it later; `is_required_to_close` says when at the latest
    return question.need == Need.ALWAYS or (question.need == Need.UNKNOWN and asked == Asked.UNKNOWN)


def values_of(kind: str, value: str) -> tuple[str, ...]:
    """A kept answer as the values it consists of: several choices are kept one a line."""
    if kind == FieldKind.CHOICES:
        return tuple(value.splitlines())
    return (value,) if value else ()


def holds(question: FormField, given: Mapping[int, str], kinds: Mapping[int, str]) -> bool:
    """Whether the condition of one question holds. `given` are the answers to the questions asked so far, by id; one
    that is not there was not asked, and nothing that depends on it is."""
    if question.depends_on_id is None:
        return True
    if question.depends_on_id not in given:
        return False
    values = values_of(kinds[question.depends_on_id], given[question.depends_on_id])
    return any(value in question.depends_values for value in values)


def asked_questions(questions: Iterable[FormField], answers: Mapping[str, str]) -> list[FormField]:
    """Those of a form's questions, in their order, that are asked where these answers are given, by key. A question
    that depends on one that is not asked, or stands behind it, is not asked either."""
    given: dict[int, str] = {}
    kinds: dict[int, str] = {}
    asked = []
    for question in questions:
        if holds(question, given, kinds):
            asked.append(question)
            given[question.pk], kinds[question.pk] = answers.get(question.key, ""), question.kind
    return asked
