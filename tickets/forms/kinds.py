"""Each kind of question as a form field. What a customer types is held against the question's own rules here."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.folding import fold_text
from accounts.forms.fields import BODY_LIMIT, AddressField, BodyField, LineField
from accounts.languages import in_quotes
from accounts.patterns import PatternError, fits_wholly
from tickets.enums import FieldKind
from tickets.field_rules import LONGEST_ANSWER, TODAY, YEARS
from tickets.forms.fields import AnswerFileField
from tickets.forms.long_lists import LongList, LongListField
from tickets.forms.suggesting import SuggestingInput
from tickets.models import FormField

LINE_LIMIT = 200  # characters of one line
ADDRESS_LIMIT = 1000  # of an address in the web
MAIL_ADDRESS_LIMIT = 254
PHONE_LIMIT = 50
CHOICES_IN_A_LIST = 50  # more are found by typing
CHOICES_TO_TICK = 30  # more are marked in a list
NEAR = 5  # of the choices that hold what was written
PHONE = re.compile(r"\+?[0-9 ()./\u2010-\u2013-]{5,40}((ext|ankn|anknytning)\.? ?[0-9]{1,6})?", re.IGNORECASE)
DIGITS_OF_A_PHONE = 5
TIME_FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Surroundings:
    """What the fields of one form have in common: the limits for files, and what is known of who is asked."""

    limit_mb: int = 0
    overflow: bool = False
    own_organisation: str = ""  # not to be changed by who belongs to it
    organisations: tuple[str, ...] = ()  # offered to staff
    sites: tuple[str, ...] = ()


class Heading(forms.Field):
    """Words between the questions: nothing is asked, and nothing that is posted is read."""

    class Nothing(forms.Widget):
        def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
            return None

        def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
            return format_html("{}", "")

    widget = Nothing

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": False})


class NumberField(forms.DecimalField):
    """A number with a comma or a point, and with spaces between the thousands, as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(str(value or "").split()).replace(",", ".").replace("\u2212", "-"))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # a step and limits belong to fields that throw away what they do not understand


