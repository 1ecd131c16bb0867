"""The kinds of field that several forms have."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.uploading import refusal_of


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
