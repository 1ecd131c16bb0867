"""What a portal's routing rules can ask about and how that is said: read once for a page, then plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import Language
from accounts.languages import in_quotes, in_readers_language
from accounts.models import Agreement, Organisation
from routing.conditions import operators_of
from routing.enums import Operator
from routing.facts import FIELD
from routing.models import Department
from tickets.enums import Channel, FieldAccess, FieldKind, Priority
from tickets.models import FormField, HelpTopic


class Sort(StrEnum):
    """How a fact is compared: by one of certain values, by an organisation's name, by text…"""

    CHOICE = "choice"
    ORGANISATION = "organisation"
    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    DAY = "day"
    TICK = "tick"


_SAID = (Operator.FILLED, Operator.EMPTY)
_SAME = (Operator.IS, Operator.IS_NOT)
_PARTS = (Operator.CONTAINS, Operator.CONTAINS_NOT)
_ENDS = (Operator.STARTS, Operator.ENDS)
_SIZES = (Operator.AT_LEAST, Operator.AT_MOST)
OPERATORS: Mapping[Sort, tuple[Operator, ...]] = {
    Sort.CHOICE: (*_SAME, *_SAID),
    Sort.ORGANISATION: (*_SAME, *_SAID),
    Sort.TEXT: (*_SAME, *_PARTS, *_ENDS, Operator.MATCHES, *_SAID),
    Sort.WORDS: (*_PARTS, Operator.MATCHES),
    Sort.NUMBER: (*_SIZES, *_SAME, *_SAID),
    Sort.DAY: (*_SIZES, *_SAME, *_SAID),
    Sort.TICK: _SAID,
}
SORTS = {
    FieldKind.CHOICE: Sort.CHOICE,
    FieldKind.CHOICES: Sort.CHOICE,
    FieldKind.CHECKBOX: Sort.TICK,
    FieldKind.NUMBER: Sort.NUMBER,
    FieldKind.DATE: Sort.DAY,
    FieldKind.DATE_TIME: Sort.DAY,
}
NOT_ASKED = (FieldKind.HEADING, FieldKind.FILE)


@dataclass(frozen=True)
class Fact:
    """One thing a condition can ask about. `options`: value → words, where only certain values make sense. `always`:
    every ticket has one. `is_gone`: nothing by this name is asked any more. `is_late`: only staff answer it, as a rule
    after the ticket was routed, so new conditions are not offered it."""

    key: str
    name: str
    group: str = ""
    sort: Sort = Sort.TEXT
    options: Mapping[str, str] = field(default_factory=dict)
    always: bool = False
    is_gone: bool = False
    is_late: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        allowed = operators_of(self.key)
        return tuple(one for one in OPERATORS[self.sort] if one in allowed and not (self.always and one in _SAID))

    def operator_in_words(self, operator: str) -> str:
        if self.sort == Sort.TICK and operator in _SAID:
            return _("is ticked") if operator == Operator.FILLED else _("is not ticked")
        return str(Operator(operator).label) if operator in Operator.values else operator


class Catalogue:
    """The facts of one portal in the reader's language. `organisations`: ids to be named, as rules mention them."""

    def __init__(self, conditions: Iterable[Mapping[str, Any]] = ()) -> None:
        self._mentioned = {
            int(value)
            for one in conditions
            if one.get("fact") == "organisation"
            for value in one.get("values") or ()
            if str(value).isdecimal() and len(str(value)) < 18
        }

    @cached_property
    def facts(self) -> dict[str, Fact]:
        return {fact.key: fact for fact in (*self._of_ticket(), *self._of_person(), *self._questions())}

    @property
    def groups(self) -> list[tuple[str, list[Fact]]]:
        """The facts under the headings of the list they are chosen from."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts.values():
            if fact.is_late:
                continue
            found.setdefault(fact.group, []).append(fact)
        return list(found.items())

    def fact(self, key: str) -> Fact:
        """A fact by its key, also one that is gone."""
        found = self.facts.get(key)
        return found or Fact(key, _("“%s”, which is not asked any more") % key.removeprefix(FIELD), is_gone=True)

    def value_in_words(self, fact: Fact, value: str) -> str:
        if fact.sort == Sort.ORGANISATION:
            return self.organisations.get(value) or _("an organisation that is gone")
        if fact.options:
            return fact.options.get(value) or _("“%s”, which is gone") % value
        return in_quotes(value) if fact.sort in (Sort.TEXT, Sort.WORDS) else value

    @cached_property
    def organisations(self) -> dict[str, str]:
        rows = Organisation.objects.filter(pk__in=self._mentioned).values_list("pk", "name")
        return {str(pk): name for pk, name in rows} if self._mentioned else {}

    @cached_property
    def topics(self) -> list[HelpTopic]:
        return list(HelpTopic.objects.order_by("position", "pk"))

    @cached_property
    def departments(self) -> dict[int, Department]:
        return {row.pk: row for row in Department.objects.order_by("name")}

    def _of_ticket(self) -> Iterable[Fact]:
        group = _("The ticket")
        topics = {topic.slug: topic.name for topic in self.topics}
        yield Fact("topic", _("Topic"), group, Sort.CHOICE, topics, always=True)
        yield Fact("words", _("Subject or text"), group, Sort.WORDS)
        yield Fact("channel", _("Channel"), group, Sort.CHOICE, _labels(Channel), always=True)
        yield Fact("priority", _("Priority at the beginning"), group, Sort.CHOICE, _labels(Priority), always=True)

    def _of_person(self) -> Iterable[Fact]:
        group = _("Who asks")
        agreements = {str(pk): name for pk, name in Agreement.objects.order_by("name").values_list("pk", "name")}
        departments = {str(pk): department.name for pk, department in self.departments.items()}
        yield Fact("organisation", _("Organisation"), group, Sort.ORGANISATION)
        yield Fact("agreement", _("Agreement"), group, Sort.CHOICE, agreements)
        yield Fact("address", _("Mail address"), group, Sort.TEXT)
        yield Fact("language", _("Language"), group, Sort.CHOICE, _labels(Language), always=True)
        yield Fact("earlier", _("Department that helped them last"), group, Sort.CHOICE, departments)

    def _questions(self) -> Iterable[Fact]:
        """One for each key, though several forms may ask it: a rule means them all."""
        group = _("Answers")
        asked: dict[str, list[FormField]] = {}
        fields = FormField.objects.filter(is_active=True).exclude(kind__in=NOT_ASKED).order_by("form__name", "position")
        for question in fields:
            asked.setdefault(question.key, []).append(question)
        for key, questions in asked.items():
            sorts = {SORTS.get(FieldKind(question.kind), Sort.TEXT) for question in questions}
            sort = sorts.pop() if len(sorts) == 1 else Sort.TEXT
            options = _choices(questions) if sort == Sort.CHOICE else {}
            is_late = all(question.access != FieldAccess.CUSTOMER for question in questions)
            yield Fact(FIELD + key, questions[0].label or key, group, sort, options, is_late=is_late)


def _labels(enum: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in enum.choices}


def _choices(questions: Iterable[FormField]) -> dict[str, str]:
    return {
        str(choice["value"]): in_readers_language(choice.get("sv", ""), choice.get("en", "")) or str(choice["value"])
        for question in questions
        for choice in question.choices
    }
