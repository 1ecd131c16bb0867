"""What staff change in a ticket's answers, and fill in before it is closed."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms

from tickets.enums import FieldKind
from tickets.forms.questions import QuestionsMixin, surroundings
from tickets.models import FieldAnswer, FormField, Ticket
from tickets.queries import questions_of
from tickets.questions import NO_QUESTION, Asked

NOT_HERE = (FieldKind.FILE, *NO_QUESTION)  # a file belongs to the message it came with


class AnswersForm(QuestionsMixin, forms.Form):
    """The questions of a ticket's topic with the answers it has, for staff.

    `only` limits it to some questions, by key; `required` are those that have to be answered now, by key (before the
    ticket is closed). Everything else may be left empty. Files are answered with messages, and not here.
    After `is_valid()`, `answers()` are the answers to all the questions of this form, "" where there is none.
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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.settle_questions()
        return data


def answerable_questions(ticket: Ticket) -> Sequence[FormField]:
    """What staff can answer on a ticket: the questions its topic asks now."""
    questions = questions_of(ticket.topic) if ticket.topic else []
    return [question for question in questions if question.kind not in NOT_HERE]
