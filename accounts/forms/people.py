"""What staff change about a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language, Role
from accounts.forms.fields import LineField
from accounts.models import Organisation
from accounts.passing import whole_number


class PersonDetailsForm(forms.Form):
    """One detail at a time: only the fields that were sent count."""

    name = LineField(label=_("Name"), max_length=120, error_messages={"required": _("Write the person's name.")})
    phone = LineField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=_("Language of mails"), choices=[("", _("The portal's")), *Language.choices], required=False
    )

    def __init__(self, *args: Any, only: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(only):
            del self.fields[name]


class ContactForm(forms.Form):
    """One of the marks somebody has at their organisation, on or off."""

    NAMED, PERSON, SIGHT = "named_contact", "contact_person", "sees_colleagues"
    what = forms.ChoiceField(choices=[(NAMED, NAMED), (PERSON, PERSON), (SIGHT, SIGHT)])
    value = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class MoveForm(forms.Form):
    """The organisation somebody is to belong to; "none" for none."""

    organisation = forms.CharField(error_messages={"required": _("Choose an organisation.")}, max_length=20)

    def clean_organisation(self) -> Organisation | None:
        typed: str = self.cleaned_data["organisation"]
        if typed == "none":
            return None
        key = whole_number(typed)
        found: Organisation | None = Organisation.objects.filter(pk=key).first() if key is not None else None
        if found is None:
            raise forms.ValidationError(_("This organisation is not here any more. Choose another one."))
        return found


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
