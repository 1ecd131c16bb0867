"""A service, as administrators name it and say which topics are about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.choosing import RowsField
from accounts.forms.fields import BodyField, LineField
from knowledge.actions.services import NAME_LENGTH
from knowledge.models import Service
from tickets.models import HelpTopic


class ServiceForm(forms.Form):
    name_sv = LineField(label=gettext_lazy("Name in Swedish"), max_length=NAME_LENGTH, required=False)
    name_en = LineField(label=gettext_lazy("Name in English"), max_length=NAME_LENGTH, required=False)
    topics = RowsField(
        label=gettext_lazy("Which topics are about it?"),
        help_text=gettext_lazy("Whoever files on them is told first of what disturbs the service."),
        queryset=HelpTopic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("This topic has just been taken away. Choose another one.")},
    )

    def __init__(self, *args: Any, service: Service | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = HelpTopic.objects.filter(is_active=True)
        if service is not None:  # and what it has: a topic that is closed for a while comes back with it
            offered = offered | HelpTopic.objects.filter(services__service=service)
        self.fields["topics"].queryset = offered.distinct()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name_sv") and not data.get("name_en") and not self.errors:
            self.add_error("name_sv", _("Write its name in one language at least."))
        return data


class TogetherForm(forms.Form):
    """One answer to all tickets about a service message."""

    body = BodyField(
        label=gettext_lazy("Answer to all of them"),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )
    closes = forms.BooleanField(label=gettext_lazy("Close the tickets with it"), required=False)
