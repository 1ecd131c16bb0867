"""A calendar as it is written in the settings."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from accounts.forms.organisations import DayField
from accounts.timezones import zone_choices
from routing.actions.calendars import LABEL_LENGTH
from routing.calendar_drafts import RANGE_LIMIT, CalendarDraft
from routing.hours_in_words import country_choices, region_choices
from routing.typed_hours import HoursUnreadable, read_hours, write_hours
from routing.working_time import Hours, Spans

NEVER_OPEN = gettext_lazy(
    "With these hours nobody is at work within two years, and nothing you promise would ever be due. Write hours for "
    "at least one day."
)
UNREADABLE = {
    "unreadable": gettext_lazy("“%s” are no hours. Write them such as 8-12, 13-17, or 22-06 over midnight."),
    "overlap": gettext_lazy("%s begins before the hours before it end. Write each hour once."),
    "many": gettext_lazy("These are more hours than fit into one day."),
}


class HoursField(LineField):
    """The hours of one day, as people type them; empty is closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, **kwargs})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return read_hours(typed)
        except HoursUnreadable as wrong:
            told = str(UNREADABLE[wrong.why])
            raise forms.ValidationError(told % wrong.said if "%s" in told else told) from None


class CalendarForm(forms.Form):
    """A calendar's name, zone, week and public holidays. Its own days are entered one by one (`DaysForm`)."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Write the calendar’s name.")},
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    country = forms.ChoiceField(label=gettext_lazy("Closed on the public holidays of"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    with_eves = forms.BooleanField(
        label=gettext_lazy("Also on the days when most offices are closed, such as Midsummer Eve in Sweden"),
        required=False,
    )

    def __init__(self, *args: Any, kept: CalendarDraft, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": written(kept), **kwargs})
        self.kept = kept
        for number in range(7):
            self.fields[f"day_{number}"] = HoursField(label=str(WEEKDAYS[number]))
        chosen = str(self["country"].value() or "")
        fields: dict[str, Any] = self.fields
        fields["zone"].choices = zone_choices(kept.hours.zone)
        fields["country"].choices = [("", _("no country")), *country_choices()]
        fields["region"].choices = [("", _("the whole country")), *region_choices(chosen)]
        fields["region"].error_messages["invalid_choice"] = _("This region is of another country. Choose again.")

    @property
    def days(self) -> Iterator[forms.BoundField]:
        """The weekdays' fields, Monday first."""
        return (self[f"day_{number}"] for number in range(7))

    @property
    def has_regions(self) -> bool:
        field: Any = self.fields["region"]
        return len(field.choices) > 1

    def draft(self) -> CalendarDraft:
        """What was written, with the own days that the calendar has."""
        typed = self.cleaned_data
        week = tuple(typed[f"day_{number}"] for number in range(7))
        shared = {name: typed[name] for name in ("zone", "country", "region", "with_eves")}
        return replace(self.kept, name=typed["name"], hours=replace(self.kept.hours, week=week, **shared))

    def holidays_meant(self) -> Hours:
        """The hours with the holidays chosen at the moment, whatever else is wrong."""
        country, region = (str(self[name].value() or "") for name in ("country", "region"))
        known = {code for code, _name in region_choices(country)}
        return replace(
            self.kept.hours,
            country=country,
            region=region if region in known else "",
            with_eves=bool(self["with_eves"].value()),
        )


class DaysForm(forms.Form):
    """Own days, one or several that follow each other: closed, or open at certain hours."""

    since = DayField(label=gettext_lazy("First day"))
    until = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("Empty: this one day."))
    spans = HoursField(
        label=gettext_lazy("Hours"), help_text=gettext_lazy("Empty: closed. Otherwise such as 9-13 or 8-12, 13-17.")
    )
    label = LineField(
        label=gettext_lazy("What it is"),
        help_text=gettext_lazy("For instance Staff day; customers read it where your hours are shown."),
        max_length=LABEL_LENGTH,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].required = True
        self.fields["since"].error_messages["required"] = _("Choose the day.")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        since = typed.get("since")
        if since is None or "until" not in typed:
            return typed
        until = typed["until"] = typed["until"] or since
        if until < since:
            self.add_error("until", _("The last day is before the first one."))
        elif (until - since).days >= RANGE_LIMIT:
            self.add_error("until", _("These are more than %d days. Enter them in parts.") % RANGE_LIMIT)
        return typed


def written(kept: CalendarDraft) -> dict[str, Any]:
    """A calendar as its form shows it."""
    hours = kept.hours
    days: dict[str, Spans] = {f"day_{number}": spans for number, spans in enumerate(hours.week)}
    return {
        "name": kept.name,
        "zone": hours.zone,
        "country": hours.country,
        "region": hours.region,
        "with_eves": hours.with_eves,
        **{name: write_hours(spans) for name, spans in days.items()},
    }
