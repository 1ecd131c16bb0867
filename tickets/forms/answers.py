"""What staff change in a ticket's answers, and fill in before it is closed."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tickets.answers import mark_of, value_in_words
from tickets.enums import FieldKind
from tickets.forms.questions import PREFIX, QuestionsMixin, surroundings
from tickets.models import FieldAnswer, FormField, Ticket
from tickets.queries import questions_of
from tickets.questions import NO_QUESTION, Asked

NOT_HERE = (FieldKind.FILE, *NO_QUESTION)  # a file belongs to the message it came with
SEEN = "seen_"
SHOWN_BESIDE = 1000  # characters of an answer that somebody else gave


class AnswersForm(QuestionsMixin, forms.Form):
    """The questions of a ticket's topic with the answers it has, for staff.

    `only` limits it to some questions, by key; `required` are those that have to be answered now, by key (before the
    ticket is closed). Everything else may be left empty. Files are answered with messages, and not here.
    After `is_valid()`, `answers()` are the answers to all the questions of this form, "" where there is none. `marks`
    go with the page as `seen_<key>` and tell which answers it showed, so that nobody undoes unseen what somebody else
    has answered meanwhile.
    """

    def __init__(
        self, *args: Any, ticket: Ticket, only: Collection[str] | None = None, required: Collection[str] = (), **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        questions = answerable_questions(ticket)
        shown = [question for question in questions if only is None or question.key in only]
        kept = {answer.key: answer.value for answer in FieldAnswer.objects.filter(ticket=ticket)}
        self.ask(
            shown,
            Asked.STAFF,
            around=surroundings(shown, organisation=ticket.organisation, for_staff=True),
            kept=kept,
            required=required,
            beside={question: kept.get(question.key, "") for question in questions if question not in shown},
        )
        for question in self.questions:
            field: Any = self.fields[PREFIX + question.key]
            field.is_needed_to_close = question.is_required_to_close
        self.marks = {question.key: mark_of(kept.get(question.key, "")) for question in self.questions}
        if self.is_bound:
            self.marks = {key: str(self.data[SEEN + key]) for key in self.marks if SEEN + key in self.data}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.settle_questions()
        return data

    def show_both(self, answers: Mapping[FormField, FieldAnswer | None]) -> None:
        """Tell what somebody else has answered meanwhile, beside what was written here; that is set if sent again."""
        for question, there in answers.items():
            self.marks[question.key] = mark_of(there.value if there else "")
            words = _("Somebody has meanwhile taken this answer away. Save again to put yours in its place.")
            if there is not None:
                said = Truncator(value_in_words(there)).chars(SHOWN_BESIDE)
                words = _("Somebody has meanwhile answered “%s”. Save again to put yours in its place.") % said
            self.add_error(PREFIX + question.key, words)


def answerable_questions(ticket: Ticket) -> Sequence[FormField]:
    """What staff can answer on a ticket: the questions its topic asks now."""
    questions = questions_of(ticket.topic) if ticket.topic else []
    return [question for question in questions if question.kind not in NOT_HERE]
