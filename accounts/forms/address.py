from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AddressField
from accounts.forms.proof import ProvenForm
from accounts.models import User
from accounts.queries.domains import is_private_address


class AddressForm(ProvenForm):
    """The new mail address. Says nothing about whether somebody has it."""

    address = AddressField(label=_("New mail address"))

    field_order = ("address", "password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        refused = self.user.tenant.refuses_private_addresses and not self.user.is_agent
        if refused and is_private_address(address):
            raise forms.ValidationError(_("This is a private address. Use the one you have at work."))
        return address
