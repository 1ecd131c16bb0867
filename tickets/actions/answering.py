"""What staff change in the answers to a ticket's form."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.answers import kept_answer
from tickets.enums import EventKind, FieldKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import FieldAnswer, FormField, Ticket
from tickets.queries import NOT_BY_STAFF
from tickets.rules import require_agent

KEPT = ("field", "key", "kind", "access", "label_sv", "label_en", "value", "words_sv", "words_en", "search_key")


class NotAQuestion(ValueError):
    """The ticket's topic does not ask this, or it is answered with a file."""


def set_answers(*, actor: User, ticket: Ticket, answers: Mapping[FormField, str]) -> Ticket:
    """Give these questions of the ticket's topic these answers, as they are kept; "" takes an answer away. What the
    mapping does not name stays.

    Records `answers_changed` with the old and the new words; nothing happens when nothing changes. Customers read the
    answers that are theirs to read, and not the event. Raises NotAQuestion for what the topic does not ask,
    PermissionError unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        form = locked.topic.form_id if locked.topic else None
        if any(field.form_id != form or field.kind in NOT_BY_STAFF for field in answers):
            raise NotAQuestion
        had = {answer.key: answer for answer in FieldAnswer.objects.filter(ticket=locked)}
        changes = [_keep(locked, field, value, had.get(field.key)) for field, value in answers.items()]
        changes = [change for change in changes if change]
        if not changes:
            return locked
        locked.last_activity_at = timezone.now()
        locked.save(update_fields=["last_activity_at"])
        record_event(EventKind.ANSWERS_CHANGED, locked, actor=actor, data={"changes": changes})
    return locked


def _keep(ticket: Ticket, field: FormField, value: str, old: FieldAnswer | None) -> dict[str, Any] | None:
    """What changed, for the event; None for nothing. An answer keeps its place among the others."""
    if value == (old.value if old else ""):
        return None
    before = _words(old)
    if not value:
        assert old is not None  # noqa: S101 - else nothing had changed
        old.delete()
        return _change(field, before, ("", ""))
    new = kept_answer(ticket, field, value)
    if old is None:
        new.save()
        return _change(field, before, _words(new))
    for name in KEPT:
        setattr(old, name, getattr(new, name))
    old.save()
    return _change(field, before, _words(old))


def _change(field: FormField, before: tuple[str, str], after: tuple[str, str]) -> dict[str, Any]:
    return {
        "key": field.key,
        "label_sv": field.label_sv,
        "label_en": field.label_en,
        "from_sv": before[0],
        "from_en": before[1],
        "to_sv": after[0],
        "to_en": after[1],
    }


def _words(answer: FieldAnswer | None) -> tuple[str, str]:
    if answer is None:
        return "", ""
    if answer.kind == FieldKind.CHECKBOX:
        return "Ja", "Yes"
    return answer.words_sv or answer.value, answer.words_en or answer.value
