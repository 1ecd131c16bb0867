from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import PasswordField


class ProvenForm(forms.Form):
    """A form for what only the account's owner may do. Asks for the password once more, unless they have proven who
    they are within the last minutes. `accounts.proving.prove` checks it."""

    password = PasswordField(
        label=_("Your password"),
        autocomplete="current-password",
        help_text=_("So that nobody does this who finds your screen unlocked."),
        error_messages={"required": _("Write your password.")},
    )

    def __init__(self, *args: Any, is_proven: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_proven:
            del self.fields["password"]
