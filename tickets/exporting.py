"""Tickets as rows of text, for a file that leaves: one line a ticket, with everything that was answered in forms."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min, Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.csv_cells import neutralise
from accounts.queries.exporting import Row, moment
from tickets.answers import value_in_words
from tickets.enums import FieldKind
from tickets.models import FieldAnswer, Ticket, TicketTag
from tickets.queries import WITH_NAMES

AT_ONCE = 500


@dataclass(frozen=True)
class Question:
    """A column of answers: to one key, under the words in which it was asked last."""

    key: str
    title: str


def questions_answered(tickets: QuerySet[Ticket]) -> list[Question]:
    """What was asked in these tickets' forms, in the order in which it was first answered."""
    answers = FieldAnswer.objects.filter(ticket__in=tickets.select_related(None).order_by().values("pk"))
    found = list(answers.order_by().values("key").annotate(first=Min("pk"), last=Max("pk")).order_by("first"))
    latest = FieldAnswer.objects.in_bulk([row["last"] for row in found])
    labels = {row["key"]: latest[row["last"]].label for row in found}
    titles = list(labels.values())
    return [
        Question(key, neutralise(label if titles.count(label) == 1 else f"{label} ({key})"))
        for key, label in labels.items()
    ]


def tickets_header(questions: Sequence[Question]) -> list[str]:
    return [
        _("Number"),
        _("Subject"),
        _("Status"),
        _("Priority"),
        _("Waits for"),
        _("Waits since"),
        _("Topic"),
        _("Department"),
        _("Assignee"),
        _("Customer"),
        _("Mail address"),
        _("Organisation"),
        _("Tags"),
        _("Came in"),
        _("Created"),
        _("Last activity"),
        _("Closed"),
        _("Service level"),
        _("First answer due"),
        _("Next answer due"),
        _("Solution due"),
        _("First answered"),
        _("First answer took (minutes of working time)"),
        _("Put off until"),
        *(question.title for question in questions),
    ]


def tickets_rows(tickets: QuerySet[Ticket], questions: Sequence[Question]) -> Iterator[Row]:
    """One row a ticket, read in portions, so that memory does not grow with them."""
    tags = Prefetch("tags", TicketTag.objects.select_related("tag"))
    rows = tickets.select_related(*WITH_NAMES, "level").prefetch_related("answers", tags).order_by("number")
    for one in rows.iterator(chunk_size=AT_ONCE):
        answers = {answer.key: _cell(answer) for answer in one.answers.all()}
        yield (
            one.number,
            one.subject,
            one.get_status_display(),
            one.get_priority_display(),
            one.get_waiting_on_display(),
            "" if one.is_closed else moment(one.waiting_since),
            one.topic or "",
            one.department,
            one.assignee or "",
            one.requester.name,
            one.requester.email,
            one.organisation or "",
            ", ".join(row.tag.name for row in one.tags.all()),
            one.get_channel_display(),
            moment(one.created_at),
            moment(one.last_activity_at),
            moment(one.closed_at),
            one.level or "",
            moment(one.first_due_at),
            moment(one.next_due_at),
            moment(one.solution_due_at),
            moment(one.first_answered_at),
            "" if one.first_answer_minutes is None else one.first_answer_minutes,
            moment(one.snoozed_until),
            *(answers.get(question.key, "") for question in questions),
        )


def _cell(answer: FieldAnswer) -> str:
    """What was answered, in words; dates and times as the file has them elsewhere."""
    if answer.kind == FieldKind.DATE:
        return answer.value
    if answer.kind == FieldKind.DATE_TIME:
        with suppress(ValueError, OverflowError):
            return moment(datetime.fromisoformat(answer.value))
    return value_in_words(answer)
