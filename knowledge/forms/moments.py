from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A date with a time, as the browser writes it, on the reader's clock."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        wrong = {
            "required": gettext_lazy("Choose a date and a time."),
            "invalid": gettext_lazy("Write a date and a time such as 2026-11-21 14:30."),
        }
        super().__init__(**{"widget": widget, "error_messages": wrong, **kwargs})

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and not 1990 <= moment.year <= 2199:
            raise forms.ValidationError(_("Write a day between 1990 and 2199."))
        return moment
