"""A routing rule as it is written in the settings. Its conditions are forms of their own, one for each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.folding import clean_line, clean_text
from accounts.forms.fields import LineField
from accounts.models import User
from accounts.patterns import PatternError, check_pattern
from accounts.queries.imports import organisations_named, same_name
from routing.actions.ruling import (
    CONDITIONS_LIMIT,
    EARLIER_DAYS_LIMIT,
    PATTERNS_LIMIT,
    TAG_LENGTH,
    TAGS_LIMIT,
    VALUE_LENGTH,
    VALUES_LIMIT,
)
from routing.conditions import NUMBER
from routing.enums import Assigns, Joined, Operator
from routing.facts import ConditionFact, RuleFact
from routing.forms import DepartmentField
from routing.models import Department, RoutingRule, RoutingTable
from tickets.enums import Priority
from tickets.rule_catalogue import Catalogue, Fact, Sort

TICKED_UP_TO = 100  # values that are offered as boxes; more are written, one a line
ASKS_NOTHING = (Operator.FILLED, Operator.EMPTY)
NO_CONDITIONS = gettext_lazy("The rule has no conditions. Add one, or say that it holds for every ticket.")
CLOSED_NOW = gettext_lazy("This department has just been closed. Choose another one.")


class EarlierDaysForm(forms.Form):
    """For how long earlier communication counts (T5)."""

    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        help_text=gettext_lazy("0 switches it off."),
        min_value=0,
        max_value=EARLIER_DAYS_LIMIT,
        error_messages={
            name: gettext_lazy("Write a number of days from 0 to 730.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )


class ConditionForm(forms.Form):
    """One condition. Which fact it asks about was chosen before; that decides what can be compared, and with what."""

    operator = forms.ChoiceField(label=gettext_lazy("How"))

    def __init__(
        self,
        data: Any,
        *,
        place: str,
        fact: Fact,
        kept: ConditionFact | None,
        catalogue: Catalogue,
        typed: dict[str, Any] | None = None,
    ) -> None:
        self.fact, self.kept, self.catalogue, self.place = fact, kept, catalogue, place
        super().__init__(data, prefix=f"condition{place}", initial=typed or self._initial())
        chosen = kept.operator if kept else ""
        operators = dict.fromkeys([*fact.operators, *([Operator(chosen)] if chosen in Operator.values else [])])
        operator: Any = self.fields["operator"]
        operator.choices = [(str(one), fact.operator_in_words(one)) for one in operators]
        if fact.sort != Sort.TICK:
            self.fields["values"] = self._values_field()

    @property
    def is_ticked(self) -> bool:
        """Whether the values are offered as boxes."""
        return 0 < len(self.fact.options) <= TICKED_UP_TO

    def clean_values(self) -> list[str]:
        if self.cleaned_data.get("operator") in ASKS_NOTHING:
            return []
        values = self._posted_values()
        if not values:
            raise forms.ValidationError(_("Choose or write at least one value."))
        if len(values) > VALUES_LIMIT:
            told = _("At most %d values fit in one condition. Put longer lists into a table.")
            raise forms.ValidationError(told % VALUES_LIMIT)
        if self.cleaned_data.get("operator") == Operator.MATCHES and len(values) > PATTERNS_LIMIT:
            raise forms.ValidationError(_("At most %d patterns fit in one condition.") % PATTERNS_LIMIT)
        if any(len(value) > VALUE_LENGTH for value in values):
            raise forms.ValidationError(_("A value can have at most %d characters.") % VALUE_LENGTH)
        return [self._checked(value) for value in values]

    def clean(self) -> None:
        if self.fact.is_gone and self.kept is None:
            self.refuse(_("This is not asked any more. Remove the condition."))

    def refuse(self, why: str) -> None:
        """Say of the whole condition that it cannot be, beside its first question."""
        self.add_error("operator", why)

    def condition(self) -> ConditionFact:
        return ConditionFact(self.fact.key, self.cleaned_data["operator"], tuple(self.cleaned_data.get("values") or ()))

    def _initial(self) -> dict[str, Any]:
        if self.kept is None:
            return {}
        return {"operator": self.kept.operator, "values": self._shown_values(self.kept.values)}

    def _shown_values(self, values: Sequence[str]) -> Any:
        if self.is_ticked:
            return list(values)
        if self.fact.sort == Sort.ORGANISATION or self.fact.options:
            return "\n".join(self.catalogue.value_in_words(self.fact, value) for value in values)
        return "\n".join(values)

    def _values_field(self) -> forms.Field:
        if self.is_ticked:
            gone = [value for value in (self.kept.values if self.kept else ()) if value not in self.fact.options]
            offered = [
                *self.fact.options.items(),
                *((value, self.catalogue.value_in_words(self.fact, value)) for value in gone),
            ]
            return forms.MultipleChoiceField(
                label=_("One of"), choices=offered, widget=forms.CheckboxSelectMultiple, required=False
            )
        return forms.CharField(
            label=_("One of"),
            help_text=self._help(),
            widget=forms.Textarea(attrs={"rows": 2}),
            required=False,
            max_length=VALUES_LIMIT * (VALUE_LENGTH + 2),
        )

    def _help(self) -> str:
        if self.fact.sort == Sort.ORGANISATION:
            return _("One organisation a line, by its name.")
        if self.fact.options:
            return _("One value a line, by its name.")
        if self.fact.sort == Sort.DAY:
            return _("A day such as 2026-11-21.")
        if self.fact.sort == Sort.NUMBER:
            return _("A number.")
        return _("One value a line; one of them is enough. Capitals and accents make no difference.")

    def _posted_values(self) -> list[str]:
        posted = self.cleaned_data["values"]
        if self.is_ticked:
            return list(posted)
        lines = (clean_line(line) for line in clean_text(posted).split("\n"))
        return list(dict.fromkeys(line for line in lines if line))

    def _checked(self, value: str) -> str:
        if self.is_ticked:
            return value
        if self.fact.sort == Sort.ORGANISATION:
            return self._organisation(value)
        if self.fact.options:
            return self._option(value)
        if self.cleaned_data.get("operator") == Operator.MATCHES:
            _check_pattern(value)
        if self.fact.sort == Sort.NUMBER:
            _check_number(value)
        return value

    def _organisation(self, name: str) -> str:
        found = same_name((one for some in organisations_named([name]).values() for one in some), name)
        if found is None:
            raise forms.ValidationError(_("There is no organisation called “%s”.") % name)
        return str(found.pk)

    def _option(self, said: str) -> str:
        by_words = {words.casefold(): value for value, words in self.fact.options.items()}
        found = said if said in self.fact.options else by_words.get(said.casefold())
        if found is None:
            raise forms.ValidationError(_("“%s” is none of the values that can be chosen there.") % said)
        return found


class Conditions:
    """The conditions of one rule on a page, in their order. `remove` leaves one out, `add` begins one about a fact.

    Posted as `conditions` (the places), and for each place its fact and what `ConditionForm` asks. Whatever is posted
    is there: one that cannot be is refused in words, because a rule that lost it would hold for more tickets.
    """

    def __init__(self, catalogue: Catalogue, kept: Sequence[ConditionFact], data: Any = None) -> None:
        self.catalogue, self.data = catalogue, data
        self.forms = list(self._posted(kept) if data is not None else self._kept(kept))

    def add(self, key: str) -> bool:
        """Begin a condition more. False where there are too many, or there is no such fact."""
        if key not in self.catalogue.facts or len(self.forms) >= CONDITIONS_LIMIT:
            return False
        taken = {form.place for form in self.forms}
        place = next(place for place in map(str, count()) if place not in taken)
        self.forms.append(self._form(None, place, key, None))
        return True

    def remove(self, place: str) -> None:
        self.forms = [form for form in self.forms if form.place != place]

    def unjudged(self) -> None:
        """Show everything as it was typed, without a word about what is missing: the form is not finished yet."""
        self.forms = [
            self._form(None, form.place, form.fact.key, form.kept, typed=as_typed(form)) for form in self.forms
        ]

    def is_valid(self) -> bool:
        valid = not [form for form in self.forms if not form.is_valid()]  # all of them are asked
        surplus = self.forms[CONDITIONS_LIMIT:]
        for form in surplus:
            form.refuse(_("At most %d conditions fit in one rule. Remove this one.") % CONDITIONS_LIMIT)
        return valid and not surplus

    def facts(self) -> tuple[ConditionFact, ...]:
        return tuple(form.condition() for form in self.forms)

    def _kept(self, kept: Sequence[ConditionFact]) -> Iterator[ConditionForm]:
        for place, condition in enumerate(kept):
            yield self._form(None, str(place), condition.fact, condition)

    def _posted(self, kept: Sequence[ConditionFact]) -> Iterator[ConditionForm]:
        before: dict[str, ConditionFact] = {}
        for condition in kept:  # what a condition may keep, any condition about the same may keep
            values = before[condition.fact].values if condition.fact in before else ()
            before[condition.fact] = replace(condition, values=(*values, *condition.values))
        for place in dict.fromkeys(self.data.getlist("conditions")):
            key = self.data.get(f"fact{place}", "")
            yield self._form(self.data, place, key, before.get(key))

    def _form(
        self, data: Any, place: str, key: str, kept: ConditionFact | None, typed: dict[str, Any] | None = None
    ) -> ConditionForm:
        fact = self.catalogue.fact(key)
        return ConditionForm(data, place=place, fact=fact, kept=kept, catalogue=self.catalogue, typed=typed)


class RuleForm(forms.Form):
    """What a rule is called and what it does. Its conditions are `Conditions`."""

    name = LineField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Staff read it on each ticket it decided about."),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the rule a name.")},
    )
    joined = forms.ChoiceField(
        label=gettext_lazy("The rule holds when"), choices=Joined.choices, widget=forms.RadioSelect, initial=Joined.ALL
    )
    for_all = forms.BooleanField(
        label=gettext_lazy("Holds for every ticket"),
        help_text=gettext_lazy("Without conditions there is nothing else it could depend on."),
        required=False,
    )
    department = DepartmentField(label=gettext_lazy("Department"), queryset=Department.objects.none(), required=False)
    table = forms.ModelChoiceField(
        label=gettext_lazy("Look the department up in a table"),
        help_text=gettext_lazy("Where the table has no such value, the department above gets the ticket."),
        queryset=RoutingTable.objects.none(),
        required=False,
    )
    table_fact = forms.ChoiceField(label=gettext_lazy("What is looked up"), required=False)
    assigns = forms.ChoiceField(
        label=gettext_lazy("Who there gets it"), choices=Assigns.choices, widget=forms.RadioSelect, required=False
    )
    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Which agent"),
        help_text=gettext_lazy("Only where they work in the department that gets the ticket."),
        queryset=User.objects.none(),
        required=False,
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("Not where an agent has chosen another one."),
        required=False,
    )
    tags = LineField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("With commas between them. Customers never see them."),
        max_length=TAGS_LIMIT * (TAG_LENGTH + 2),
        required=False,
    )
    follower = forms.ModelChoiceField(
        label=gettext_lazy("Somebody who follows the ticket"),
        help_text=gettext_lazy("Is told what the customer writes, as far as they may see the ticket."),
        queryset=User.objects.none(),
        required=False,
    )
    stops = forms.BooleanField(
        label=gettext_lazy("Later rules are not asked"),
        help_text=gettext_lazy("Otherwise they still set priority, tags and followers, when they hold as well."),
        required=False,
    )

    def __init__(self, *args: Any, catalogue: Catalogue, rule: RoutingRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        opened = Department.objects.filter(is_active=True)
        kept = Department.objects.filter(pk=rule.department_id if rule else None)
        fields["department"].queryset = (opened | kept).order_by("name")
        fields["department"].empty_label = _("Leave that to the steps after the rules")
        fields["department"].error_messages["invalid_choice"] = CLOSED_NOW
        fields["table"].queryset = RoutingTable.objects.order_by("name")
        fields["table"].empty_label = _("No table")
        fields["table"].error_messages["invalid_choice"] = _("This table has just been removed. Choose another one.")
        offered = {fact.key for _group, facts in catalogue.groups for fact in facts}
        before = rule.table_fact if rule and rule.table_fact not in offered else ""
        fields["table_fact"].choices = [
            ("", _("Choose what is looked up")),
            *((group, [(fact.key, fact.name) for fact in facts]) for group, facts in catalogue.groups),
            *([(before, catalogue.fact(before).name)] if before else ()),
        ]
        fields["priority"].choices = [("", _("As it is")), *Priority.choices]
        for name in ("assignee", "follower"):
            staff = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER)
            chosen = User.objects.filter(pk=getattr(rule, f"{name}_id") if rule else None)
            fields[name].queryset = (staff | chosen).order_by("search_key", "pk")
            fields[name].empty_label = _("Nobody")
            fields[name].error_messages["invalid_choice"] = _(
                "This person does not work here any more. Choose somebody else."
            )

    def clean_tags(self) -> list[str]:
        tags = list(dict.fromkeys(clean_line(tag) for tag in self.cleaned_data["tags"].split(",") if clean_line(tag)))
        if len(tags) > TAGS_LIMIT:
            raise forms.ValidationError(_("A rule can set at most %d tags.") % TAGS_LIMIT)
        if any(len(tag) > TAG_LENGTH for tag in tags):
            raise forms.ValidationError(_("A tag can have at most %d characters.") % TAG_LENGTH)
        return tags

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("table") and not cleaned.get("table_fact") and "table_fact" not in self.errors:
            self.add_error("table_fact", _("Choose what is looked up in the table."))
        if cleaned.get("assigns") == Assigns.PERSON and not cleaned.get("assignee") and "assignee" not in self.errors:
            self.add_error("assignee", _("Choose which agent gets it."))
        does = ("department", "table", "assigns", "priority", "tags", "follower", "stops")
        if not self.errors and not any(cleaned.get(name) for name in does):
            raise forms.ValidationError(_("Say what happens when the rule holds: a department, a priority, a tag…"))

    def require_for_all(self) -> None:
        """Refuse a rule without conditions of which nobody has said that it is for every ticket."""
        if not self.cleaned_data.get("for_all"):
            self.add_error("for_all", NO_CONDITIONS)

    def rule_fact(self, conditions: Sequence[ConditionFact], *, pk: int = 0) -> RuleFact:
        """What was written, as the rule's door takes it."""
        cleaned = self.cleaned_data
        table = cleaned["table"]
        return RuleFact(
            id=pk,
            name=cleaned["name"],
            conditions=tuple(conditions),
            joined=cleaned["joined"],
            stops=cleaned["stops"],
            department=_pk(cleaned["department"]),
            table=_pk(table),
            table_fact=cleaned["table_fact"] if table else "",
            assigns=cleaned["assigns"],
            assignee=_pk(cleaned["assignee"]) if cleaned["assigns"] == Assigns.PERSON else None,
            priority=cleaned["priority"],
            tags=tuple(cleaned["tags"]),
            follower=_pk(cleaned["follower"]),
        )

    @staticmethod
    def written(rule: RuleFact) -> dict[str, Any]:
        """A rule as the form shows it."""
        return {
            "name": rule.name,
            "joined": rule.joined,
            "for_all": not rule.conditions,
            "department": rule.department,
            "table": rule.table,
            "table_fact": rule.table_fact,
            "assigns": rule.assigns,
            "assignee": rule.assignee,
            "priority": rule.priority,
            "tags": ", ".join(rule.tags),
            "follower": rule.follower,
            "stops": rule.stops,
        }


