"""What of an answer becomes an article."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language
from accounts.forms.fields import LineField
from knowledge.models import Section
from tickets.models import Attachment


class CarryingOverForm(forms.Form):
    """Where the draft is to stand, and what of the answer may stand in it. Nothing is ticked beforehand."""

    title = LineField(
        label=gettext_lazy("Title"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write what the article is to be called.")},
    )
    section = forms.ModelChoiceField(
        label=gettext_lazy("Section"),
        queryset=Section.objects.none(),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the section it stands in.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the answer"), choices=Language.choices)
    carried = forms.MultipleChoiceField(
        label=gettext_lazy("May stand in the article"),
        help_text=gettext_lazy("What you do not tick is left out, and […] stands in its place."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, found: Sequence[tuple[str, str]], files: Sequence[Attachment], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["section"].queryset = Section.objects.all()
        fields["carried"].choices = list(found)
        fields["files"] = forms.TypedMultipleChoiceField(
            label=_("Files to take along"),
            help_text=_("Open each before you tick it: what a picture shows is not searched for names."),
            choices=[(file.pk, file.name) for file in files],
            required=False,
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
        )
        for name, choices in (("carried", found), ("files", files)):
            if not choices:
                del fields[name]
