from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.choices import Choice
from notifications.enums import DigestPace, MailKind

AT_ONCE, OFF = "at_once", "off"


class ChoicesForm(forms.Form):
    """For each mail one may do without: at once, collected, or not at all; and for staff the morning's (`morning`: it
    is chosen now; None: it is not offered)."""

    def __init__(
        self,
        *args: Any,
        choices: tuple[Choice, ...],
        muted: set[MailKind],
        paces: dict[MailKind, DigestPace],
        morning: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [choice.kind for choice in choices]
        for choice in choices:
            chosen = OFF if choice.kind in muted else paces.get(choice.kind, AT_ONCE)
            self.fields[choice.kind] = forms.ChoiceField(
                label=choice.sentence, help_text=choice.instead, choices=_ways(choice), initial=chosen
            )

        if morning is not None:
            self.fields["in_the_morning"] = forms.BooleanField(
                label=_("A mail every working morning about what waits"),
                help_text=_(
                    "Your oldest tickets; to leads those of their departments, and to the support lead of all, with "
                    "figures against last week. At seven, where you are."
                ),
                required=False,
                initial=morning,
            )

    @property
    def asked(self) -> list[forms.BoundField]:
        """The kinds of mail, without the morning's."""
        return [self[kind] for kind in self.kinds]

    @property
    def morning_switch(self) -> forms.BoundField | None:
        return self["in_the_morning"] if "in_the_morning" in self.fields else None

    @property
    def in_the_morning(self) -> bool | None:
        """Whether the morning's mail is wanted; None where it is not offered."""
        return self.cleaned_data.get("in_the_morning")

    @property
    def _ways(self) -> dict[MailKind, str]:
        return {kind: self.cleaned_data[kind] for kind in self.kinds}

    @property
    def wanted(self) -> set[MailKind]:
        """The kinds that are sent, at once or collected, once the form is valid."""
        return {kind for kind, way in self._ways.items() if way != OFF}

    @property
    def collected(self) -> dict[MailKind, DigestPace]:
        """The kinds that come in a digest, and how often."""
        return {kind: DigestPace(way) for kind, way in self._ways.items() if way in DigestPace.values}


def _ways(choice: Choice) -> list[tuple[str, Any]]:
    collected = [
        (DigestPace.HOURLY, _("Collected in one mail an hour")),
        (DigestPace.DAILY, _("Collected in one mail every morning")),
    ]
    return [(AT_ONCE, _("At once")), *(collected if choice.can_be_collected else ()), (OFF, _("Not at all"))]
