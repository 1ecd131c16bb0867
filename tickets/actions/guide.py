"""Answers of the guide "Where to turn" that may end in a form: topics belong to `tickets`, the rest to `knowledge`."""

from django.db import transaction

from accounts.models import User
from knowledge.actions.guide import AnswerRefused, AnswerWords, save_answer
from knowledge.enums import GuideEnd
from knowledge.models import GuideAnswer, GuideQuestion
from tickets.models import GuideTopic, HelpTopic


def save_guide_answer(
    *,
    actor: User | None,
    question: GuideQuestion,
    answer: GuideAnswer | None,
    words: AnswerWords,
    topic: HelpTopic | None = None,
) -> GuideAnswer:
    """`save_answer`, with the `topic` whose form it ends in; for other ends none is kept. Whether the topic is offered
    to whoever reads the guide is asked when they do.

    For administrators (None: an operator's command). Raises AnswerRefused("topic") for a form without one, and what
    `save_answer` raises.
    """
    ends_in_form = words.end == GuideEnd.FORM
    with transaction.atomic():
        row = save_answer(actor=actor, question=question, answer=answer, words=words)
        if ends_in_form and topic is None:
            raise AnswerRefused("topic")
        if ends_in_form:
            GuideTopic.objects.update_or_create(answer=row, defaults={"topic": topic})
        else:
            GuideTopic.objects.filter(answer=row).delete()
    return row
