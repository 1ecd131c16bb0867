"""Codes, factors and passwords on the pages where one proves who one is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import PasswordPolicy
from accounts.forms.entry import PasswordForm
from accounts.forms.fields import LineField, PasswordField
from accounts.passkeys import LONGEST
from accounts.tokens.codes import DIGITS


class DigitsField(forms.CharField):
    """Digits as somebody reads them off: spaces and dashes between them do not matter."""

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        self.length = length
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        super().__init__(**{"max_length": 40, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def clean(self, value: Any) -> str:
        digits = "".join(char for char in super().clean(value) if not char.isspace() and char not in "-–")
        if len(digits) != self.length or not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("The code has %(count)d digits."), params={"count": self.length})
        return digits


class CodeForm(forms.Form):
    """The code from a mail."""

    digits = DigitsField(label=_("Code from the mail"), length=DIGITS)


class AppCodeForm(forms.Form):
    code = DigitsField(label=_("Code from the authenticator app"), length=6)


class RecoveryForm(forms.Form):
    recovery = LineField(
        label=_("Recovery code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )


class PasskeyForm(forms.Form):
    """What the browser answers; static/js/passkey.js fills it in."""

    answer = forms.CharField(max_length=LONGEST, widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    name = LineField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again, such as the phone or the key it is kept on."),
        max_length=60,
    )


class PresentPasswordForm(forms.Form):
    present = PasswordField(
        label=_("Present password"),
        autocomplete="current-password",
        error_messages={"required": _("Write the password you have now.")},
    )


class PasswordChangeForm(PresentPasswordForm, PasswordForm):
    """Another password, after the present one."""

    field_order = ("present", "password", "about")


class SecuritySettingsForm(forms.Form):
    password_policy = forms.ChoiceField(
        label=_("What a new password needs"), choices=PasswordPolicy.choices, widget=forms.RadioSelect
    )
    staff_need_second_factor = forms.BooleanField(label=_("Staff must have a second factor"), required=False)
