"""Words and files on a ticket."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import AttachmentsField, BodyField
from accounts.models import Tenant
from tickets.enums import MessageKind, Status
from tickets.forms.fields import KeyField
from tickets.models import Upload
from tickets.models.files import StoredFile


class MessageForm(forms.Form):
    """Words and files on a ticket."""

    key = KeyField()
    body = BodyField(label=gettext_lazy("Your message"), required=False, rows=5)

    def __init__(
        self, *args: Any, tenant: Tenant, overflow: bool = False, kept: Sequence[StoredFile] = (), **kwargs: Any
    ) -> None:
        """`kept` are the files that were sent with this form before."""
        super().__init__(*args, **kwargs)
        self.has_files = any(not file.field_key for file in kept)
        self.fields["attachments"] = AttachmentsField(tenant=tenant, overflow=overflow)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("body") and not data.get("attachments") and not self.has_files and not self.errors:
            self.add_error("body", _("Write something, or add a file."))
        return data

    @property
    def files_to_keep(self) -> list[UploadedFile]:
        field = self.fields["attachments"]
        return field.right if isinstance(field, AttachmentsField) else []

    @property
    def answer_files(self) -> dict[str, UploadedFile]:
        """The files sent in answer to a form's own questions, by key."""
        return {}

    def still_wants(self, upload: Upload) -> bool:
        """Whether a file kept under this form's key still goes with it. One that answers a question never does: it was
        sent with another form, and would pass for the answer."""
        return not upload.field_key


class DeskReplyForm(MessageForm):
    mode = forms.ChoiceField(choices=MessageKind.choices, required=False)
    and_status = forms.ChoiceField(
        choices=[(status.value, status.label) for status in Status if status != Status.OPEN], required=False
    )

    def clean_mode(self) -> str:
        return self.cleaned_data["mode"] or MessageKind.REPLY

    def clean_and_status(self) -> Status:
        return Status(self.cleaned_data["and_status"] or Status.WAITING_FOR_CUSTOMER)
