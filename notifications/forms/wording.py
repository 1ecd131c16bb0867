"""The words of a mail, written by administrators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from notifications.worded import judge
from notifications.wording import LONGEST_SUBJECT, LONGEST_TEXT, Wording, WordingBroken
from notifications.wording_kinds import WordedKind


class WordingForm(forms.Form):
    """A subject and a text."""

    subject = LineField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("Plain text. An empty line begins a new paragraph."),
    )

    def __init__(self, *args: Any, worded: WordedKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.worded = worded
        if worded.about_ticket:
            self.fields["subject"].help_text = gettext_lazy(
                "The ticket’s number is put in front of it, and its subject after it where {{ subject }} is left out."
            )

    @property
    def wording(self) -> Wording:
        """What the doors take, once the form is valid."""
        return Wording(self.cleaned_data["subject"], self.cleaned_data["text"])

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                judge(self.worded, self.wording)
            except WordingBroken as broken:
                self.add_error("text" if not broken.is_subject else "subject", broken.words)
        return self.cleaned_data
