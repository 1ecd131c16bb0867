"""A service level as its administrator sets it: a table of priorities and what is promised for each."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from routing.enums import Measure
from routing.models import Calendar, ServiceLevel
from routing.models.levels import LONGEST
from routing.typed_durations import DurationUnreadable, read_duration, write_duration
from tickets.enums import Priority

FIRST_ANSWER_WITHIN = "4 h"  # S6; where nobody has said anything else
WRONG = {
    "unreadable": gettext_lazy("Write a time such as 4 h, 30 min or 1 h 30 min."),
    "days": gettext_lazy("Write hours or minutes: how long a working day is, the calendar says anew for each day."),
    "long": gettext_lazy("At most 10,000 hours can be promised."),
}


class DurationField(forms.CharField):
    """Working time as people write it. Cleans to minutes; None where it is left empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"size": "12", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        try:
            return read_duration(super().clean(value), longest=LONGEST)
        except DurationUnreadable as wrong:
            raise forms.ValidationError(WRONG[wrong.why]) from None


class LevelForm(forms.Form):
    """`values()` is what the door takes."""

    name = LineField(
        label=gettext_lazy("Name"), max_length=80, error_messages={"required": gettext_lazy("Write the level’s name.")}
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("Everybody has it whose agreement promises no other"), required=False
    )
    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Whose hours count?"), queryset=Calendar.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["calendar"]
        field.queryset = Calendar.objects.order_by("name")
        field.empty_label = _("The department’s hours")
        for priority in Priority:
            for measure in Measure:
                label = _("%(priority)s: %(measure)s") % {"priority": priority.label, "measure": measure.label}
                self.fields[cell(priority, measure)] = DurationField(label=label)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The most urgent first."""
        return [
            {"label": priority.label, "cells": [self[cell(priority, measure)] for measure in Measure]}
            for priority in reversed(Priority)
        ]

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        targets = {
            (str(priority), measure): said[cell(priority, measure)]
            for priority in Priority
            for measure in Measure
            if said[cell(priority, measure)] is not None
        }
        return {**{name: said[name] for name in ("name", "is_default", "calendar")}, "targets": targets}

    @staticmethod
    def of(level: ServiceLevel) -> dict[str, Any]:
        """The form's first values for a level."""
        kept = {"name": level.name, "is_default": level.is_default, "calendar": level.calendar_id}
        rows = level.targets.all()
        return kept | {cell(row.priority, row.measure): write_duration(row.minutes) for row in rows}

    @staticmethod
    def suggested() -> dict[str, Any]:
        """What a new level begins with."""
        first = {cell(priority, Measure.FIRST_ANSWER): FIRST_ANSWER_WITHIN for priority in Priority}
        return first | {"is_default": not ServiceLevel.objects.filter(is_default=True).exists()}


def cell(priority: str, measure: str) -> str:
    return f"{priority}_{measure}"
