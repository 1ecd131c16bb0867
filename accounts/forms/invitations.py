from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language, Role
from accounts.forms.choosing import OrganisationField
from accounts.forms.entering import ParagraphField
from accounts.forms.fields import AddressField, LineField
from accounts.models import User


class ColleagueForm(forms.Form):
    """Whom to invite, and with which words."""

    email = AddressField(widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}))
    name = LineField(
        label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    is_named_contact = forms.BooleanField(label=_("Named contact: may ask for the organisation"), required=False)
    words = ParagraphField(
        label=_("A few words from you"), required=False, rows=3, max_length=1000, help_text=_("They stand in the mail.")
    )


class InvitationForm(ColleagueForm):
    """What staff say besides. Only administrators invite staff."""

    organisation = OrganisationField(label=_("Organisation"), max_length=120, required=False)
    is_contact_person = forms.BooleanField(
        label=_("Contact person: keeps the organisation's contacts, and may invite colleagues"), required=False
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=[("", _("The portal's")), *Language.choices], required=False
    )
    role = forms.ChoiceField(label=_("Invited as"), choices=Role.choices, initial=Role.CUSTOMER)
    field_order = [
        "email",
        "name",
        "role",
        "organisation",
        "is_named_contact",
        "is_contact_person",
        "language",
        "words",
    ]

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.is_administrator:
            del self.fields["role"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned.setdefault("role", Role.CUSTOMER)
        is_contact = cleaned.get("is_named_contact") or cleaned.get("is_contact_person")
        if cleaned["role"] != Role.CUSTOMER and (is_contact or cleaned.get("organisation")):
            self.add_error("role", _("Staff belong to no organisation. Take it away, or invite a customer."))
        elif is_contact and "organisation" in cleaned and cleaned["organisation"] is None:
            self.add_error("organisation", _("A contact belongs to an organisation. Choose it."))
        return cleaned
