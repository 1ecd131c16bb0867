from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Import

MB = 1024 * 1024
CHOOSE = _("Choose the file.")


class UploadForm(forms.Form):
    """A file to be read through. Only its size is judged here; a worker reads it."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,  # what is wrong with it is said with all the rest
        error_messages={"required": CHOOSE, "missing": CHOOSE, "invalid": CHOOSE, "max_length": CHOOSE},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        limit = settings.ATTACHMENT_LIMIT_MB
        if (file.size or 0) > limit * MB:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Split it, and upload the parts one by one.") % {"limit": limit}
            )
        return file


class OrderForm(forms.Form):
    """What is to be imported of a checked file, and whether people are invited."""

    leaves_out_wrong = forms.BooleanField(required=False)
    sends_invitations = forms.BooleanField(
        required=False,
        label=_("Send each new person an invitation by mail"),
        help_text=_(
            "Nobody is let in before they take it, and it runs out after two weeks. Without invitations, new people "
            "are let in at once and nobody is told; they sign in with a code by mail, or ask for a password."
        ),
    )

    def __init__(self, *args: object, import_: Import, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.wrong = import_.rows_wrong
        self.fields["leaves_out_wrong"].label = ngettext(
            "Leave out the %(number)d wrong row and import the others",
            "Leave out the %(number)d wrong rows and import the others",
            import_.rows_wrong,
        ) % {"number": import_.rows_wrong}
        if not import_.rows_wrong:
            del self.fields["leaves_out_wrong"]
        if import_.kind != "people" or not import_.rows_new:
            del self.fields["sends_invitations"]

    def clean(self) -> None:
        if self.wrong and not self.cleaned_data.get("leaves_out_wrong"):
            self.add_error(
                "leaves_out_wrong",
                _("Some rows are wrong. Leave them out, or mend the file and upload it again."),
            )
