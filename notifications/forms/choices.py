from typing import Any

from django import forms

from notifications.choices import Choice
from notifications.enums import MailKind


class ChoicesForm(forms.Form):
    """A switch for each mail one may do without: on when it is wanted. Not required, because off is an answer."""

    def __init__(self, *args: Any, choices: tuple[Choice, ...], muted: set[MailKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for choice in choices:
            self.fields[choice.kind] = forms.BooleanField(
                label=choice.sentence, help_text=choice.instead, required=False, initial=choice.kind not in muted
            )

    @property
    def wanted(self) -> set[MailKind]:
        """The kinds that are switched on, once the form is valid."""
        return {MailKind(kind) for kind, on in self.cleaned_data.items() if on}
