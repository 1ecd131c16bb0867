import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.folding import clean_line, clean_text, fold_address
from accounts.models import Tenant
from accounts.password_rules import LONGEST, plain_password
from accounts.uploading import refusal_of

BODY_LIMIT = 200_000  # characters
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


class BodyField(forms.CharField):
    """Running text as it was typed; only what no database can carry is left out."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 8)
        kwargs.setdefault("max_length", BODY_LIMIT)
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.widget.attrs.pop("maxlength", None)  # a browser would cut a pasted text off without a word

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").strip("\n ")


class TextField(forms.CharField):
    """Running text of several lines; what no database can carry is left out."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": kwargs.pop("rows", 3)})
        super().__init__(**{"required": False, "widget": widget, **kwargs})
        self.widget.attrs.pop("maxlength", None)  # a browser would cut a pasted text off without a word

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


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


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Any number of files. Wrong ones are named; the right ones among them are kept (`right`)."""

    widget = ManyFilesInput(attrs={"multiple": True})

    def __init__(self, *, tenant: Tenant, overflow: bool) -> None:
        super().__init__(label=_("Pictures or files"), required=False)
        self.limit_mb, self.overflow = tenant.attachment_limit_mb, overflow
        self.right: list[UploadedFile] = []

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files: Iterable[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        errors = []
        if len(list(files)) > settings.ATTACHMENTS_PER_MESSAGE:
            limit = settings.ATTACHMENTS_PER_MESSAGE
            raise forms.ValidationError(
                gettext("Send at most %(limit)d files at a time; you can add more afterwards.") % {"limit": limit}
            )
        for file in files:
            refusal = refusal_of(file, limit_mb=self.limit_mb)
            if refusal:
                errors.append(refusal)
            else:
                self.right.append(file)
        if self.overflow:
            self.right = []
            errors = [gettext("The files together are too large. Send fewer at a time; you can add more afterwards.")]
        if errors:
            raise forms.ValidationError(errors)
        return self.right
