from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.choices import Choice
from notifications.enums import DigestPace, MailKind

AT_ONCE, OFF = "at_once", "off"


class ChoicesForm(forms.Form):
    """For each mail one may do without: at once, collected, or not at all."""

    def __init__(
        self,
        *args: Any,
        choices: tuple[Choice, ...],
        muted: set[MailKind],
        paces: dict[MailKind, DigestPace],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for choice in choices:
            chosen = OFF if choice.kind in muted else paces.get(choice.kind, AT_ONCE)
            self.fields[choice.kind] = forms.ChoiceField(
                label=choice.sentence, help_text=choice.instead, choices=_ways(choice), initial=chosen
            )

    @property
    def wanted(self) -> set[MailKind]:
        """The kinds that are sent, at once or collected, once the form is valid."""
        return {MailKind(kind) for kind, way in self.cleaned_data.items() if way != OFF}

    @property
    def collected(self) -> dict[MailKind, DigestPace]:
        """The kinds that come in a digest, and how often."""
        ways = self.cleaned_data.items()
        return {MailKind(kind): DigestPace(way) for kind, way in ways if way in DigestPace.values}


def _ways(choice: Choice) -> list[tuple[str, Any]]:
    collected = [
        (DigestPace.HOURLY, _("Collected in one mail an hour")),
        (DigestPace.DAILY, _("Collected in one mail every morning")),
    ]
    return [(AT_ONCE, _("At once")), *(collected if choice.can_be_collected else ()), (OFF, _("Not at all"))]
