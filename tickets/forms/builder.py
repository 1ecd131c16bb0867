"""The pages with which administrators build forms. Whether a question fits its form is for the door to say."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import fold_text
from accounts.forms.fields import BodyField, LineField
from accounts.languages import in_readers_language
from accounts.patterns import PatternError, fits_wholly
from tickets.enums import FieldAccess, FieldKind, Need
from tickets.field_rules import TICKED, TODAY, Fault, discrete_values, may_depend_on, settings_of
from tickets.forms.builder_words import fault_in_words, pattern_in_words
from tickets.forms.choice_lines import ChoiceLinesField, lines_of
from tickets.forms.questions import QuestionsMixin
from tickets.models import FormField
from tickets.questions import Asked
from tickets.ready_forms import READY_FORMS

VALUES_TO_TICK = 60  # more are written down, one a line
SAMPLE_CHOICES = 60  # nobody opens the list in a sample; with so many it is asked as with 2,000
MOMENT = "%Y-%m-%dT%H:%M"
SAID_TODAY = ("today", "idag", "i dag")
CHOOSE = {"required": gettext_lazy("Choose one of the answers.")}
NEED_WORDS = {
    Need.OPTIONAL: gettext_lazy("Nobody has to answer"),
    Need.UNKNOWN: gettext_lazy("People you do not know have to: not signed in, or without an organisation"),
    Need.ALWAYS: gettext_lazy("Everybody has to answer"),
}
ACCESS_WORDS = {
    FieldAccess.CUSTOMER: gettext_lazy("The customer, when asking. Staff read and correct it"),
    FieldAccess.SHOWN: gettext_lazy("Staff, on the ticket. The customer reads the answer there"),
    FieldAccess.INTERNAL: gettext_lazy("Staff, on the ticket. Customers see neither question nor answer"),
}
LIMIT_WORDS = {
    FieldKind.NUMBER: (gettext_lazy("Smallest number"), gettext_lazy("Largest number")),
    FieldKind.DATE: (gettext_lazy("First day"), gettext_lazy("Last day")),
    FieldKind.DATE_TIME: (gettext_lazy("Earliest time"), gettext_lazy("Latest time")),
    FieldKind.TEXT: (gettext_lazy("Fewest characters"), gettext_lazy("Most characters")),
    FieldKind.LONG_TEXT: (gettext_lazy("Fewest characters"), gettext_lazy("Most characters")),
}


class FormNameForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Only staff see it."),
        max_length=80,
        error_messages={"required": gettext_lazy("Write the form's name.")},
    )


class NewTicketFormForm(forms.Form):
    """What a new form begins with, and its name: a ready form's own where none is written."""

    ready = forms.ChoiceField(label=gettext_lazy("What does it begin with?"), widget=forms.RadioSelect, required=False)
    name = LineField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Only staff see it. Left empty, it is called as the ready form is."),
        max_length=80,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (code, f"{in_readers_language(*ready.name)}. {in_readers_language(*ready.description)}")
            for code, ready in READY_FORMS.items()
        ]
        field: Any = self.fields["ready"]
        field.choices = [*offered, ("", _("No questions yet. You add them yourself."))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name") and "name" not in self.errors and "ready" not in self.errors:
            if cleaned.get("ready"):
                cleaned["name"] = in_readers_language(*READY_FORMS[cleaned["ready"]].name)
            else:
                self.add_error("name", _("Write the form's name."))
        return cleaned


class _Today(forms.Field):
    """A limit in time: fixed, or the word today."""

    def to_python(self, value: Any) -> Any:
        return TODAY if fold_text(str(value or "")) in SAID_TODAY else super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return _("today") if value == TODAY else super().prepare_value(value)


class DayLimitField(_Today, forms.DateField):
    widget = forms.DateInput(attrs={"autocomplete": "off"}, format="%Y-%m-%d")


class MomentLimitField(_Today, forms.DateTimeField):
    widget = forms.DateTimeInput(attrs={"autocomplete": "off"}, format=MOMENT)


class FieldForm(forms.Form):
    """One question of a form: only the settings its kind has. `values()` is what the door takes.

    `earlier` are the questions before it, on which it may depend.
    """

    def __init__(
        self,
        *args: Any,
        kind: str,
        earlier: Sequence[FormField] = (),
        is_new: bool = False,
        access: str = FieldAccess.CUSTOMER,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.earlier, self.is_new = FieldKind(kind), earlier, is_new
        self.has = settings_of(kind)
        self._ask_words()
        for name in ("choices", "default", "minimum", "maximum"):
            if name in self.has:
                self.fields[name] = getattr(self, f"_{name}")()
        if "pattern" in self.has:
            self._ask_pattern()
        self._ask_who()
        self._ask_when(may_depend_on(FormField(access=self._said("access") or access), earlier))

    @classmethod
    def of(cls, field: FormField, *, kind: str, earlier: Sequence[FormField], data: Any = None) -> "FieldForm":
        """The form for a field that is there; as another `kind` if one is to be tried."""
        initial = {name: getattr(field, name) for name in settings_of(kind)}
        initial |= {"choices": lines_of(field.choices), "depends_on": field.depends_on_id or ""}
        if kind == FieldKind.CHECKBOX:
            initial["default"] = bool(field.default)
        return cls(data, kind=kind, earlier=earlier, access=field.access, initial=initial)

    def unjudged(self) -> "FieldForm":
        """The same with everything typed and no errors, to go on with."""
        raw = {
            name: field.widget.value_from_datadict(self.data, self.files, name) for name, field in self.fields.items()
        }
        return type(self)(kind=self.kind, earlier=self.earlier, is_new=self.is_new, initial=raw)

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Say what the door found, each at its place."""
        for fault in faults:
            self.add_error(fault.setting if fault.setting in self.fields else None, fault_in_words(fault))

    def values(self) -> dict[str, Any]:
        """The question's settings as the door takes them."""
        cleaned = {name: self.cleaned_data.get(name) for name in self.has if name in self.fields}
        on = next((other for other in self.parents if str(other.pk) == cleaned.get("depends_on")), None)
        cleaned |= {"depends_on": on, "depends_values": self._values_chosen(on), "kind": self.kind}
        for name in ("default", "minimum", "maximum"):
            if name in cleaned:
                cleaned[name] = _as_text(cleaned[name])
        if self.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            cleaned["default"] = self._default_value(str(cleaned["default"]), cleaned["choices"] or [])
        if self.is_new:
            cleaned["key"] = self.cleaned_data.get("key", "")
        return cleaned

    def pattern_trial(self) -> str:
        """What came of the text somebody tried on the pattern, in words; "" where nothing was tried."""
        pattern, text = self._said("pattern"), self._said("try_text")
        if not pattern or not text:
            return ""
        try:
            fits = fits_wholly(pattern, text)
        except PatternError as wrong:
            return pattern_in_words(str(wrong))
        return _("“%s” fits the pattern.") % text if fits else _("“%s” does not fit the pattern.") % text

    def group(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def word_fields(self) -> list[forms.BoundField]:
        return self.group("label_sv", "label_en", "help_sv", "help_en", "key")

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return self.group("choices", "default", "minimum", "maximum")

    @property
    def pattern_fields(self) -> list[forms.BoundField]:
        return self.group("pattern", "pattern_message_sv", "pattern_message_en")

    @property
    def who_fields(self) -> list[forms.BoundField]:
        return self.group("access", "need")

    @property
    def switches(self) -> list[forms.BoundField]:
        return self.group("is_required_to_close", "is_column", "is_searchable")

    def _said(self, name: str) -> Any:
        return self.data.get(name) if self.is_bound else self.initial.get(name)

    def _ask_words(self) -> None:
        if self.kind == FieldKind.HEADING:
            labels = (_("Heading in Swedish"), _("Heading in English"))
            helps = (_("Explanation in Swedish"), _("Explanation in English"))
        else:
            labels = (_("Question in Swedish"), _("Question in English"))
            helps = (_("Help in Swedish"), _("Help in English"))
        shared: dict[str, Any] = {"required": False}
        self.fields["label_sv"] = LineField(
            label=labels[0], max_length=120, help_text=_("A language left empty is shown in the other one."), **shared
        )
        self.fields["label_en"] = LineField(label=labels[1], max_length=120, **shared)
        for name, label in zip(("help_sv", "help_en"), helps, strict=True):
            if self.kind == FieldKind.HEADING:
                self.fields[name] = BodyField(label=label, rows=3, max_length=500, **shared)
            else:
                self.fields[name] = LineField(label=label, max_length=500, **shared)
        if self.is_new:
            self.fields["key"] = LineField(
                label=_("Short name"),
                max_length=40,
                help_text=_(
                    "Routing rules, linked addresses and exports know the question by it, and questions of other forms "
                    "with the same short name count as the same. Left empty, it is made from the question. It stays."
                ),
                **shared,
            )

    def _choices(self) -> forms.Field:
        return ChoiceLinesField(
            label=_("Answers to choose among"),
            help_text=_(
                "One a line, such as “Brand | Fire” in Swedish and English; or “fire | Brand | Fire” where rules and "
                "exports need a value of their own. Names need one part only. 2,000 at most."
            ),
            rows=8,
            error_messages={"required": _("Write the answers one can choose among, one a line.")},
        )

    def _default(self) -> forms.Field:
        shared: dict[str, Any] = {"label": _("Filled in beforehand"), "required": False}
        if self.kind == FieldKind.CHECKBOX:
            return forms.BooleanField(label=_("It is ticked beforehand"), required=False)
        if self.kind == FieldKind.CHOICE:
            return LineField(max_length=120, help_text=_("One of the answers above, or nothing."), **shared)
        if self.kind == FieldKind.CHOICES:
            return BodyField(rows=2, help_text=_("Some of the answers above, one a line, or nothing."), **shared)
        if self.kind == FieldKind.LONG_TEXT:
            return BodyField(rows=3, help_text=_("At most 200 characters."), **shared)
        if self.kind == FieldKind.TEXT:
            return LineField(max_length=200, **shared)
        return self._measured(**shared)

    def _minimum(self) -> forms.Field:
        return self._limit(label=LIMIT_WORDS[self.kind][0], required=False)

    def _maximum(self) -> forms.Field:
        return self._limit(label=LIMIT_WORDS[self.kind][1], required=False)

    def _limit(self, **shared: Any) -> forms.Field:
        if self.kind == FieldKind.DATE:
            words = _("A date such as 2026-12-31, or the word today.")
            return DayLimitField(help_text=words, error_messages={"invalid": words}, **shared)
        if self.kind == FieldKind.DATE_TIME:
            words = _("A date and a time such as 2026-12-31 14:30, or the word today: until now, or from now on.")
            return MomentLimitField(help_text=words, error_messages={"invalid": words}, **shared)
        return self._measured(**shared)

    def _measured(self, **shared: Any) -> forms.Field:
        """A field for a limit, in the terms of the kind."""
        if self.kind == FieldKind.DATE:
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(
                widget=day, error_messages={"invalid": _("Write a date, such as 2026-11-21.")}, **shared
            )
        if self.kind == FieldKind.DATE_TIME:
            moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
            wrong = _("Write a date and a time, such as 2026-11-21 14:30.")
            return forms.DateTimeField(widget=moment, error_messages={"invalid": wrong}, **shared)
        if self.kind == FieldKind.NUMBER:
            wrong = _("Write a number, such as 12 or 3.5.")
            numeric = forms.TextInput(attrs={"inputmode": "decimal"})
            errors = dict.fromkeys(("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), wrong)
            return forms.DecimalField(max_digits=20, decimal_places=6, widget=numeric, error_messages=errors, **shared)
        whole = forms.TextInput(attrs={"inputmode": "numeric"})
        return forms.IntegerField(
            min_value=0,
            widget=whole,
            error_messages=dict.fromkeys(("invalid", "min_value"), _("Write a whole number, such as 8.")),
            **shared,
        )

    def _ask_pattern(self) -> None:
        code = forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"})
        self.fields["pattern"] = forms.CharField(
            label=_("Pattern the whole answer has to fit"),
            help_text=_(
                r"A regular expression: \d{8} is eight digits, [A-Z]{2}-\d+ is two capitals, a dash and digits."
            ),
            max_length=200,
            required=False,
            widget=code,
        )
        for name, label in (
            ("pattern_message_sv", _("What is expected, in Swedish")),
            ("pattern_message_en", _("What is expected, in English")),
        ):
            self.fields[name] = LineField(label=label, max_length=200, required=False)
        self.fields["pattern_message_sv"].help_text = _(
            "Read by whoever answers otherwise, such as: Write the eight digits on the back of the card."
        )
        self.fields["try_text"] = forms.CharField(label=_("Try the pattern on"), max_length=200, required=False)

    def _ask_who(self) -> None:
        if "access" in self.has:
            self.fields["access"] = forms.ChoiceField(
                label=_("Who answers it?"),
                choices=list(ACCESS_WORDS.items()),
                widget=forms.RadioSelect,
                initial=FieldAccess.CUSTOMER,
                error_messages=CHOOSE,
            )
        if "need" in self.has:
            self.fields["need"] = forms.ChoiceField(
                label=_("Who has to answer it?"),
                choices=list(NEED_WORDS.items()),
                widget=forms.RadioSelect,
                initial=Need.OPTIONAL,
                help_text=_("Counts only where the customer answers it.") if "access" in self.has else "",
                error_messages=CHOOSE,
            )
        for name, label, words, begins in (
            (
                "is_required_to_close",
                _("It has to be answered before staff close the ticket"),
                _("Whoever closes it is asked there and then. Customers may always close their tickets."),
                False,
            ),
            ("is_column", _("The queue shows the answer"), _("In the ticket’s row, for everybody on the desk."), False),
            ("is_searchable", _("The search on the desk finds it"), _("Holds for answers given from now on."), True),
        ):
            if name in self.has:
                self.fields[name] = forms.BooleanField(label=label, help_text=words, required=False, initial=begins)

    def _ask_when(self, parents: list[FormField]) -> None:
        self.parents = parents
        if not parents:
            return
        self.fields["depends_on"] = forms.ChoiceField(
            label=_("Is it always asked?"),
            choices=[
                ("", _("Yes, always")),
                *((str(other.pk), _deciding(other)) for other in parents),
            ],
            required=False,
            help_text=_("Only questions before it whose answers are chosen or ticked can decide."),
            error_messages={"invalid_choice": _("This question is no longer before it. Choose another one.")},
        )
        said = str(self._said("depends_on") or "")
        chosen = next((other for other in parents if str(other.pk) == said), None)
        if chosen is not None and chosen.kind != FieldKind.CHECKBOX:
            self.fields["depends_values"] = _values_field(chosen)
            if _is_long(chosen) and isinstance(self.initial.get("depends_values"), list):
                self.initial["depends_values"] = "\n".join(self.initial["depends_values"])

    def _values_chosen(self, on: FormField | None) -> list[str]:
        if on is not None and on.kind == FieldKind.CHECKBOX:
            return [TICKED]
        said = self.cleaned_data.get("depends_values")
        if not said or on is None:
            return []
        if isinstance(said, list):
            return said
        offered = {fold_text(value): value for value in discrete_values(on)}
        lines = dict.fromkeys(line.strip() for line in said.splitlines() if line.strip())
        return [offered.get(fold_text(line), line) for line in lines]

    def _default_value(self, said: str, choices: Iterable[Mapping[str, str]]) -> str:
        """The values somebody means who wrote them, or their words."""
        meant = {fold_text(words): one["value"] for one in choices for words in (one["en"], one["sv"], one["value"])}
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return "\n".join(meant.get(fold_text(line), line) for line in lines)


class SampleForm(QuestionsMixin):
    """One question alone, as a customer whom nobody knows meets it in the language that is active."""

    def __init__(self, question: FormField, prefix: str) -> None:
        super().__init__(auto_id=f"{prefix}_%s")
        alone = copy(question)
        alone.depends_on = None
        alone.choices = alone.choices[:SAMPLE_CHOICES]
        self.ask([alone], Asked.UNKNOWN)


def _deciding(other: FormField) -> str:
    words = _("Only if ticked: %s") if other.kind == FieldKind.CHECKBOX else _("Depends on: %s")
    return words % other


def _is_long(on: FormField) -> bool:
    return len(discrete_values(on)) > VALUES_TO_TICK


def _values_field(on: FormField) -> forms.Field:
    """Where the answers are chosen with which a question is asked."""
    label = _("Asked only if the answer to “%s” is") % on.label
    if _is_long(on):
        return BodyField(
            label=label,
            rows=4,
            required=False,
            help_text=_("The values of its answers, one a line; any of them will do."),
        )
    choices = [
        (one["value"], in_readers_language(one.get("sv", ""), one.get("en", "")) or one["value"]) for one in on.choices
    ]
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)
