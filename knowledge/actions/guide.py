"""The guide "Where to turn": its questions, their answers, and the questions people ask that stand for each (M1, S8).

Answers lead on to other questions or end somewhere; a question may be reached from several answers, but never again
from below itself. What holds of the whole guide is decided by one at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.enums import ProviderContactKind
from accounts.models import User
from accounts.rules import require_administrator
from knowledge.enums import GuideEnd
from knowledge.models import Article, GuideAnswer, GuideExample, GuideQuestion

Pair = tuple[str, str]  # Swedish, English
EXAMPLES = 20  # of one answer


class GuideLoops(ValueError):
    """The answer would lead back to a question it stands below, and people would go round in circles."""


class StillReached(ValueError):
    """The question cannot be removed: answers lead to it, or the guide begins with it and there are others."""


class AnswerRefused(ValueError):
    """The answer does not say where it goes: `why` is "leads_to", "article", or "words"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class AnswerWords:
    """What an answer says: `leads_to` another question, or its `end` with what belongs to that; what belongs to others
    is not kept. `contact_kinds`: whom at the provider, the first one that an organisation has. Texts are (Swedish,
    English)."""

    label: Pair
    leads_to: GuideQuestion | None = None
    end: GuideEnd | str = ""
    article: Article | None = None
    mail_address: str = ""
    phone: str = ""
    contact_kinds: Sequence[str] = ()
    words: Pair = ("", "")
    examples: Sequence[Pair] = ()


def save_question(
    *, actor: User | None, question: GuideQuestion | None, text: Pair, explanation: Pair = ("", "")
) -> GuideQuestion:
    """Add a question to the guide (`question` None), or let one say something else. The guide begins with the first one
    there is, until another is chosen. For administrators (None: an operator's command)."""
    require_administrator(actor)
    with transaction.atomic():
        questions = _lock_all()
        row = questions[question.pk] if question else GuideQuestion(is_first=not questions)
        row.text_sv, row.text_en = text
        row.help_sv, row.help_en = explanation
        row.save()
    return row


def begin_with(*, actor: User | None, question: GuideQuestion) -> None:
    """Let the guide begin with this question. Nothing happens where it does already. For administrators (None: an
    operator's command)."""
    require_administrator(actor)
    with transaction.atomic():
        row = _lock_all()[question.pk]
        if row.is_first:
            return
        GuideQuestion.objects.filter(is_first=True).update(is_first=False)
        GuideQuestion.objects.filter(pk=row.pk).update(is_first=True)


def remove_question(*, actor: User | None, question: GuideQuestion) -> None:
    """Remove a question with its answers and their examples; it cannot be brought back. What its answers led to stays.
    Nothing happens when it is gone already. For administrators (None: an operator's command). Raises StillReached."""
    require_administrator(actor)
    with transaction.atomic():
        questions = _lock_all()
        row = questions.get(question.pk)
        if row is None:
            return
        reached = GuideAnswer.objects.filter(leads_to=row).exists()
        if reached or (row.is_first and len(questions) > 1):
            raise StillReached
        row.delete()


def save_answer(
    *, actor: User | None, question: GuideQuestion, answer: GuideAnswer | None, words: AnswerWords
) -> GuideAnswer:
    """Add an answer at the end of a question's (`answer` None), or let one say something else; a question that it then
    leads to no longer stays in the guide. Its examples become those of `words`.

    For administrators (None: an operator's command). Raises AnswerRefused, GuideLoops.
    """
    require_administrator(actor)
    end = GuideEnd(words.end) if words.end else None
    _require_a_way(words, end)
    with transaction.atomic():
        _lock_all()
        if words.leads_to is not None and question.pk in _below(words.leads_to.pk):
            raise GuideLoops
        row = answer or GuideAnswer(question=question, position=GuideAnswer.objects.filter(question=question).count())
        row.label_sv, row.label_en = words.label
        row.words_sv, row.words_en = words.words
        row.leads_to, row.end = words.leads_to, end or ""
        row.article = words.article if end == GuideEnd.ARTICLE else None
        row.mail_address = words.mail_address if end == GuideEnd.MAIL else ""
        row.phone = words.phone if end == GuideEnd.PHONE else ""
        kinds = words.contact_kinds if end == GuideEnd.PROVIDER_CONTACT else ()
        row.contact_kinds = [ProviderContactKind(kind).value for kind in kinds]
        row.save()
        _set_examples(row, words.examples[:EXAMPLES])
    return row


def move_answer(*, actor: User | None, answer: GuideAnswer, up: bool) -> bool:
    """Let an answer change places with the one before it, or after it, of the same question.

    Returns False, and changes nothing, where there is none. For administrators (None: an operator's command).
    """
    require_administrator(actor)
    with transaction.atomic():
        _lock_all()
        beside = list(GuideAnswer.objects.filter(question=answer.question_id))
        here = next(place for place, row in enumerate(beside) if row.pk == answer.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(beside):
            return False
        beside[here], beside[there] = beside[there], beside[here]
        for position, row in enumerate(beside):
            row.position = position
        GuideAnswer.objects.bulk_update(beside, ["position"])
    return True


def remove_answer(*, actor: User | None, answer: GuideAnswer) -> None:
    """Remove an answer and its examples; it cannot be brought back. The question it leads to stays. Nothing happens
    when it is gone already. For administrators (None: an operator's command)."""
    require_administrator(actor)
    with transaction.atomic():
        _lock_all()
        GuideAnswer.objects.filter(pk=answer.pk).delete()


def _lock_all() -> dict[int, GuideQuestion]:
    return {row.pk: row for row in GuideQuestion.objects.select_for_update()}


def _require_a_way(words: AnswerWords, end: GuideEnd | None) -> None:
    if (words.leads_to is None) == (end is None):
        raise AnswerRefused("leads_to")
    if end == GuideEnd.ARTICLE and words.article is None:
        raise AnswerRefused("article")
    if end == GuideEnd.ADVICE and not any(words.words):
        raise AnswerRefused("words")


def _below(question: int) -> set[int]:
    """The ids of a question and of all that are reached from it."""
    leads: dict[int, list[int]] = {}
    for start, goal in GuideAnswer.objects.filter(leads_to__isnull=False).values_list("question", "leads_to"):
        leads.setdefault(start, []).append(goal)
    found, coming = set(), [question]
    while coming:
        step = coming.pop()
        if step not in found:
            found.add(step)
            coming += leads.get(step, [])
    return found


def _set_examples(answer: GuideAnswer, examples: Sequence[Pair]) -> None:
    GuideExample.objects.filter(answer=answer).delete()
    GuideExample.objects.bulk_create(
        GuideExample(answer=answer, text_sv=swedish, text_en=english, position=position)
        for position, (swedish, english) in enumerate(examples)
        if swedish or english
    )
