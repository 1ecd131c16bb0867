"""The kinds of field that several forms have."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import clean_text
from accounts.models import Tenant
from accounts.uploading import refusal_of

BODY_LIMIT = 200_000  # characters


class BodyField(forms.CharField):
    """Running text as it was typed; only what no database can carry is left out."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 8)
        kwargs.setdefault("max_length", BODY_LIMIT)
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.widget.attrs.pop("maxlength", None)  # a browser would cut a pasted text off without a word

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").strip("\n ")


class KeyField(forms.UUIDField):
    """The form's own key, by which the same form sent twice is known. A spoilt one is replaced, never refused."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except forms.ValidationError:
            return uuid.uuid4()


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Any number of files. Wrong ones are named; the right ones among them are kept (`right`)."""

    widget = ManyFilesInput(attrs={"multiple": True})

    def __init__(self, *, tenant: Tenant, overflow: bool) -> None:
        super().__init__(label=gettext_lazy("Pictures or files"), required=False)
        self.limit_mb, self.overflow = tenant.attachment_limit_mb, overflow
        self.right: list[UploadedFile] = []

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files: Iterable[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        errors = []
        if len(list(files)) > settings.ATTACHMENTS_PER_MESSAGE:
            limit = settings.ATTACHMENTS_PER_MESSAGE
            raise forms.ValidationError(
                _("Send at most %(limit)d files at a time; you can add more afterwards.") % {"limit": limit}
            )
        for file in files:
            refusal = refusal_of(file, limit_mb=self.limit_mb)
            if refusal:
                errors.append(refusal)
            else:
                self.right.append(file)
        if self.overflow:
            self.right = []
            errors = [_("The files together are too large. Send fewer at a time; you can add more afterwards.")]
        if errors:
            raise forms.ValidationError(errors)
        return self.right


class AnswerFileField(forms.FileField):
    """The file that answers a question. One that is not welcome is named; `right` is the one to keep, whatever else is
    wrong with the form. `kept` is the name of the one that is already there."""

    widget = forms.FileInput

    def __init__(self, *, limit_mb: int, overflow: bool, kept: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit_mb, self.overflow, self.kept = limit_mb, overflow, kept
        self.right: UploadedFile | None = None

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | str:
        if not data:
            if self.required and not self.kept:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return self.kept
        refusal = refusal_of(data, limit_mb=self.limit_mb)
        if self.overflow:
            refusal = _("The files together are too large. Send fewer at a time; you can add more afterwards.")
        if refusal:
            raise forms.ValidationError(refusal)
        self.right = data
        return data
