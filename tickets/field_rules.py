"""What can be set for each kind of question, and what of it must fit together. The doors refuse by it, and the pages of
the settings say the same in words before they ask a door."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from accounts.folding import clean_line, fold_text
from accounts.patterns import PatternError, check_pattern, fits_wholly
from tickets.enums import FieldAccess, FieldKind, Need
from tickets.models import FormField

MOST_CHOICES = 2_000
MOST_CHOICES_OF_FORM = 5_000  # of all its questions; whoever opens it is sent every one
MOST_FIELDS = 200  # of a form, removed ones not counted
BETWEEN = "|"  # what stands between the parts of a choice, where it is written down
LONGEST_VALUE = 80  # characters of a choice's value
LONGEST_CHOICE = 120  # characters of a choice's words
LONGEST_ANSWER: Mapping[str, int] = {FieldKind.TEXT: 200, FieldKind.LONG_TEXT: 20_000}  # characters
YEARS = range(1900, 2201)  # of a day somebody answers
LARGEST = 10**14  # a number somebody answers is smaller
TICKED = "yes"  # how a ticked checkbox is kept
TODAY = "today"  # a limit that moves on: the day an answer is given, of a date with a time that very moment

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What every ticket's form asks, and words addresses and lists use themselves.
RESERVED_KEYS = frozenset(
    "subject body email name phone attachments filing_key colleagues confidential website despite key".split()
    + "topic department priority status tags number assignee requester language q next".split()
)

WORDS = ("label_sv", "label_en", "help_sv", "help_en")
CONDITION = ("depends_on", "depends_values")
PATTERN = ("pattern", "pattern_message_sv", "pattern_message_en")
RANGE = ("minimum", "maximum")
USES = ("need", "access", "is_required_to_close", "is_searchable", "is_column")
DISCRETE = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.CHECKBOX)  # whose answers a condition can name

SETTINGS: Mapping[str, tuple[str, ...]] = {
    FieldKind.TEXT: (*USES, *RANGE, *PATTERN, "default"),
    FieldKind.LONG_TEXT: (*USES, *RANGE, *PATTERN, "default"),
    FieldKind.CHOICE: (*USES, "choices", "default"),
    FieldKind.CHOICES: (*USES, "choices", "default"),
    FieldKind.CHECKBOX: ("need", "access", "is_required_to_close", "is_column", "default"),
    FieldKind.DATE: (*USES, *RANGE, "default"),
    FieldKind.DATE_TIME: (*USES, *RANGE, "default"),
    FieldKind.NUMBER: (*USES, *RANGE, "default"),
    FieldKind.PHONE: (*USES, *PATTERN),
    FieldKind.EMAIL: (*USES, *PATTERN),
    FieldKind.URL: (*USES, *PATTERN),
    FieldKind.FILE: ("need",),  # staff put files into their messages
    FieldKind.ORGANISATION: USES,
    FieldKind.SITE: (*USES, *PATTERN),
    FieldKind.HEADING: (),
}
EVERY = (*WORDS, *CONDITION, *USES, "choices", "default", *PATTERN, *RANGE)


@dataclass(frozen=True)
class Fault:
    """What does not fit: at which setting, what (a code, for words to be found for it), and about what."""

    setting: str
    code: str
    detail: str = ""


def settings_of(kind: str) -> tuple[str, ...]:
    """The settings a kind has, words and condition included."""
    return (*WORDS, *CONDITION, *SETTINGS[kind])


def settled(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a field: what `values` say as far as the kind has it, and else what a new field has. Who is never
    asked never has to answer."""
    has = settings_of(kind)
    plain = FormField()
    columns = {name: values.get(name, _plain(plain, name)) if name in has else _plain(plain, name) for name in EVERY}
    if columns["access"] != FieldAccess.CUSTOMER:
        columns["need"] = Need.OPTIONAL
    if not columns["depends_on"]:
        columns["depends_on"], columns["depends_values"] = None, []
    return columns


