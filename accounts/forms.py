import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.folding import clean_line, fold_address
from accounts.models import Tenant, User
from accounts.pictures import picture_type

ADDRESS_WRONG = _("Write a mail address such as name@example.com.")
NUMBER_MISSING = _("Write a number.")
NUMBER_TOO_SMALL = _("Write a number from 1 and up.")
NUMBER_TOO_LARGE = _("Write a number that is at most %(limit_value)s.")
LOGO_LIMIT = 512 * 1024


class LineField(forms.CharField):
    """One line of text; control characters are taken for spaces instead of refusing what somebody typed."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


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


class SignInForm(forms.Form):
    email = AddressField(widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Write your password.")},
    )


class PasswordRequestForm(forms.Form):
    email = AddressField()


class PasswordForm(forms.Form):
    """A new password, asked for once: "show" replaces typing it twice."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Write the password you want.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.rules = password_validators_help_texts()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class AccountForm(forms.Form):
    name = LineField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = LineField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class PortalForm(forms.ModelForm):
    """The portal as its administrator sets it. Cleans; the door `update_portal` saves."""

    logo_file = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG, JPEG, GIF or WebP, at most 512 kB. Shown 32 pixels high.")
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = Tenant
        fields = [
            "name",
            "colour",
            "language",
            "guest_limit_per_address",
            "guest_limit_per_network",
            "attachment_limit_mb",
        ]
        labels = {
            "name": _("Name of the portal"),
            "colour": _("Colour"),
            "language": _("Language of the portal"),
            "guest_limit_per_address": _("Tickets an hour from one address"),
            "guest_limit_per_network": _("Tickets an hour from one network"),
            "attachment_limit_mb": _("Largest file, in MB"),
        }
        help_texts = {
            "colour": _("Buttons and links take this colour; it is adjusted so that text stays readable."),
            "language": _("Used when a reader has not chosen and their browser asks for neither language."),
            "guest_limit_per_address": _("Counts people who are not signed in. Keeps strangers from flooding you."),
            "guest_limit_per_network": _("Many people may share one network, so allow more than for one address."),
            "attachment_limit_mb": _("Customers and agents see this limit at every upload."),
        }
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}
        error_messages = {
            "name": {"required": _("Write the portal's name.")},
            **{
                field: {"required": NUMBER_MISSING, "min_value": NUMBER_TOO_SMALL, "max_value": NUMBER_TOO_LARGE}
                for field in ("guest_limit_per_address", "guest_limit_per_network", "attachment_limit_mb")
            },
        }

    def clean_logo_file(self) -> UploadedFile | None:
        logo: UploadedFile | None = self.cleaned_data.get("logo_file")
        if logo is None:
            return None
        if logo.size is None or logo.size > LOGO_LIMIT:
            raise forms.ValidationError(_("The logo is larger than 512 kB. Choose a smaller picture."))
        head = logo.read(16)
        logo.seek(0)
        if picture_type(head) is None:
            raise forms.ValidationError(_("This file is no PNG, JPEG, GIF or WebP picture. Choose another one."))
        return logo
