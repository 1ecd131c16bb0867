from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from routing.models import Department
from tickets.enums import Need
from tickets.models import FormField, HelpTopic, TicketForm


def add_topic(
    *,
    actor: User | None,
    slug: str,
    names: tuple[str, str],
    descriptions: tuple[str, str] = ("", ""),
    department: Department | None = None,
    questions: Sequence[dict[str, Any]] = (),
) -> HelpTopic:
    """Add a help topic at the end of the list, with the questions its form asks. Texts are (Swedish, English).

    A question has `key`, `kind`, `label` and optionally `help` (both pairs), `required`, `choices`
    (triples of value, Swedish, English).
    """
    with transaction.atomic():
        topic: HelpTopic = HelpTopic.objects.create(
            slug=slug,
            name_sv=names[0],
            name_en=names[1],
            description_sv=descriptions[0],
            description_en=descriptions[1],
            department=department,
            form=_form(names, questions) if questions else None,
            position=HelpTopic.objects.count(),
        )
    return topic


def _form(names: tuple[str, str], questions: Sequence[dict[str, Any]]) -> TicketForm:
    form: TicketForm = TicketForm.objects.create(name=names[0] or names[1])
    for position, question in enumerate(questions):
        FormField.objects.create(form=form, position=position, **_question(question))
    return form


def _question(question: dict[str, Any]) -> dict[str, Any]:
    helps = question.get("help", ("", ""))
    return {
        "key": question["key"],
        "kind": question["kind"],
        "label_sv": question["label"][0],
        "label_en": question["label"][1],
        "help_sv": helps[0],
        "help_en": helps[1],
        "need": Need.ALWAYS if question.get("required") else Need.OPTIONAL,
        "choices": [{"value": value, "sv": sv, "en": en} for value, sv, en in question.get("choices", ())],
    }
