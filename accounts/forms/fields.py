import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.folding import clean_line, fold_address
from accounts.password_rules import LONGEST, plain_password

ADDRESS_WRONG = _("Write a mail address such as name@example.com.")


class LineField(forms.CharField):
    """One line of text; control characters are taken for spaces instead of refusing what somebody typed."""

    default_error_messages = {
        "max_length": _("Write at most %(limit_value)d characters; these are %(show_value)d."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without a greatest length: a browser would cut a pasted text off without a word."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class PasswordField(forms.CharField):
    """A password as somebody types it: nothing stripped, shown by nobody but themselves."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(**{"strip": False, "max_length": LONGEST, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        return plain_password(super().to_python(value) or "")


class TrapField(forms.CharField):
    """Hidden from people; only robots fill it in (`components/trap.html`)."""

    def __init__(self) -> None:
        super().__init__(label=_("Leave this empty"), required=False, max_length=500)

    def clean(self, value: Any) -> str:
        if super().clean(value):
            raise forms.ValidationError(_("Leave this field empty. It is only there to stop robots."))
        return ""


class AddressField(forms.EmailField):
    """A mail address."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})
    default_error_messages = {"required": ADDRESS_WRONG, "invalid": ADDRESS_WRONG}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Mail address"), "max_length": 254, **kwargs})
        self.error_messages["invalid"] = ADDRESS_WRONG
        for validator in self.validators:
            if hasattr(validator, "message") and validator.__class__.__name__ == "EmailValidator":
                validator.message = ADDRESS_WRONG

    def to_python(self, value: Any) -> str:
        """Without the characters nobody sees (direction marks, zero-width spaces), which come along when pasting."""
        typed: str = super().to_python(value) or ""
        return "".join(char for char in typed if unicodedata.category(char) != "Cf")

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if len(fold_address(address)) > 254:  # a domain can be longer in its ASCII form than as it is written
            raise forms.ValidationError(ADDRESS_WRONG, code="invalid")
        return address