def _plain(field: FormField, name: str) -> Any:
    return None if name == "depends_on" else getattr(field, name)


def values_of(field: FormField) -> dict[str, Any]:
    """A field's settings as `settled` takes them."""
    return {name: getattr(field, name) for name in EVERY}


def discrete_values(field: FormField) -> list[str]:
    """The answers a condition on this field can name."""
    if field.kind == FieldKind.CHECKBOX:
        return [TICKED]
    return [choice["value"] for choice in field.choices] if field.kind in DISCRETE else []


def may_depend_on(field: FormField, earlier: Iterable[FormField]) -> list[FormField]:
    """The questions before a field whose answer it may depend on. What customers are asked depends on nothing they are
    not asked."""
    return [
        other
        for other in earlier
        if other.kind in DISCRETE and (other.access == FieldAccess.CUSTOMER or field.access != FieldAccess.CUSTOMER)
    ]


def faults_of(field: FormField, earlier: Sequence[FormField], dependents: Sequence[FormField]) -> list[Fault]:
    """Everything about a field, saved or not, that does not fit. `earlier`: the form's active fields before it;
    `dependents`: those that depend on it. Reads no table."""
    found = [*_wrong_words(field), *_wrong_choices(field), *_wrong_pattern(field)]
    found += _wrong_limits(field)
    if not found:
        found += _wrong_default(field)
    return found + _wrong_condition(field, earlier) + _wrong_for_dependents(field, dependents)


def key_fault(key: str) -> Fault | None:
    """What is wrong with a field's short name, if anything is."""
    if not KEY.fullmatch(key):
        return Fault("key", "key_wrong", key)
    return Fault("key", "key_reserved", key) if key in RESERVED_KEYS else None


def _wrong_words(field: FormField) -> list[Fault]:
    found = [] if field.label_sv or field.label_en else [Fault("label_sv", "label_missing")]
    found += [
        Fault(name, "too_long", str(_limit_of(name)))
        for name in (*WORDS, *PATTERN, *RANGE, "default")
        if len(getattr(field, name)) > _limit_of(name)
    ]
    for name, kinds in (("kind", FieldKind), ("need", Need), ("access", FieldAccess)):
        if getattr(field, name) not in kinds.values:
            found.append(Fault(name, "unknown", str(getattr(field, name))))
    return found


def _limit_of(name: str) -> int:
    column: Any = FormField._meta.get_field(name)
    return int(column.max_length)


def _wrong_choices(field: FormField) -> list[Fault]:
    if "choices" not in SETTINGS[field.kind]:
        return []
    if not field.choices:
        return [Fault("choices", "choices_missing")]
    if len(field.choices) > MOST_CHOICES:
        return [Fault("choices", "choices_many", str(len(field.choices)))]
    seen: set[tuple[str, str]] = set()
    for choice in field.choices:
        value, folded = choice["value"], fold_text(choice["value"])
        words = (choice.get("sv", ""), choice.get("en", ""))
        if not folded or any(clean_line(text) != text or BETWEEN in text for text in (value, *words)):
            return [Fault("choices", "choice_wrong", value)]
        if len(value) > LONGEST_VALUE or max(map(len, words)) > LONGEST_CHOICE:
            return [Fault("choices", "choice_long", value[:40])]
        said = {
            ("value", folded),
            *((name, fold_text(text)) for name, text in zip(("sv", "en"), words, strict=True) if text),
        }
        if said & seen:  # in a long list one finds them by their words
            return [Fault("choices", "choice_twice", value)]
        seen |= said
    return []


def _wrong_pattern(field: FormField) -> list[Fault]:
    if not field.pattern:
        return []
    try:
        check_pattern(field.pattern)
    except PatternError as wrong:
        return [Fault("pattern", "pattern_wrong", str(wrong))]
    if not (field.pattern_message_sv or field.pattern_message_en):
        return [Fault("pattern_message_sv", "pattern_message_missing")]
    return []


