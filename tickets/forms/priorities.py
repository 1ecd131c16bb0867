"""What the portal says about priorities, and a customer's choice among them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import BodyField
from tickets.enums import Channel, Priority, PriorityUse
from tickets.models import PriorityDefinition, PrioritySettings

FILING_CHANNELS = (Channel.PORTAL, Channel.GUEST, Channel.PHONE, Channel.MAIL)  # a link opens no ticket
CHANNEL_WORDS = {
    Channel.PORTAL: gettext_lazy("From customers who are signed in"),
    Channel.GUEST: gettext_lazy("From people who are not signed in"),
    Channel.PHONE: gettext_lazy("Written down by staff, from a call"),
    Channel.MAIL: gettext_lazy("By mail"),
}
USE_WORDS = {
    PriorityUse.CHOSEN: gettext_lazy(
        "Customers choose it: the form asks, with the definitions below in view, and the ticket shows it."
    ),
    PriorityUse.SHOWN: gettext_lazy(
        "Customers see it: staff and rules set it, the ticket shows it, and revisions with their reasons."
    ),
    PriorityUse.HIDDEN: gettext_lazy("Only staff see it: customers see the status, and nothing about priorities."),
}


class PriorityChoice(forms.ChoiceField):
    """How urgent it is, chosen by whoever asks; shown by `components/priority_choice.html` with the definitions."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("How urgent is it?"),
                "choices": Priority.choices,
                "error_messages": {
                    "required": _("Choose how urgent it is."),
                    "invalid_choice": _("Choose one of the four priorities."),
                },
                **kwargs,
            }
        )


class PrioritySettingsForm(forms.Form):
    """What customers have to do with priorities, with which one tickets begin, and what each of the four means."""

    use = forms.ChoiceField(
        label=gettext_lazy("What do customers have to do with priorities?"),
        choices=[(use.value, words) for use, words in USE_WORDS.items()],
        widget=forms.RadioSelect,
    )
    default = forms.ChoiceField(label=gettext_lazy("Everything else"), choices=Priority.choices)

    def __init__(
        self, *args: Any, settings: PrioritySettings, definitions: Iterable[PriorityDefinition], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"use": settings.use, "default": settings.default}
        for channel in FILING_CHANNELS:
            self.fields[f"channel_{channel}"] = forms.ChoiceField(
                label=CHANNEL_WORDS[channel],
                required=False,
                choices=[("", _("Not fixed")), *Priority.choices],
                initial=settings.by_channel.get(str(channel), ""),
            )
        for row in definitions:
            for name, label in (
                ("definition_sv", _("What it means, in Swedish")),
                ("definition_en", _("What it means, in English")),
                ("example_sv", _("Example, in Swedish")),
                ("example_en", _("Example, in English")),
            ):
                self.fields[f"{row.priority}_{name}"] = BodyField(
                    label=label, required=False, max_length=500, rows=2, initial=getattr(row, name)
                )

    @property
    def channels(self) -> list[forms.BoundField]:
        return [self[f"channel_{channel}"] for channel in FILING_CHANNELS]

    @property
    def priorities(self) -> list[dict[str, Any]]:
        """The four, each with the fields of its words."""
        names = ("definition_sv", "definition_en", "example_sv", "example_en")
        return [
            {"label": priority.label, "value": priority.value, "fields": [self[f"{priority}_{name}"] for name in names]}
            for priority in Priority
        ]

    def by_channel(self) -> dict[str, str]:
        return {str(channel): self.cleaned_data[f"channel_{channel}"] for channel in FILING_CHANNELS}

    def words_of(self, priority: Priority, name: str) -> tuple[str, str]:
        """The definition or the example of a priority, as (Swedish, English)."""
        return self.cleaned_data[f"{priority}_{name}_sv"], self.cleaned_data[f"{priority}_{name}_en"]