class PickField(LineField):
    """One of many choices, typed or picked by its words."""

    def __init__(self, *, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        self.words = dict(choices)
        self.values: dict[str, str] = {}
        for value, words in choices:
            self.values.setdefault(fold_text(words), value)
        super().__init__(widget=SuggestingInput(choices), max_length=LINE_LIMIT, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return self.words.get(value, value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed or typed in self.words:
            return typed
        found = self.values.get(fold_text(typed))
        if found is None:
            raise forms.ValidationError([self.error_messages["invalid_choice"], *self._near(typed)])
        return found

    def _near(self, typed: str) -> list[str]:
        """What could have been meant, for browsers that offer no list."""
        folded = fold_text(typed)
        near = [self.words[value] for words, value in self.values.items() if folded in words][:NEAR]
        return [_("Did you mean %s?") % _(" or ").join(in_quotes(words) for words in near)] if near else []


def field_for(question: FormField, around: Surroundings, *, required: bool, kept: str = "") -> forms.Field:
    """The form field that asks a question. `kept` is the answer there is, or the name of the file."""
    shared: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": required,
        "error_messages": {
            "required": _("Answer this question."),
            "max_length": _("Write at most %(limit_value)d characters; these are %(show_value)d."),
        },
    }
    field = MAKERS[FieldKind(question.kind)](question, around, kept, shared)
    field.widget.attrs.pop("maxlength", None)  # a browser would cut a pasted text off without a word
    return field


def choices_of(question: FormField, kept: str = "") -> list[tuple[str, str]]:
    """What can be chosen, in the reader's words; with what was chosen before, even if it is offered no more."""
    first, second = ("sv", "en") if (get_language() or "").startswith("sv") else ("en", "sv")
    offered = {
        choice["value"]: choice.get(first) or choice.get(second) or choice["value"] for choice in question.choices
    }
    for value in kept.splitlines():
        offered.setdefault(value, value)
    return list(offered.items())


def initial_of(question: FormField, value: str) -> Any:
    """A kept answer, or a default, as the beginning of its form field."""
    if question.kind == FieldKind.CHECKBOX:
        return value == "yes"
    if question.kind == FieldKind.CHOICES:
        return value.splitlines()
    if question.kind == FieldKind.DATE_TIME:
        return _moment(value) or value
    return value


def _line(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    shortest, longest = _lengths(question, LINE_LIMIT, shared)
    return LineField(min_length=shortest, max_length=longest, validators=_patterns(question, longest), **shared)


def _long_text(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    most = LONGEST_ANSWER[FieldKind.LONG_TEXT] if question.pattern else BODY_LIMIT
    shortest, longest = _lengths(question, most, shared)
    checks = _patterns(question, longest)
    return BodyField(rows=4, min_length=shortest, max_length=longest, validators=checks, **shared)


def _choice(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    shared["error_messages"]["invalid_choice"] = _("Choose one of the answers in the list.")
    offered = choices_of(question, kept)
    if len(offered) > CHOICES_IN_A_LIST:
        hint = _("Begin to write, and choose from what is offered.")
        shared["help_text"] = f"{shared['help_text']} {hint}".strip()
        return PickField(choices=offered, **shared)
    return forms.ChoiceField(choices=[("", _("Choose …")), *offered], **shared)


def _choices(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    shared["error_messages"]["invalid_choice"] = _("Choose among the answers in the list.")
    offered = choices_of(question, kept)
    if len(offered) > CHOICES_TO_TICK:
        hint = _("Hold down Ctrl, or Command on a Mac, to choose several.")
        shared["help_text"] = f"{shared['help_text']} {hint}".strip()
        return LongListField(choices=offered, widget=LongList(attrs={"size": 8}), **shared)
    return forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple, **shared)


def _checkbox(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**shared)


def _number(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    wrong = _("Write a number, such as 12 or 3.5.")
    shared["error_messages"] |= dict.fromkeys(
        ("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), wrong
    )
    bounds = _bounds(question, _decimal, str, _("Write %s or more."), _("Write %s or less."))
    return NumberField(max_digits=20, decimal_places=6, validators=bounds, **shared)


def _date(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    shared["error_messages"]["invalid"] = _("Write a date, such as 2026-11-21.")
    today = (timezone.localdate(), _("Choose today or a later day."), _("Choose today or an earlier day."))
    bounds = _bounds(
        question,
        _day,
        lambda day: date_format(day, "DATE_FORMAT"),
        _("Choose %s or a later day."),
        _("Choose %s or an earlier day."),
        today,
        kept,
    )
    attrs = {"type": "date", **_limits(bounds, date.isoformat)}
    widget = forms.DateInput(attrs=attrs, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=[_check_year, *bounds], **shared)


def _date_time(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    shared["error_messages"]["invalid"] = _("Write a date and a time, such as 2026-11-21 14:30.")
    minute = timezone.now().replace(second=0, microsecond=0)
    bounds = _bounds(
        question,
        _moment,
        lambda moment: date_format(timezone.localtime(moment), "DATETIME_FORMAT"),
        _("Choose %s or a later time."),
        _("Choose %s or an earlier time."),
        (minute, _("Choose a time from now on."), _("Choose a time that has been.")),
        kept,
    )
    attrs = {"type": "datetime-local", **_limits(bounds, _local)}
    widget = forms.DateTimeInput(attrs=attrs, format=TIME_FORMAT)
    return forms.DateTimeField(widget=widget, validators=[_check_year, *bounds], **shared)


def _phone(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    wrong = _("Write a phone number, such as 040-12 34 56 or +46 40 12 34 56.")

    def check(value: str) -> None:
        if not PHONE.fullmatch(value) or sum(char.isdigit() for char in value) < DIGITS_OF_A_PHONE:
            raise forms.ValidationError(wrong, code="invalid")

    return LineField(
        max_length=PHONE_LIMIT,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
        validators=[check, *_patterns(question, PHONE_LIMIT)],
        **shared,
    )


def _email(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    widget = forms.EmailInput(attrs={"inputmode": "email", "autocomplete": "off"})
    return AddressField(widget=widget, validators=_patterns(question, MAIL_ADDRESS_LIMIT), **shared)


def _url(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    wrong = _("Write a web address, such as https://www.example.com/page.")
    shared["error_messages"]["invalid"] = wrong
    field = forms.URLField(
        assume_scheme="https",
        max_length=ADDRESS_LIMIT,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        **shared,
    )
    field.validators = [check for check in field.validators if not isinstance(check, URLValidator)]
    field.validators += [URLValidator(schemes=["http", "https"], message=wrong), *_patterns(question, ADDRESS_LIMIT)]
    return field


def _file(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    shared["error_messages"]["required"] = _("Choose a file.")
    return AnswerFileField(limit_mb=around.limit_mb, overflow=around.overflow, kept=kept, **shared)


def _organisation(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    if around.own_organisation:
        return LineField(max_length=200, initial=around.own_organisation, disabled=True, **shared)
    return _suggested(question, around.organisations, shared)


def _site(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    return _suggested(question, around.sites, shared)


def _suggested(question: FormField, names: Iterable[str], shared: dict[str, Any]) -> forms.Field:
    offered = [(name, name) for name in names]
    widget = SuggestingInput(offered) if offered else forms.TextInput()
    return LineField(max_length=LINE_LIMIT, widget=widget, validators=_patterns(question, LINE_LIMIT), **shared)


def _heading(question: FormField, around: Surroundings, kept: str, shared: dict[str, Any]) -> forms.Field:
    return Heading(label=shared["label"], help_text=shared["help_text"])


MAKERS: dict[FieldKind, Callable[[FormField, Surroundings, str, dict[str, Any]], forms.Field]] = {
    FieldKind.TEXT: _line,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.DATE: _date,
    FieldKind.DATE_TIME: _date_time,
    FieldKind.NUMBER: _number,
    FieldKind.PHONE: _phone,
    FieldKind.EMAIL: _email,
    FieldKind.URL: _url,
    FieldKind.FILE: _file,
    FieldKind.ORGANISATION: _organisation,
    FieldKind.SITE: _site,
    FieldKind.HEADING: _heading,
}


def _patterns(question: FormField, longest: int) -> list[Callable[[str], None]]:
    """The question's own pattern as a check. One that RE2 does not take is passed over: the settings tell of it. So is
    an answer longer than the field takes: that is said anyway, and the pattern would take its time over it."""
    if not question.pattern:
        return []

    def check(value: str) -> None:
        if len(value) > longest:
            return
        try:
            fits = fits_wholly(question.pattern, value)
        except PatternError:
            return
        if not fits:
            raise forms.ValidationError(
                question.pattern_message or _("This is not written as expected here."), code="pattern"
            )

    return [check]


def _lengths(question: FormField, most: int, shared: dict[str, Any]) -> tuple[int | None, int]:
    shared["error_messages"]["min_length"] = _("Write at least %(limit_value)d characters; these are %(show_value)d.")
    longest = int(question.maximum) if question.maximum.isdecimal() else most
    shortest = int(question.minimum) if question.minimum.isdecimal() else None
    return shortest, min(longest, most)


def _bounds(
    question: FormField,
    read: Callable[[str], Any],
    say: Callable[[Any], str],
    at_least: str,
    at_most: str,
    today: tuple[Any, str, str] | None = None,
    kept: str = "",
) -> list[Any]:
    """The least and the greatest answer, as checks with words. What the settings hold and nobody can read, is none.

    `today` is the limit of that name, with its words. The answer there is (`kept`) was right on its own day, and stays.
    """
    checks: list[Any] = []
    for text, make, words, place in (
        (question.minimum, MinValueValidator, at_least, 1),
        (question.maximum, MaxValueValidator, at_most, 2),
    ):
        if text == TODAY and today is not None:
            there = read(kept) or today[0]
            checks.append(make(min(there, today[0]) if place == 1 else max(there, today[0]), today[place]))
            continue
        limit = read(text)
        if limit is not None:
            checks.append(make(limit, words % say(limit)))
    return checks


def _check_year(value: date) -> None:
    """At both ends of the calendar a day has no neighbour, and cannot be said in another time zone."""
    if value.year not in YEARS:
        words = _("Choose a day in the years from %(first)d to %(last)d.")
        raise forms.ValidationError(words % {"first": YEARS[0], "last": YEARS[-1]}, code="year")


def _limits(bounds: list[Any], say: Callable[[Any], str]) -> dict[str, str]:
    return {"min" if isinstance(bound, MinValueValidator) else "max": say(bound.limit_value) for bound in bounds}


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day(text: str) -> date | None:
    try:
        day = parse_date(text.strip()[:10])
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return None
    if moment is None:
        day = _day(text)
        moment = datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - given a zone below
    if moment is None or moment.year not in YEARS:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(TIME_FORMAT)
