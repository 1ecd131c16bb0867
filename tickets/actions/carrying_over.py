"""An article made from an answer on a ticket: only what its writer has seen, and said may be carried over."""

from collections.abc import Collection

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from accounts.rules import require_staff
from knowledge.actions.article_files import add_files
from knowledge.actions.articles import add_article
from knowledge.drafts import Place, Words
from knowledge.models import Article, Section
from tickets.models import Attachment, Message
from tickets.private_parts import split, without
from tickets.queries import answers_to_carry_over, names_around


class NotAnAnswer(ValueError):
    """Only what staff have answered a customer becomes an article: no internal note, no customer's words."""


def article_from_answer(
    *,
    actor: User | None,
    message: Message,
    section: Section,
    title: str,
    language: str,
    carried: Collection[str] = (),
    files: Collection[int] = (),
) -> Article:
    """Make a draft of a public answer's words, in one language ("sv" or "en"). What is found to be somebody's (names on
    the ticket, addresses, phones, numbers, links) is left out, but for the parts named in `carried` (`Part.key`). Of
    the answer's files only those in `files` (ids) are copied. The actor answers for the article.

    Raises NotAnAnswer, ValueError for another language, WordsRefused (`knowledge`), PermissionError unless the actor
    works here.
    """
    require_staff(actor)
    if language not in ("sv", "en"):
        raise ValueError("An article is in Swedish or English")
    with transaction.atomic():
        answer = answers_to_carry_over(message.ticket).filter(pk=message.pk).first()
        if answer is None:
            raise NotAnAnswer
        body = without(split(answer.body, names_around(answer.ticket)), carried)
        words = Words(**{f"title_{language}": title, f"body_{language}": body})
        article = add_article(actor=actor, place=Place(section, owner=actor), words=words)
        chosen = Attachment.objects.filter(message=answer, pk__in=files)
        for attachment in chosen:
            with attachment.file.open("rb") as content:
                add_files(actor=actor, article=article, files=[File(content, name=attachment.name)])
    return article