class Together:
    """Several forms of one page, as the summary of errors reads them."""

    def __init__(self, *some: forms.Form) -> None:
        self.forms = [form for form in some if form.is_bound]

    @property
    def errors(self) -> list[str]:
        return [str(error) for form in self.forms for errors in form.errors.values() for error in errors]

    @property
    def non_field_errors(self) -> list[str]:
        return [str(error) for form in self.forms for error in form.non_field_errors()]

    @property
    def visible_fields(self) -> list[Any]:
        return [field for form in self.forms for field in form.visible_fields()]

    @property
    def hidden_fields(self) -> list[Any]:
        return []


def as_typed(form: forms.Form) -> dict[str, Any]:
    """What a form shows, to begin another one with."""
    return {bound.name: bound.value() for bound in form}


def _pk(row: Any) -> int | None:
    return row.pk if row is not None else None


def _check_pattern(value: str) -> None:
    try:
        check_pattern(value)
    except PatternError as wrong:
        told = _("“%(pattern)s” is no pattern: %(why)s")
        raise forms.ValidationError(told % {"pattern": value, "why": wrong}) from None


def _check_number(value: str) -> None:
    if not NUMBER.fullmatch(value):
        raise forms.ValidationError(_("“%s” is no number. Write it as 12 or 12.5.") % value)
