from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import BodyField, TrapField


class VoteForm(forms.Form):
    """Whether an article helped, and what the reader adds to it."""

    helpful = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))])
    comment = BodyField(label=_("What was missing, or hard to follow?"), required=False, rows=3, max_length=1000)
    website = TrapField()

    @property
    def is_helpful(self) -> bool:
        return bool(self.cleaned_data["helpful"] == "yes")

    @property
    def words(self) -> str | None:
        """What was written; None where only a button was pressed."""
        return self.cleaned_data["comment"] if "comment" in self.data else None
