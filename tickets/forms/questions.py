"""A form's own questions among the fields of a page's form, and their answers as they are kept."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.forms.choosing import offered_organisations
from accounts.languages import in_quotes
from accounts.models import Organisation, Site
from accounts.uploading import safe_file_name
from tickets.enums import FieldKind
from tickets.forms.fields import AnswerFileField
from tickets.forms.kinds import Surroundings, choices_of, field_for, initial_of
from tickets.models import FormField
from tickets.questions import NO_QUESTION, Asked, asked_questions, may_answer, must_answer

PREFIX = "field_"
SITES_OFFERED = 1000


@dataclass(frozen=True)
class Condition:
    """When a question is asked: for the page's script, and in words for who has none."""

    on: str  # the name of the field it depends on
    values: str  # as JSON
    words: str


class QuestionsMixin(forms.Form):
    """Asks a form's questions, each as `field_<key>`.

    What depends on another answer is asked only where that was given: else it is neither required nor kept, whatever
    was posted, and an error in it is none. The page's script hides it; without one the page says when it is asked.
    """

    questions: Sequence[FormField] = ()
    asked_keys: Collection[str] = ()  # of the questions that were asked, as this form was answered

    def ask(
        self,
        questions: Sequence[FormField],
        asked: Asked,
        *,
        around: Surroundings | None = None,
        kept: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        required: Collection[str] | None = None,
        beside: Mapping[FormField, str] | None = None,
    ) -> None:
        """Add the questions that are asked of this side.

        `kept` are the answers there are, by key, and `files` the names of files already sent; without `kept` the form
        begins with the defaults. `required` are the keys that have to be answered, in place of what each question says.
        `beside` are questions of the same form that are not asked here, with their answers: others may depend on them.
        """
        self.beside = dict(beside or {})
        self.questions = []
        known = {question.pk: question for question in self.beside}
        for question in questions:
            if not may_answer(question, asked) or (question.depends_on_id and question.depends_on_id not in known):
                continue
            known[question.pk] = question
            self.questions.append(question)
            needed = must_answer(question, asked) if required is None else question.key in required
            there = ((files if question.kind == FieldKind.FILE else kept) or {}).get(question.key, "")
            field: Any = field_for(question, around or Surroundings(), required=needed, kept=there)
            begins = question.default if kept is None else there
            if begins and field.initial is None:
                field.initial = initial_of(question, begins)
            field.question = question
            field.condition = self._condition(question, known)
            self.fields[PREFIX + question.key] = field

    def settle_questions(self) -> None:
        """Forget what was answered to questions that were not asked. Called by the form's `clean`."""
        given = {question.key: self._kept(question) for question in self.questions}
        given |= {question.key: value for question, value in self.beside.items()}
        everything = sorted([*self.questions, *self.beside], key=lambda question: (question.position, question.pk))
        self.asked_keys = {question.key for question in asked_questions(everything, given)}
        for question in self.questions:
            if question.key not in self.asked_keys:
                self.errors.pop(PREFIX + question.key, None)
                self.cleaned_data[PREFIX + question.key] = None

    def answers(self) -> dict[FormField, str]:
        """The answers as they are kept; "" where there is none, or the question was not asked."""
        return {question: self._kept(question) for question in self.questions if question.kind not in NO_QUESTION}

    def files_sent(self) -> dict[str, UploadedFile]:
        """The files sent in answer to questions that were asked, by key; those that may be kept."""
        asked = {key: self.fields.get(PREFIX + key) for key in self.asked_keys}
        return {key: one.right for key, one in asked.items() if isinstance(one, AnswerFileField) and one.right}

    def _kept(self, question: FormField) -> str:
        return as_kept(self.cleaned_data.get(PREFIX + question.key))

    def _condition(self, question: FormField, known: Mapping[int, FormField]) -> Condition | None:
        other = known.get(question.depends_on_id or 0)
        if other is None or other in self.beside:
            return None
        values = json.dumps([str(value) for value in question.depends_values], ensure_ascii=False)
        return Condition(PREFIX + other.key, values, condition_in_words(question, other))


def surroundings(
    questions: Iterable[FormField],
    *,
    organisation: Organisation | None,
    limit_mb: int = 0,
    overflow: bool = False,
    for_staff: bool = False,
) -> Surroundings:
    """What is known where these questions are asked. A customer's own organisation is theirs and its places are offered
    to them; to staff those of the customer."""
    kinds = {question.kind for question in questions}
    places: tuple[str, ...] = ()
    if organisation is not None and FieldKind.SITE in kinds:
        found = Site.objects.filter(organisation=organisation.pk, is_active=True)
        places = tuple(found.values_list("name", flat=True)[:SITES_OFFERED])
    return Surroundings(
        limit_mb=limit_mb,
        overflow=overflow,
        own_organisation=organisation.name if organisation is not None and not for_staff else "",
        organisations=tuple(offered_organisations()) if for_staff and FieldKind.ORGANISATION in kinds else (),
        sites=places,
    )


def condition_in_words(question: FormField, other: FormField) -> str:
    """When a question is asked, in the reader's language, for pages without a script."""
    if other.kind == FieldKind.CHECKBOX:
        return _("Only if you ticked “%s”.") % other.label
    labels = dict(choices_of(other))
    said = _(" or ").join(in_quotes(labels.get(value, value)) for value in question.depends_values)
    return _("Only if you answered %(answer)s to “%(question)s”.") % {"answer": said, "question": other.label}


def as_kept(value: Any) -> str:
    """An answer as text: dates in ISO 8601, a checkbox as "yes" or nothing, choices one a line, a file by its name."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple):
        return "\n".join(dict.fromkeys(str(one) for one in value))
    if isinstance(value, UploadedFile):
        return safe_file_name(value.name or "")
    return "" if value is None else str(value)
