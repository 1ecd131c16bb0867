"""What staff change in the answers to a ticket's form."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.answers import kept_answer, mark_of
from tickets.enums import EventKind, FieldKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import FieldAnswer, FormField, Ticket
from tickets.queries import NOT_BY_STAFF
from tickets.rules import require_agent

KEPT = ("field", "key", "kind", "access", "label_sv", "label_en", "value", "words_sv", "words_en", "search_key")


class NotAQuestion(ValueError):
    """The ticket's topic does not ask this, or it is answered with a file."""


class ChangedMeanwhile(ValueError):
    """Somebody else has changed what the actor was changing; `answers` are those there are now, None for none."""

    def __init__(self, answers: Mapping[FormField, FieldAnswer | None]) -> None:
        super().__init__(", ".join(field.key for field in answers))
        self.answers = answers


def set_answers(
    *, actor: User, ticket: Ticket, answers: Mapping[FormField, str], seen: Mapping[str, str] | None = None
) -> Ticket:
    """Give these questions of the ticket's topic these answers, as they are kept; "" takes an answer away. What the
    mapping does not name stays.

    `seen` are the marks (`mark_of`) of the answers the actor's page showed, by key: then what the actor left as it was
    seen stays, whatever it is now, and ChangedMeanwhile is raised, with nothing saved, where somebody else has changed
    an answer that the actor changes as well. What has no mark there is set.

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
        answers = _changed_by_actor(answers, had, seen or {})
        changes = [_keep(locked, field, value, had.get(field.key)) for field, value in answers.items()]
        changes = [change for change in changes if change]
        if not changes:
            return locked
        locked.last_activity_at = timezone.now()
        locked.save(update_fields=["last_activity_at"])
        record_event(EventKind.ANSWERS_CHANGED, locked, actor=actor, data={"changes": changes})
    return locked


def _changed_by_actor(
    answers: Mapping[FormField, str], had: Mapping[str, FieldAnswer], seen: Mapping[str, str]
) -> dict[FormField, str]:
    changed = {field: value for field, value in answers.items() if seen.get(field.key) != mark_of(value)}
    meanwhile: dict[FormField, FieldAnswer | None] = {}
    for field, value in changed.items():
        there = had.get(field.key)
        now = there.value if there else ""
        if field.key in seen and seen[field.key] != mark_of(now) and now != value:
            meanwhile[field] = there
    if meanwhile:
        raise ChangedMeanwhile(meanwhile)
    return changed


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
