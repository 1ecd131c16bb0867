from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Refusal
from accounts.forms.choosing import OrganisationField
from accounts.forms.entering import ParagraphField
from accounts.queries.applications import Findings


class ApprovalForm(forms.Form):
    """As what an applicant is let in. Filled in by what their address's domain says."""

    organisation = OrganisationField(
        label=_("Organisation"),
        max_length=120,
        required=False,
        help_text=_("Without one they see their own tickets only."),
    )
    is_named_contact = forms.BooleanField(label=_("Named contact: may ask for the organisation"), required=False)
    is_contact_person = forms.BooleanField(
        label=_("Contact person: keeps the organisation's contacts, and may invite colleagues"), required=False
    )

    def __init__(self, *args: Any, findings: Findings | None = None, **kwargs: Any) -> None:
        if findings is not None:
            kwargs["initial"] = {
                "organisation": findings.organisation.name if findings.organisation else "",
                "is_named_contact": findings.limit is not None and not findings.is_full,
            }
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_contact = cleaned.get("is_named_contact") or cleaned.get("is_contact_person")
        if is_contact and "organisation" in cleaned and cleaned["organisation"] is None:
            self.add_error("organisation", _("A contact belongs to an organisation. Choose it."))
        return cleaned


class RefusalForm(forms.Form):
    """Why not, as the applicant reads it (I6)."""

    refusal = forms.ChoiceField(
        label=_("Reason"),
        choices=Refusal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    explanation = ParagraphField(
        label=_("In your own words"), required=False, help_text=_("The applicant reads this in the mail.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("refusal") == Refusal.OTHER and not cleaned.get("explanation") and not self.errors:
            self.add_error("explanation", _("Write the reason; the applicant must learn why."))
        return cleaned
