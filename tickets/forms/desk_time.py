"""Whom a ticket waits for besides us and the customer, and until when it is put off."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from routing.working_time import Hours
from tickets.putting_off import morning_of, next_morning, next_week


class ThirdPartyForm(forms.Form):
    """Who has to do something first."""

    whom = LineField(
        label=gettext_lazy("For whom?"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("A supplier, for example, or a colleague elsewhere. Only staff read it."),
    )


class SnoozeForm(forms.Form):
    """Until when a ticket is put off: one of the mornings offered, or a day of one's own choice. `hours`: when those
    work who come back to it."""

    when = forms.ChoiceField(choices=[("tomorrow", ""), ("week", ""), ("day", "")])
    day = forms.DateField(
        label=gettext_lazy("Another day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write a date, such as 2026-11-21.")},
    )

    def __init__(self, *args: Any, hours: Hours, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hours, self.now = hours, timezone.now()

    def offered(self) -> list[tuple[str, datetime]]:
        """The mornings one chooses with a button."""
        found = [("tomorrow", next_morning(self.hours, self.now)), ("week", next_week(self.hours, self.now))]
        return found if found[0][1] != found[1][1] else found[:1]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") != "day":
            # What is typed beside the button that was pressed does not matter.
            self.errors.pop("day", None)
        elif cleaned.get("day") is None and "day" not in self.errors:
            self.add_error("day", _("Choose the day on which the ticket is to come back."))
        return cleaned

    def until(self) -> datetime:
        """The moment that was chosen."""
        if self.cleaned_data["when"] == "day":
            return morning_of(self.hours, self.cleaned_data["day"])
        return (
            next_week(self.hours, self.now)
            if self.cleaned_data["when"] == "week"
            else next_morning(self.hours, self.now)
        )