def _wrong_limits(field: FormField) -> list[Fault]:
    if "minimum" not in SETTINGS[field.kind]:
        return []
    found = [
        Fault(name, "limit_wrong", getattr(field, name))
        for name in RANGE
        if getattr(field, name) and _limit_of_range(field, name) is None
    ]
    if found or not (field.minimum and field.maximum):
        return found
    low, high = (_limit_of_range(field, name) for name in RANGE)
    return [Fault("maximum", "limits_crossed")] if low > high else []


def _limit_of_range(field: FormField, name: str) -> Any:
    text = getattr(field, name)
    if text == TODAY and field.kind in (FieldKind.DATE, FieldKind.DATE_TIME):
        now = timezone.localtime().replace(tzinfo=None)
        return now.date() if field.kind == FieldKind.DATE else now
    return limit_value(field.kind, text)


def limit_value(kind: str, text: str) -> Any:
    """A limit as it is compared: a number, a number of characters, a day or a moment; None for what is none."""
    try:
        if kind == FieldKind.DATE:
            day = date.fromisoformat(text)
            return day if day.year in YEARS else None
        if kind == FieldKind.DATE_TIME:
            moment = datetime.fromisoformat(text).replace(tzinfo=None)
            return moment if moment.year in YEARS else None
        if kind == FieldKind.NUMBER:
            number = Decimal(text)
            return number if number.is_finite() and abs(number) < LARGEST else None
    except (ValueError, InvalidOperation):
        return None
    fits = text.isascii() and text.isdecimal() and len(text) < 7 and int(text) <= LONGEST_ANSWER[kind]
    return int(text) if fits else None


def _wrong_default(field: FormField) -> list[Fault]:
    """Only asked of a field that is right otherwise."""
    if not field.default or "default" not in SETTINGS[field.kind]:
        return []
    wrong = [Fault("default", "default_wrong", field.default)]
    if field.kind in DISCRETE:
        chosen = field.default.splitlines() if field.kind == FieldKind.CHOICES else [field.default]
        return [] if set(chosen) <= set(discrete_values(field)) else wrong
    measured: Any = len(field.default)
    if field.kind not in LONGEST_ANSWER:
        measured = limit_value(field.kind, field.default)
        if measured is None:
            return wrong
    low, high = (_limit_of_range(field, name) for name in RANGE)
    outside = (low is not None and measured < low) or (high is not None and measured > high)
    if outside or (field.pattern and not fits_wholly(field.pattern, field.default)):
        return [Fault("default", "default_outside", field.default)]
    return []


def _wrong_condition(field: FormField, earlier: Sequence[FormField]) -> list[Fault]:
    on = field.depends_on
    if on is None:
        return []
    if on.pk not in {other.pk for other in may_depend_on(field, earlier)}:
        return [Fault("depends_on", "depends_wrong", on.label)]
    if not field.depends_values:
        return [Fault("depends_values", "depends_values_missing", on.label)]
    here = next(other for other in earlier if other.pk == on.pk)
    gone = [value for value in field.depends_values if value not in discrete_values(here)]
    return [Fault("depends_values", "depends_values_wrong", str(gone[0]))] if gone else []


def _wrong_for_dependents(field: FormField, dependents: Sequence[FormField]) -> list[Fault]:
    """A question others depend on keeps the answers they name, and is asked of whom they are asked."""
    offered = set(discrete_values(field))
    found = []
    for other in dependents:
        if field.kind not in DISCRETE:
            found.append(Fault("kind", "needed_kind", other.label))
        elif set(other.depends_values) - offered:
            gone = sorted(set(other.depends_values) - offered)[0]
            found.append(Fault("choices", "needed_choice", f"{gone}\n{other.label}"))
        elif field.access != FieldAccess.CUSTOMER == other.access:
            found.append(Fault("access", "needed_access", other.label))
    return found[:1]
